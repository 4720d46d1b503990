"""An engine and a catalogue that are just enough for the page."""

from dataclasses import dataclass, field
from typing import Any

from webui.errors import ModelNotFound, ModelUnusable, WebUIError
from webui.generation.families import Capability
from webui.generation.plot_axes import AXES, AxisType
from webui.generation.request import GenerationRequest
from webui.generation.series import SeriesRequest


@dataclass(frozen=True)
class StandInEntry:
    name: str
    default_width: int = 256
    default_height: int = 256
    problem: str | None = None
    family: str | None = "stable-diffusion"
    prediction: str | None = "epsilon"
    capabilities: tuple[str, ...] = tuple(Capability)
    defaults: dict[str, Any] = field(default_factory=dict)


@dataclass
class StandInCatalogue:
    models: list[StandInEntry] = field(
        default_factory=lambda: [StandInEntry("postcard"), StandInEntry("large", 512, 512)]
    )

    def entries(self, kind: str = "checkpoint") -> list[StandInEntry]:
        return self.models if kind == "checkpoint" else []

    def find(self, name: str | None) -> StandInEntry:
        for entry in self.models:
            if name in (None, entry.name):
                if entry.problem is not None:
                    raise ModelUnusable(entry.problem)
                return entry
        raise ModelNotFound(f"There is no model {name}.")


@dataclass
class StandInNames:
    styles: list[str] = field(default_factory=list)

    def style_names(self) -> list[str]:
        return self.styles


@dataclass
class StandInSeries:
    begun: list[SeriesRequest] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)

    def begin(self, wanted: SeriesRequest, owner: str = "") -> None:
        self.begun.append(wanted)
        self.owners.append(owner)


@dataclass
class StandInExtensions:
    """What is on: the controls by extension, and the tabs."""

    on: dict[str, Any] = field(default_factory=dict)
    brought: list[tuple[str, Any]] = field(default_factory=list)

    def tabs(self) -> list[tuple[str, Any]]:
        return self.brought

    def controls(self) -> dict[str, Any]:
        return self.on


@dataclass
class StandInEngine:
    refusal: WebUIError | None = None
    submitted: list[GenerationRequest] = field(default_factory=list)
    owners: list[str] = field(default_factory=list)
    prompt_files: StandInNames = field(default_factory=StandInNames)
    series: StandInSeries = field(default_factory=StandInSeries)
    extensions: StandInExtensions = field(default_factory=StandInExtensions)

    def plot_axes(self) -> tuple[AxisType, ...]:
        return AXES

    def submit(self, request: GenerationRequest, owner: str = "") -> None:
        if self.refusal is not None:
            raise self.refusal
        self.submitted.append(request)
        self.owners.append(owner)
