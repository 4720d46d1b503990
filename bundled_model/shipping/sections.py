"""Parts of a text that are filled by a command, between two comments that no reader sees:

<!-- filled: accuracy -->
<!-- end -->
"""

import re
from collections.abc import Mapping

_SECTION = re.compile(r"(<!-- filled: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def names_of(text: str) -> list[str]:
    """The names of its sections, in their order."""
    return [found[2] for found in _SECTION.finditer(text)]


def filled(text: str, sections: Mapping[str, str]) -> str:
    """The text with these sections filled anew; those that are not named stay as they are."""

    def fill(found: re.Match[str]) -> str:
        name = found[2]
        return f"{found[1]}{sections[name].strip()}\n{found[3]}" if name in sections else found[0]

    return _SECTION.sub(fill, text)


def cleared(text: str) -> str:
    """The text without the comments, and without sections that nobody filled."""
    lines = _SECTION.sub(lambda found: found[0][len(found[1]) : -len(found[3])], text)
    return re.sub(r"\n{3,}", "\n\n", lines)
