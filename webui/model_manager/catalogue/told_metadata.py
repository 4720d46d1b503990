"""What the metadata of a file say to people: trigger words, tags with their counts, titles. No torch."""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

MAX_SHOWN = 4096
"""Characters of one value that are shown."""
_MAX_TAGS = 200


def training_tags(metadata: Mapping[str, str]) -> dict[str, int]:
    """The tags of kohya's `ss_tag_frequency` with their counts over all folders, the commonest first."""
    counts: Counter[str] = Counter()
    for folder in _object(metadata.get("ss_tag_frequency")).values():
        for tag, count in folder.items() if isinstance(folder, dict) else ():
            if isinstance(count, int) and 0 < count < 10**9:
                counts[str(tag).strip()[:200]] += count
    return dict(counts.most_common(_MAX_TAGS))


def trigger_words(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """The words that call up what a LoRA was trained on, as far as its file says it.

    `modelspec.trigger_phrase` says so; else the words of kohya's folder names ("10_word") do.
    """
    phrase = metadata.get("modelspec.trigger_phrase", "")
    if phrase.strip():
        return tuple(word.strip()[:200] for word in phrase.split(",") if word.strip())
    words = [name.partition("_")[2].strip() for name in _object(metadata.get("ss_dataset_dirs"))]
    return tuple(dict.fromkeys(word[:200] for word in words if word))


def base_model(metadata: Mapping[str, str]) -> str:
    """What the file was trained on, for people."""
    keys = ("modelspec.architecture", "ss_base_model_version", "ss_sd_model_name")
    return next((metadata[key][:100] for key in keys if metadata.get(key)), "")


def description(metadata: Mapping[str, str]) -> str:
    """A description that the file brings along."""
    return metadata.get("modelspec.description", "").strip()[:MAX_SHOWN]


def shown(metadata: Mapping[str, str]) -> dict[str, str]:
    """The metadata with long values cut."""
    return {
        key[:200]: value if len(value) <= MAX_SHOWN else f"{value[:MAX_SHOWN]}..." for key, value in metadata.items()
    }


def _object(text: str | None) -> dict[str, Any]:
    try:
        content = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
