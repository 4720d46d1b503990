"""Paths of this computer out of sentences that are told to others: where things are is the administrator's to know."""

import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import webui
from webui.settings import Settings

_SENTENCES = ("error", "hint", "text", "message", "warning", "problem")
"""Fields of events and answers that hold a sentence of ours."""


class UntoldPaths:
    """Folders of this computer by their last name alone.

    Args:
        settings: which folders there are.
    """

    def __init__(self, settings: Settings) -> None:
        folders = {
            *(settings.data_dir, *settings.models_dirs, Path(webui.__file__).parent.parent),
            *(Path.home(), Path(sys.prefix), Path(tempfile.gettempdir())),
        }
        spelled = {str(each) for folder in folders for each in (folder.absolute(), folder.resolve())}
        self._folders = sorted((each for each in spelled if Path(each).name), key=len, reverse=True)

    def in_words(self, text: str) -> str:
        """The sentence with each folder's name in the place of its path."""
        for folder in self._folders:
            text = text.replace(folder, Path(folder).name)
        return text

    def without(self, told: Mapping[str, Any]) -> Mapping[str, Any]:
        """The fields of an event or an answer with the sentences among them mended."""
        mended = {name: self.in_words(told[name]) for name in _SENTENCES if isinstance(told.get(name), str)}
        return told if all(told[name] == text for name, text in mended.items()) else {**told, **mended}
