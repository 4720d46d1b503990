"""The worker's side: each picture of a batch has its own place on the way."""

from collections.abc import Sequence

from webui.extensions.api import PictureInfo, PromptSyntax, hookimpl

from .stops import travelled


@hookimpl
def register_prompt_syntax() -> Sequence[PromptSyntax]:
    return [PromptSyntax(name="travel", resolve=_resolve, note="<travel: one text | another>, over a batch")]


def _resolve(text: str, picture: PictureInfo) -> str:
    return travelled(text, picture.index, picture.count) if "<travel:" in text else text
