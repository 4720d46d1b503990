"""Concept sliders that were kept: a small JSON file each, `sliders/NAME.json` in the data folder.

A file holds what a request has of the slider (`webui.generation.blend.Slider`) without its name, which is the file's:
the prompts of its two ends, the share of the walk in which it counts, and the value to begin with. So it can be written
by hand, and given to somebody else.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest, SliderNotFound
from webui.generation.blend import Slider
from webui.generation.invalid_values import validated
from webui.library.pictures import as_save_failed, temporary_of, write_whole

SLIDERS = "sliders"
USUAL_VALUE = 1.0
_NAME = re.compile(r"[^\W_](?:[\w +&(),'-]{0,58}[\w)])?")
_NAMES_OF_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""What Windows takes for a device, whatever its ending."""
_MAX_FILES = 1_000
_MAX_BYTES = 200_000


class SliderFiles:
    """The kept sliders of a data folder. Nothing is held in memory: threads may share it, and files may come and go."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / SLIDERS

    def all(self) -> tuple[list[Slider], list[str]]:
        """Those that can be read, by name, and a sentence for each file that cannot."""
        sliders: list[Slider] = []
        problems: list[str] = []
        for path in sorted(self._folder.glob("*.json"), key=lambda path: path.stem.casefold())[:_MAX_FILES]:
            try:
                sliders.append(_read(path))
            except (InvalidRequest, OSError) as error:
                problems.append(f"{path.name} is no slider: {error}")
        return sliders, problems

    def find(self, name: str) -> Slider:
        """The slider of that name.

        Raises:
            SliderNotFound: there is none, or its file cannot be read.
        """
        try:
            return _read(self._path(name))
        except InvalidRequest as error:
            raise SliderNotFound(f"There is no slider '{name[:60]}': {error}", hint="Choose another one.") from error
        except OSError as error:
            known = ", ".join(slider.name for slider in self.all()[0][:8])
            hint = f"There are {known}." if known else "Make one in the tab Explore."
            raise SliderNotFound(f"There is no slider '{name[:60]}'.", hint=hint) from error

    def save(self, slider: Slider) -> None:
        """Keep a slider under its name, in the place of one that has that name already.

        Raises:
            InvalidRequest: it cannot be a file's name.
            SaveFailed: the disk refuses it; what was there is there still.
        """
        path = self._path(slider.name)
        content = json.dumps(slider.model_dump(mode="json", exclude={"name"}), indent=1, ensure_ascii=False) + "\n"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_whole(path, content.encode(), temporary=temporary_of(path), replace=True)
        except OSError as error:
            raise as_save_failed(error, what="slider", then="then save it again") from error

    def remove(self, name: str) -> None:
        """Delete a slider's file; pictures that were made with it keep what it was.

        Raises:
            InvalidRequest: it cannot be a file's name.
            SliderNotFound: there is none of that name.
            SaveFailed: the disk refuses it.
        """
        try:
            self._path(name).unlink()
        except FileNotFoundError as error:
            raise SliderNotFound(f"There is no slider '{name[:60]}'.", hint="It may be gone already.") from error
        except OSError as error:
            raise as_save_failed(error, what="change", then="then delete the slider again") from error

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or _NAMES_OF_DEVICES.fullmatch(name):
            raise InvalidRequest(
                f"name: '{name[:60]}' cannot be a slider's name.",
                hint="Up to 60 letters, digits, spaces and hyphens, with a letter or digit first.",
                field="name",
            )
        return self._folder / f"{name}.json"


def _read(path: Path) -> Slider:
    """The slider in a file.

    Raises:
        OSError: there is no such file, or it may not be read.
        InvalidRequest: it holds something else.
    """
    with path.open("rb") as file:
        content = file.read(_MAX_BYTES)
    try:
        values = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("it is not valid JSON.") from error
    if not isinstance(values, dict):
        raise InvalidRequest("it is no JSON object.")
    return slider_of(path.stem, values)


def slider_of(name: str, values: Mapping[str, Any]) -> Slider:
    """A slider from JSON values, as a file and a body have them: without a name, and perhaps without a value.

    Raises:
        InvalidRequest: the first value that cannot be used.
    """
    return validated(Slider, {"value": USUAL_VALUE, **values, "name": name})
