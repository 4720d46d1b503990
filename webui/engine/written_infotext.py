"""The infotext of a finished picture, with what the hook `write_infotext` adds to it."""

import re
from collections.abc import Mapping
from typing import Any

from webui.extensions.host import ExtensionHost
from webui.generation.infotext import write_infotext
from webui.generation.limits import is_whole
from webui.generation.request import GenerationRequest

MAX_PAIRS = 50
MAX_VALUE = 2_000
_KEY = re.compile(r"\w[\w /-]{0,58}\w")
"""A key that the reader of infotexts takes as one."""


def infotext_of(host: ExtensionHost, request: GenerationRequest, told: Mapping[str, str]) -> str:
    """The infotext of one picture.

    What built-in hooks say takes the place of what the request says; what extensions say stands only where nothing else
    does.

    Args:
        host: has the hooks.
        request: of the picture alone, as it was made.
        told: what else there is to say of it.
    """
    own: dict[str, str] = {}
    for gathered in host.gather("write_infotext", builtins=True, request=request):
        own |= gathered.value
    more: dict[str, str] = {}
    for gathered in host.gather("write_infotext", builtins=False, check=_problem, request=request):
        more = {**gathered.value, **more}
    return write_infotext(request, {**own, **told}, more)


def _problem(answer: Any) -> str:
    """Why an answer cannot stand in an infotext, in words that follow "gave"."""
    if not isinstance(answer, Mapping) or len(answer) > MAX_PAIRS:
        return f"something else than at most {MAX_PAIRS} pairs."
    for key, value in answer.items():
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            return f"the key '{str(key)[:60]}', which no infotext can have."
        if not isinstance(value, str) or len(value) > MAX_VALUE or "\0" in value or not is_whole(value):
            return f"a value of '{key}' that is no text of at most {MAX_VALUE:,} characters."
    return ""
