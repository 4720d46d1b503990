"""Styles: kept prompts that are put into others, and the file that keeps them, in A1111's columns."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from webui.errors import InvalidRequest
from webui.generation.limits import MAX_PROMPT_CHARACTERS
from webui.generation.networks import take_networks
from webui.generation.points import Point
from webui.generation.request import GenerationRequest

PLACE = "{prompt}"
_COLUMNS = ("name", "prompt", "negative_prompt")


@dataclass(frozen=True, slots=True)
class Style:
    """A kept prompt and negative prompt; `{prompt}` in one of them is where the user's own words go."""

    name: str
    prompt: str = ""
    negative_prompt: str = ""


def apply_styles(prompt: str, negative_prompt: str, styles: Iterable[Style]) -> tuple[str, str]:
    """Put styles into a prompt and its negative prompt, one after the other.

    Raises:
        InvalidRequest: the result is longer than a prompt may be.
    """
    for style in styles:
        prompt = _merged(prompt, style.prompt, style.name)
        negative_prompt = _merged(negative_prompt, style.negative_prompt, style.name)
    return prompt, negative_prompt


def styled_fields(request: GenerationRequest, styles: Sequence[Style]) -> dict[str, Any]:
    """The fields of a request that change when styles are put into its prompts, as words like the user's own.

    It names no styles any more.

    Raises:
        InvalidRequest: a prompt becomes too long.
    """
    changes: dict[str, Any] = {**_styled(request, styles), "styles": ()}
    changes["points"] = [point.model_dump() | _styled(point, styles) for point in request.points]
    if request.hires is not None:
        again = apply_styles(request.hires.prompt, request.hires.negative_prompt, styles)
        own = (request.hires.prompt, request.hires.negative_prompt)
        # An empty prompt of the second pass stands for the first one's, which has the styles already.
        words = [styled if words else "" for words, styled in zip(own, again, strict=True)]
        changes["hires"] = request.hires.model_dump() | {"prompt": words[0], "negative_prompt": words[1]}
    return changes


def _styled(said: GenerationRequest | Point, styles: Sequence[Style]) -> dict[str, Any]:
    """The prompts with the styles in them; ideas take the words of styles, and leave networks to the prompt."""
    prompt, negative_prompt = apply_styles(said.prompt, said.negative_prompt, styles)
    changes: dict[str, Any] = {"prompt": prompt, "negative_prompt": negative_prompt}
    if said.blend is not None:
        ideas = [
            {"prompt": take_networks(apply_styles(idea.prompt, "", styles)[0])[0], "weight": idea.weight}
            for idea in said.blend.ideas
        ]
        changes["blend"] = {"ideas": ideas, "way": said.blend.way}
    return changes


def _merged(words: str, style: str, name: str) -> str:
    places = style.count(PLACE)
    if len(style) + places * len(words) + len(words) > 2 * MAX_PROMPT_CHARACTERS:
        raise InvalidRequest(
            f"styles: with the style '{name}' the prompt has more than {MAX_PROMPT_CHARACTERS:,} characters.",
            hint="Choose fewer styles, or shorten the prompt.",
            field="styles",
        )
    if places:
        return style.replace(PLACE, words)
    return ", ".join(part for part in (words.strip(), style.strip()) if part)


def read_styles(text: str) -> list[Style]:
    """The styles of a `styles.csv`. Rows without a name are left out; of rows with one name the last one counts.

    Older files have a column `text` in place of `prompt`; columns that are not known are ignored.

    Raises:
        ValueError: the text is no CSV at all.
    """
    styles: dict[str, Style] = {}
    try:
        for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")):
            name = (row.get("name") or "").strip()
            if name:
                prompt = row.get("prompt") or row.get("text") or ""
                styles[name] = Style(name, prompt, row.get("negative_prompt") or "")
    except csv.Error as error:
        raise ValueError(str(error)) from error
    return list(styles.values())


def write_styles(styles: Sequence[Style]) -> str:
    """The text of a `styles.csv` with these styles."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows((style.name, style.prompt, style.negative_prompt) for style in styles)
    return file.getvalue()
