"""What lies beside a model's file: its preview, and what other programs wrote down about it. No torch."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_MAX_BYTES = 4 * 1024 * 1024
_MAX_TEXT = 4000
_MAX_WORDS, _MAX_WORD = 200, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What sidecars say: trigger words, a description in plain text, the family ("SDXL 1.0"), a picture's name."""

    words: tuple[str, ...] = ()
    description: str = ""
    base: str = ""
    preview: str | None = None
    weight: float | None = None
    configuration: str = ""


def read_sidecars(path: Path, names: Iterable[str]) -> Told:
    """What the files beside a model say of it. Damaged ones say nothing.

    Args:
        path: the model's file.
        names: the names of those beside it that belong to it, `.preview.png` and its kind first.
    """
    listed = list(names)
    preview = next((name for name in listed if name.casefold().endswith(PICTURES)), None)
    told = [_read(path.parent / name) for name in listed if name.casefold().endswith((".info", ".json"))]
    configuration = next((name for name in listed if name.casefold().endswith(".yaml")), None)
    return Told(
        words=tuple(dict.fromkeys(word for each in told for word in each.words))[:_MAX_WORDS],
        description=next((each.description for each in told if each.description), ""),
        base=next((each.base for each in told if each.base), ""),
        weight=next((each.weight for each in told if each.weight is not None), None),
        preview=preview,
        configuration=_text_of(path.parent / configuration) if configuration else "",
    )


def _read(file: Path) -> Told:
    try:
        content = json.loads(_text_of(file))
    except (ValueError, RecursionError):
        return Told()
    return _civitai(content) if "trainedWords" in content or "modelId" in content else _a1111(content)


def _civitai(content: dict[str, Any]) -> Told:
    """What Civitai answers to a question about a file, which Civitai Helper and others keep as `.civitai.info`."""
    model = content.get("model") if isinstance(content.get("model"), dict) else {}
    words = [word for each in _list(content.get("trainedWords")) for word in _words(each)]
    about = _plain(content.get("description")) or _plain(model.get("description") if model else "")
    return Told(words=tuple(words), description=about, base=_plain(content.get("baseModel"))[:60])


def _a1111(content: Any) -> Told:
    """The "user metadata" of A1111: description, sd version, activation text, preferred weight, notes."""
    if not isinstance(content, dict):
        return Told()
    texts = [_plain(content.get("description")), _plain(content.get("notes"))]
    weight = content.get("preferred weight")
    version = _plain(content.get("sd version"))[:60]
    return Told(
        words=tuple(_words(content.get("activation text"))),
        description="\n\n".join(text for text in texts if text),
        base="" if version == "Unknown" else version,
        weight=float(weight) if isinstance(weight, int | float) and 0 < abs(weight) < 100 else None,
    )


def _words(value: object) -> list[str]:
    if not isinstance(value, str):
        return []
    return [word.strip()[:_MAX_WORD] for word in value.split(",") if word.strip()]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain(value: object) -> str:
    """A text without its HTML; what is no text is none."""
    if not isinstance(value, str):
        return ""
    kept: list[str] = []
    for position, piece in enumerate(value.replace("</p>", "\n").replace("<br", "\n<br").split("<")):
        kept.append(piece if position == 0 else piece.partition(">")[2])
    return "".join(kept).replace("&nbsp;", " ").replace("&amp;", "&").strip()[:_MAX_TEXT]


def _text_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            return opened.read(_MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
