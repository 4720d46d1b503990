"""What a series of pictures is asked to be: an X/Y/Z plot, a threshold sweep, a loopback, a batch, or a journey.

A series is a request and, beside it, the options of its kind. The page and the API carry both as JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from webui.errors import InvalidRequest
from webui.generation.invalid_values import validated
from webui.generation.journey import Journey
from webui.generation.limits import Share
from webui.generation.loopback import Curve
from webui.generation.plot import AXIS_NAMES, MAX_CELLS, Axis, read_axis
from webui.generation.plot_axes import NOTHING, AxisType
from webui.generation.request import GenerationRequest
from webui.generation.ways import PictureId


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    kind: ClassVar[str]
    title: ClassVar[str]


class AxisOptions(_Options):
    """An axis as it is typed: the name of what it varies, and the list of values."""

    type: str = Field(default=NOTHING, max_length=100)
    values: str = Field(default="", max_length=20_000)


class PlotOptions(_Options):
    """Up to three axes."""

    kind: ClassVar[str] = "plot"
    title: ClassVar[str] = "X/Y/Z plot"
    x: AxisOptions = AxisOptions()
    y: AxisOptions = AxisOptions()
    z: AxisOptions = AxisOptions()

    def axes(self, known: Sequence[AxisType]) -> tuple[Axis, Axis, Axis]:
        """The axes with their values read; `known` are all that there are.

        Raises:
            InvalidRequest: naming the axis and the value; or when no axis varies anything.
        """
        x, y, z = (self._axis(name, known) for name in AXIS_NAMES)
        if all(axis.type.name == NOTHING for axis in (x, y, z)):
            raise InvalidRequest("No axis of the plot varies anything.", hint="Choose a parameter for X.", field="x")
        return x, y, z

    def _axis(self, name: str, known: Sequence[AxisType]) -> Axis:
        options: AxisOptions = getattr(self, name)
        return read_axis(name, options.type, options.values, known)


class SweepOptions(_Options):
    """Denoising strengths from `first` to `last`, `count` of them."""

    kind: ClassVar[str] = "sweep"
    title: ClassVar[str] = "Threshold sweep"
    first: Share = 0.2
    last: Share = 0.9
    count: int = Field(default=8, ge=2, le=MAX_CELLS)


class LoopbackOptions(_Options):
    """Each of `loops` results is the next one's start, while the strength goes to `final_strength`."""

    kind: ClassVar[str] = "loopback"
    title: ClassVar[str] = "Loopback"
    loops: int = Field(default=4, ge=1, le=32)
    final_strength: Share = 0.5
    curve: Curve = Curve.LINEAR


class BatchOptions(_Options):
    """The same request for each of these pictures."""

    kind: ClassVar[str] = "batch"
    title: ClassVar[str] = "Batch of pictures"
    pictures: Annotated[tuple[PictureId, ...], Field(min_length=1, max_length=MAX_CELLS)]


Options = PlotOptions | SweepOptions | LoopbackOptions | BatchOptions | Journey
KINDS: dict[str, type[Options]] = {
    kind.kind: kind for kind in (PlotOptions, SweepOptions, LoopbackOptions, BatchOptions, Journey)
}


def check_chosen(pictures: Any) -> None:
    """Raise `InvalidRequest` when a batch has no pictures."""
    if not pictures:
        raise InvalidRequest("No pictures are chosen.", hint="Choose one or more files.", field="pictures")


@dataclass(frozen=True, slots=True)
class SeriesRequest:
    """A request, and what series of pictures to make from it."""

    request: GenerationRequest
    options: Options

    @property
    def title(self) -> str:
        """The kind's name for people."""
        return self.options.title

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """A series from JSON values: `kind`, `request`, and the kind's own options beside them.

        Raises:
            InvalidRequest: the first value that cannot be used, in a sentence that names its field.
        """
        rest = dict(values)
        kind = KINDS.get(str(rest.pop("kind", None)))
        if kind is None:
            raise InvalidRequest(f"kind: it must be one of {', '.join(KINDS)}.", field="kind")
        request = rest.pop("request", {})
        if not isinstance(request, Mapping):
            raise InvalidRequest("request: it must be an object with the fields of a picture.", field="request")
        if kind is BatchOptions:
            check_chosen(rest.get("pictures"))
        return cls(GenerationRequest.parse(request), validated(kind, rest))

    def options_json(self) -> dict[str, Any]:
        """The kind and its options, as they are kept and told."""
        return {"kind": self.options.kind, **self.options.model_dump(mode="json")}
