"""What the page needs of the engine and the catalogue, and no more; tests hand in small stand-ins."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from webui.generation.plot_axes import AxisType
from webui.generation.request import GenerationRequest
from webui.generation.series import SeriesRequest


class Entry(Protocol):
    """A model as the page lists it. `problem` says in a sentence why it cannot be used, None that it can."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def default_width(self) -> int: ...  # noqa: D102
    @property
    def default_height(self) -> int: ...  # noqa: D102
    @property
    def defaults(self) -> Mapping[str, Any]: ...  # noqa: D102
    @property
    def problem(self) -> str | None: ...  # noqa: D102
    @property
    def family(self) -> str | None: ...  # noqa: D102
    @property
    def prediction(self) -> str | None: ...  # noqa: D102
    @property
    def capabilities(self) -> Sequence[str]: ...  # noqa: D102


class Catalogue(Protocol):
    """The models on this machine. `find` raises a `WebUIError` for a name that is unknown or cannot be used."""

    def entries(self, kind: str = "checkpoint") -> Sequence[Entry]: ...  # noqa: D102
    def find(self, name: str | None) -> Entry: ...  # noqa: D102


class PromptNames(Protocol):
    """The names that prompts may use."""

    def style_names(self) -> Sequence[str]: ...  # noqa: D102


class SeriesDesk(Protocol):
    """Takes series of pictures, for an owner. `begin` raises a `WebUIError` when it cannot accept one."""

    def begin(self, wanted: SeriesRequest, owner: str = ...) -> Any: ...  # noqa: D102


class ExtensionTab(Protocol):
    """A tab that an extension brings: files inside its `assets/`; an empty name for none."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def html(self) -> str: ...  # noqa: D102
    @property
    def script(self) -> str: ...  # noqa: D102
    @property
    def style(self) -> str: ...  # noqa: D102


class Extensions(Protocol):
    """What those extensions bring that are on; by extension."""

    def tabs(self) -> Sequence[tuple[str, ExtensionTab]]: ...  # noqa: D102
    def controls(self) -> Mapping[str, Any]: ...  # noqa: D102


class Engine(Protocol):
    """Takes requests, for an owner. `submit` raises a `WebUIError` when it cannot accept one."""

    @property
    def prompt_files(self) -> PromptNames: ...  # noqa: D102
    @property
    def extensions(self) -> Extensions: ...  # noqa: D102
    @property
    def series(self) -> SeriesDesk: ...  # noqa: D102

    def submit(self, request: GenerationRequest, owner: str = ...) -> Any: ...  # noqa: D102
    def plot_axes(self) -> Sequence[AxisType]: ...  # noqa: D102
