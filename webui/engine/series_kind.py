"""What a kind of series is: its cells, what comes after them, and the grid or plot at the end."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from PIL import Image

from webui.engine.series_record import Cell
from webui.engine.series_results import SoFar
from webui.generation.plot_axes import AxisType
from webui.generation.request import GenerationRequest
from webui.generation.series import SeriesRequest
from webui.library.pictures import Folder

Prepare = Callable[[GenerationRequest], GenerationRequest]


class Desk(Protocol):
    """What a series asks while it is planned."""

    def prepare(self, request: GenerationRequest) -> GenerationRequest:
        """The request, ready for the queue; raises a `WebUIError` when it cannot be made."""
        ...

    def ready(self, request: GenerationRequest) -> GenerationRequest:
        """The same for one that was prepared before: what styles and extensions change in it is in it already."""
        ...

    def plot_axes(self) -> Sequence[AxisType]:
        """Everything that a plot can vary."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Beginning:
    """How a series begins: its first cells, how many pictures there will be, and what its infotext says of it.

    `wanted` is what it goes on with, prepared; None where that is the prepared request with the options as they are.
    """

    cells: Sequence[Cell]
    total: int
    said: Mapping[str, str] = field(default_factory=dict)
    wanted: SeriesRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Cells that follow from those that have ended, and what of these is to be kept in the series' result."""

    cells: Sequence[Cell]
    result: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What comes of a series: a picture or none, numbers and sentences, and more for the picture's infotext."""

    picture: Image.Image | None = None
    result: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, str] = field(default_factory=dict)


class Kind(Protocol):
    """One kind of series; `folder` is where its pictures go."""

    folder: ClassVar[Folder] = Folder.PICTURES

    def begin(self, request: GenerationRequest, desk: Desk) -> Beginning:
        """The cells, ready for the queue; raises `InvalidRequest` when the series cannot be made."""
        ...

    def following(self, so_far: SoFar, desk: Desk) -> Growth | None:
        """What comes after the cells that there are; None when nothing does."""
        return None

    def outcome(self, so_far: SoFar) -> Outcome:
        """What comes of it when all cells have ended."""
        ...
