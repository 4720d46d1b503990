"""Gradio's blocks, whose handlers are given values and uploaded files, and nothing else of this computer or the net.

A caller may give any input of any handler as a file by its path or address, whatever the component is. Gradio fetches
addresses, of any size, and it looks whether a path is one of its uploads only where it runs its own server: in a page
that is mounted, as ours is, everybody who may call one handler could have every file of this computer copied to where
it can be fetched.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

MAX_SESSIONS = 100
"""How many visits Gradio remembers. Whoever calls a handler may name any number of them, each takes nearly half a
megabyte, and our handlers keep nothing there."""


class LocalBlocks(gr.Blocks):
    """Blocks that take no file which was not uploaded to them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.state_session_capacity = MAX_SESSIONS

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **options: Any) -> Any:
        """Make inputs ready for a handler, as Gradio does.

        Raises:
            gr.Error: an input names a file that nobody uploaded.
        """
        if not all(_was_uploaded(path) for path in _named_files(inputs)):
            raise gr.Error("Only files that were uploaded here are taken.", print_exception=False)
        return await super().preprocess_data(block_fn, inputs, *args, **options)


def _named_files(inputs: Any) -> Iterator[str]:
    """The paths of what Gradio takes for files, at any depth."""
    left = [inputs]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            if "path" in value and "meta" in value:
                yield str(value["path"])
            left.extend(value.values())
        elif isinstance(value, list | tuple):
            left.extend(value)


def _was_uploaded(path: str) -> bool:
    try:
        return Path(path).resolve().is_relative_to(Path(get_upload_folder()).resolve())
    except (OSError, ValueError, RuntimeError):  # a zero byte, too long, a circle of links
        return False
