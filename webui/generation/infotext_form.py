"""The grammar of infotext, both ways: values and their quotes, the line of pairs, and the layout of the whole text.

Layout: the prompt, a line that begins `Negative prompt:`, a last line of `Key: value` pairs. Written from the
behaviour of A1111 1.10 (`modules/infotext_utils.py` there), read by a scanner that sees each character a bounded number
of times, where A1111 searches with a regular expression.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

NEGATIVE = "Negative prompt:"
EXTENSION = "Extension"
"""Begins the key that has the values of an extension's controls: `Extension film_grain`."""
FEWEST_PAIRS = 3
_TELLING_KEYS = frozenset({"steps", "sampler", "seed", "cfg scale", "size", "model", "model hash", "version"})
"""A line of pairs has at least one of these, else it is a prompt like `style: oil, mood: dark, light: soft`."""
_TEMPLATES = ("Template:", "Negative Template:")
"""Lines that A1111's extension for dynamic prompts adds below the pairs."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The three parts of an infotext; `pairs` in the order of the text, a repeated key with its last value."""

    prompt: str
    negative_prompt: str
    pairs: dict[str, str] = field(default_factory=dict)


def quoted(value: str) -> str:
    """A value as it stands in the line of pairs: as it is, or as a JSON string where it would be misread."""
    if any(character in value for character in ",:\n\r") or value != value.strip() or value.startswith('"'):
        return json.dumps(value, ensure_ascii=False)
    return value


def split_layout(text: str) -> Layout:
    """The prompt, the negative prompt and the pairs of an infotext; any text has such parts.

    The last line is one of pairs if it has three or more of them, one with a key that every such line has; otherwise
    it belongs to the prompt.
    """
    lines = [line.removesuffix("\r") for line in text.strip().split("\n")]
    ends = list(lines)
    templates = _take_templates(lines)
    pairs = dict(read_pairs(lines[-1]))
    if len(pairs) >= FEWEST_PAIRS and any(key.casefold() in _TELLING_KEYS for key in pairs):
        lines.pop()
        pairs |= templates
    else:
        pairs, lines = {}, ends
    positive: list[str] = []
    negative: list[str] = []
    current = positive
    for line in lines:
        begun = line.lstrip()
        if begun[: len(NEGATIVE)].casefold() == NEGATIVE.casefold():
            current = negative
            current.append(begun[len(NEGATIVE) :].lstrip())
        else:
            current.append(line)
    return Layout("\n".join(positive), "\n".join(negative), pairs)


def read_pairs(line: str) -> Iterator[tuple[str, str]]:
    """The pairs of a line. A key has two or more word characters, spaces, `-` or `/` and begins with a word character.

    A value is a JSON string, a JSON list or object (Civitai writes those bare), or what stands before the next comma.
    """
    position = 0
    brackets_close = True
    while (colon := line.find(":", position)) != -1:
        key = _key_before(line, position, colon)
        if not key:
            position = colon + 1
            continue
        start = colon + 1
        while start < len(line) and line[start].isspace():
            start += 1
        first = line[start : start + 1]
        end = None
        if first == '"':
            end = _ended(line, _after_string(line, start))
        elif first in ("[", "{") and brackets_close:
            end = _ended(line, _after_brackets(line, start))
            brackets_close = end is not None  # one failed search to the end of the line is enough
        if end is None:
            end = line.find(",", start)
            end = len(line) if end == -1 else end
        yield key, _unquoted(line[start:end].strip())
        position = end + 1


def pair_of_sizes(value: str) -> tuple[int, int] | None:
    """`512x768` as two numbers."""
    left, x, right = value.strip().partition("x")
    if not x or not all(side.isascii() and side.isdecimal() and len(side) < 10 for side in (left, right)):
        return None
    return int(left), int(right)


def _take_templates(lines: list[str]) -> dict[str, str]:
    """Takes the lines of templates off the end; a repeated one counts where it stands first."""
    templates: dict[str, str] = {}
    while len(lines) > 1 and lines[-1].startswith(_TEMPLATES):
        key, _, value = lines.pop().partition(":")
        templates[key] = value.strip()
    return dict(reversed(templates.items()))


def _key_before(line: str, position: int, colon: int) -> str:
    start = colon
    while start > position and _in_key(line[start - 1]):
        start -= 1
    while start < colon and not _is_word(line[start]):
        start += 1
    return line[start:colon].strip() if colon - start >= 2 else ""


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _in_key(character: str) -> bool:
    return _is_word(character) or character in " -/"


def _after_string(line: str, start: int) -> int | None:
    """Where the string that opens at `start` has ended; None when it does not."""
    position = start + 1
    while position < len(line):
        if line[position] == '"':
            return position + 1
        position += 2 if line[position] == "\\" else 1
    return None


def _after_brackets(line: str, start: int) -> int | None:
    depth, position = 0, start
    while position < len(line):
        character = line[position]
        if character == '"':
            ended = _after_string(line, position)
            if ended is None:
                return None
            position = ended
            continue
        depth += (character in "[{") - (character in "]}")
        position += 1
        if depth == 0:
            return position
    return None


def _ended(line: str, end: int | None) -> int | None:
    """The end of a value, if a comma or nothing follows it."""
    return end if end is not None and line[end : end + 1] in ("", ",") else None


def _unquoted(value: str) -> str:
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    try:
        read = json.loads(value, strict=False)
    except ValueError:
        return value
    return read if isinstance(read, str) else value
