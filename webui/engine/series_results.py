"""What has come of a series' cells so far, as its kind sees it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image

from webui.engine.series_record import Series


@dataclass(frozen=True, slots=True)
class CellEnd:
    """How a cell ended: the ids of its pictures in their order, or why it has none."""

    images: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class SoFar:
    """A series all of whose cells have ended.

    Args:
        series: it.
        ends: one for each cell.
        opened: gives the picture of an id, decoded; None when its file is gone or damaged.
    """

    series: Series
    ends: Sequence[CellEnd]
    opened: Callable[[str], Image.Image | None]

    def first_pictures(self) -> list[Image.Image | str]:
        """Each cell's first picture, or why it has none; all of them are in memory then."""
        return [self._first(end) for end in self.ends]

    @property
    def any_made(self) -> bool:
        """Whether there is a picture at all."""
        return any(isinstance(self._first(end), Image.Image) for end in self.ends)

    @property
    def problems(self) -> list[str]:
        """Why each cell has no picture, of those that have none."""
        return [first for end in self.ends if isinstance(first := self._first(end), str)]

    def _first(self, end: CellEnd) -> Image.Image | str:
        opened = self.opened(end.images[0]) if end.images else None
        return opened or end.problem or "The picture's file is gone."
