"""Lists of words and choices in prompts, by `register_prompt_syntax`."""

from collections.abc import Sequence

from webui.extensions.contributions import PictureInfo, PromptSyntax
from webui.extensions.hookspecs import hookimpl
from webui.generation.wildcards import Lookup, resolve


class Wildcards:
    """The hook.

    Args:
        lookup: gives the lines of a list.
    """

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    @hookimpl
    def register_prompt_syntax(self) -> Sequence[PromptSyntax]:
        """`__name__` and `{a|b}`, drawn from the picture's seed."""
        return [PromptSyntax(name="wildcards", resolve=self._resolved, note="__name__ and {one|another}")]

    def _resolved(self, text: str, picture: PictureInfo) -> str:
        return resolve(text, picture.seed, self._lookup)
