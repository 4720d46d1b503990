"""Styles, by `prepare_request`: the kept prompts that a request names are put into its own."""

from collections.abc import Mapping
from typing import Any

from webui.extensions.hookspecs import hookimpl
from webui.generation.request import GenerationRequest
from webui.generation.styles import styled_fields
from webui.library.prompt_files import PromptFiles


class Styles:
    """The hook.

    Args:
        files: has the styles.
    """

    def __init__(self, files: PromptFiles) -> None:
        self._files = files

    @hookimpl
    def prepare_request(self, request: GenerationRequest) -> Mapping[str, Any] | None:
        """The prompts with the styles in them.

        Raises:
            InvalidRequest: there is no style of a name, or a prompt becomes too long.
        """
        if not request.styles:
            return None
        return styled_fields(request, self._files.chosen_styles(request.styles))
