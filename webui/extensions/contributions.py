"""What hooks are given and what they give: plain values. Nothing here imports torch."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from PIL import Image

from webui.extensions.controls import Control, Scalar, check_label, check_name
from webui.generation.request import GenerationRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionContext:
    """An extension's own place.

    `folder` is where its files are, `data_dir` a folder of its own that exists, `settings` what its settings say now
    (read it anew each time), and `log` writes into its log file.
    """

    name: str
    folder: Path
    data_dir: Path
    settings: Mapping[str, Scalar]
    log: logging.Logger


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A tab of the page. `html`, `script` and `style` are paths of files inside the extension's `assets/`."""

    name: str
    label: str
    html: str
    script: str = ""
    style: str = ""

    def __post_init__(self) -> None:
        check_name(self.name, "tab")
        check_label(self.label, self.name)
        for path in (self.html, self.script, self.style):
            if not isinstance(path, str) or path.startswith("/") or "\\" in path or ".." in path.split("/"):
                raise ValueError(f"{path!r} is no path inside assets/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours of the page: values of its CSS variables ('--dk-amber'), for the light and for the dark page."""

    name: str
    label: str
    light: Mapping[str, str] = field(default_factory=dict)
    dark: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_name(self.name, "theme")
        check_label(self.label, self.name)
        for variable, value in (*self.light.items(), *self.dark.items()):
            if not variable.startswith("--") or not variable[2:].replace("-", "").isalnum():
                raise ValueError(f"{variable!r} is no CSS variable")
            if not isinstance(value, str) or any(sign in value for sign in "{};<>\\") or "url(" in value.casefold():
                raise ValueError(f"{value!r} cannot be the value of {variable}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedImage:
    """A picture that was written to the library: its id, its file, what made it; sides in pixels.

    `index` is its place among the `count` pictures of its job, from 0.
    """

    id: str
    path: Path
    request: GenerationRequest
    infotext: str
    width: int
    height: int
    job: str = ""
    index: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInfo:
    """Where a walk is.

    `index` counts calls of the model from 0 to `total` - 1; `sigma` and `sigma_next` are the noise levels before and
    after the move, `timestep` what the model is told. `seeds` has the seed of each picture of the batch, in the order
    of the rows of the tensors; `pass_name` is "base" or "hires".
    """

    index: int
    total: int
    sigma: float
    sigma_next: float
    timestep: float
    request: GenerationRequest
    seeds: tuple[int, ...] = ()
    pass_name: str = "base"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkInfo:
    """A pass that is about to begin: `steps` of it, for pictures of `width` by `height` pixels; else as `StepInfo`."""

    request: GenerationRequest
    steps: int
    width: int
    height: int
    seeds: tuple[int, ...] = ()
    pass_name: str = "base"


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureInfo:
    """A picture of a job: its seed, and its place among the `count` pictures, from 0."""

    seed: int
    index: int = 0
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSyntax:
    """Something to write in a prompt. `resolve(text, picture)` gives the text with it replaced.

    The same text and picture must give the same. Where it reads `<name:...>`, the page knows that this is no LoRA.
    """

    name: str
    resolve: Callable[[str, PictureInfo], str]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessor:
    """A way to prepare a given picture: `process(picture, values)` gives an RGB picture of any size.

    `values` has a value for each of `controls`.
    """

    name: str
    process: Callable[[Image.Image, Mapping[str, Scalar]], Image.Image]
    controls: tuple[Control, ...] = ()
    note: str = ""


def _always() -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTunnel:
    """A tunnel that is open. `url` is what leads to it, "https://name.example.org", without a path.

    `close` ends it; it may be called again. `is_alive` is asked each second: where it says False, the link is closed.
    """

    url: str
    close: Callable[[], None]
    is_alive: Callable[[], bool] = _always


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTunnel:
    """A way to make the public link. `open(port, timeout_s)` makes that port of 127.0.0.1 reachable from elsewhere.

    What it raises is told to whoever wanted the link; it has `timeout_s` seconds, and leaves nothing open.
    """

    name: str
    label: str
    open: Callable[[int, float], OpenTunnel]

    def __post_init__(self) -> None:
        check_name(self.name, "tunnel")
        check_label(self.label, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class CliArgument:
    """What a command is told: "picture" is its place, "--frames" a flag. `kind` "switch" takes no value."""

    name: str
    help: str = ""
    kind: Literal["text", "whole", "number", "switch"] = "text"
    default: Scalar | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CliCommand:
    """`webui x <extension> <name>`. `run(options, context)` does it and gives the exit status.

    `options` has a value for each argument, by its name without dashes and with _ for -.
    """

    name: str
    run: Callable[[Mapping[str, Any], ExtensionContext], int]
    help: str = ""
    arguments: tuple[CliArgument, ...] = ()
