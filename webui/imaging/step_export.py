"""What a recording's steps are exported as: a PNG, PNGs in an archive, a contact sheet, or a film."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PIL import Image

from webui.errors import InvalidRequest
from webui.generation.exported_steps import View, exported_infotext, picture_request
from webui.generation.trajectory import TrajectorySummary
from webui.imaging.animation import MAX_FPS, MIN_FPS, FilmKind, write_film
from webui.imaging.contact_sheet import StepSheet
from webui.imaging.metadata import INFOTEXT_KEY, REQUEST_KEY
from webui.imaging.step_frames import frame_name, png_with_texts, write_zip

FrameAt = Callable[[int], Image.Image]
"""Gives the decoded picture of a step."""
DEFAULT_FPS = 8.0


class What(StrEnum):
    """The forms of an export."""

    FRAME = "frame"
    FRAMES = "frames"
    CONTACT_SHEET = "contact-sheet"
    GIF = "gif"
    WEBP = "webp"
    MP4 = "mp4"

    @property
    def ending(self) -> str:
        """How its file's name ends."""
        return {What.FRAME: ".png", What.FRAMES: ".zip", What.CONTACT_SHEET: ".png"}.get(self, f".{self.value}")

    @property
    def media_type(self) -> str:
        """As HTTP names it."""
        kinds = {".png": "image/png", ".zip": "application/zip", ".gif": "image/gif", ".webp": "image/webp"}
        return kinds.get(self.ending, "video/mp4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What of a recording is exported, and how: checked by `of`.

    `picture` is its number among the pictures that walked together, `steps` are positions (see
    `webui.generation.trajectory`), `fps` is for films.
    """

    summary: TrajectorySummary
    what: What
    view: View
    picture: int
    steps: tuple[int, ...]
    fps: float

    @classmethod
    def of(
        cls,
        summary: TrajectorySummary,
        what: What,
        view: View,
        *,
        picture: int = 0,
        step: int | None = None,
        fps: float = DEFAULT_FPS,
    ) -> "Export":
        """One step of a recording, or all where none is named.

        Raises:
            InvalidRequest: there is no such step or picture, or the number of frames a second is none.
        """
        last = summary.positions
        _check("step", step, 0, last, f"the recording has steps 0 to {last}")
        pictures = len(summary.header.seeds)
        _check("picture", picture, 0, pictures - 1, f"the recording has pictures 0 to {pictures - 1}")
        _check("fps", fps, MIN_FPS, MAX_FPS, f"it must be {MIN_FPS:g} to {MAX_FPS:g}")
        if step is None and what is What.FRAME:
            raise InvalidRequest("step: one picture is of one step, and none is named.", field="step")
        steps = tuple(range(last + 1)) if step is None else (step,)
        return cls(summary=summary, what=what, view=view, picture=picture, steps=steps, fps=fps)

    @property
    def file_name(self) -> str:
        """A name for the file."""
        header = self.summary.header
        stem = f"{header.id[:8]}-{header.seeds[self.picture]}"
        if len(self.steps) == 1:
            name = frame_name(stem, self.steps[0], self.summary.positions, self.view)
            return name.removesuffix(".png") + self.what.ending
        return f"{stem}-{'sheet' if self.what is What.CONTACT_SHEET else 'steps'}-{self.view}{self.what.ending}"

    def infotext(self, *steps: int) -> str:
        """The infotext of some of the steps; of none: of all."""
        return exported_infotext(self.summary, self.picture, steps or self.steps, self.view)


def write_export(export: Export, frame_at: FrameAt, path: Path) -> None:
    """Write the file; an older one is overwritten. At most two frames are in memory.

    Args:
        export: what is written.
        frame_at: gives the picture of a step; the last step is asked for first, as its size is that of films.
        path: of the file.

    Raises:
        OSError: the file cannot be written.
    """
    frames = _Frames(export, frame_at)
    match export.what:
        case What.FRAME:
            path.write_bytes(_png(export, frames.last, *export.steps))
        case What.FRAMES:
            write_zip(path, _files(export, frames))
        case What.CONTACT_SHEET:
            path.write_bytes(_png(export, _sheet(export, frames)))
        case _:
            kind = FilmKind(export.what.value)
            pictures = (picture for _, picture in frames)
            write_film(kind, path, pictures, size=frames.last.size, fps=export.fps, comment=export.infotext())


class _Frames:
    """The steps with their pictures; the last picture is kept, as it is needed first and last."""

    def __init__(self, export: Export, frame_at: FrameAt) -> None:
        self._steps = export.steps
        self._frame_at = frame_at
        self.last = frame_at(export.steps[-1])

    def __iter__(self) -> Iterator[tuple[int, Image.Image]]:
        for step in self._steps[:-1]:
            yield step, self._frame_at(step)
        yield self._steps[-1], self.last


def _files(export: Export, frames: _Frames) -> Iterator[tuple[str, bytes]]:
    header = export.summary.header
    stem = str(header.seeds[export.picture])
    for step, picture in frames:
        yield frame_name(stem, step, export.summary.positions, export.view), _png(export, picture, step)


def _png(export: Export, picture: Image.Image, *steps: int) -> bytes:
    request = picture_request(export.summary, export.picture).model_dump_json()
    return png_with_texts(picture, {INFOTEXT_KEY: export.infotext(*steps), REQUEST_KEY: request})


def _sheet(export: Export, frames: _Frames) -> Image.Image:
    summary = export.summary
    shown = "noisy latents" if export.view is View.XT else "predicted clean picture"
    title = f"{summary.header.request.prompt} ({summary.positions} steps, {shown})"
    sheet = StepSheet(len(export.steps), frames.last.size, title)
    for step, picture in frames:
        sheet.add(picture, f"step {step}", f"sigma {_short(summary.sigmas[step])}")
    return sheet.image


def _short(sigma: float) -> str:
    return f"{sigma:.0f}" if sigma >= 1000 else f"{sigma:.3g}"


def _check(field: str, value: float | None, least: float, most: float, allowed: str) -> None:
    if value is not None and not least <= value <= most:
        raise InvalidRequest(f"{field}: {value:g} cannot be used: {allowed}.", field=field)
