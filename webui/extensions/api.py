"""All that an extension imports from Darkroom: `from webui.extensions.api import hookimpl, Slider`."""

from webui.errors import InvalidRequest, PictureUnreadable
from webui.extensions.contributions import (
    CliArgument,
    CliCommand,
    ExtensionContext,
    NewTunnel,
    OpenTunnel,
    PictureInfo,
    Preprocessor,
    PromptSyntax,
    SavedImage,
    StepInfo,
    Tab,
    Theme,
    WalkInfo,
)
from webui.extensions.controls import Choice, Control, Number, Slider, Switch, Text
from webui.extensions.hookspecs import hookimpl
from webui.extensions.manifest import API_VERSION
from webui.generation.offered import NewFamily, NewSampler, NewSchedule, SamplerPlan, Upscaler
from webui.generation.plot_axes import AxisType
from webui.generation.request import GenerationRequest
from webui.imaging.animation import FilmKind, write_film
from webui.imaging.reading import flattened, read_picture

__all__ = [
    "API_VERSION",
    "AxisType",
    "Choice",
    "CliArgument",
    "CliCommand",
    "Control",
    "ExtensionContext",
    "FilmKind",
    "GenerationRequest",
    "InvalidRequest",
    "NewFamily",
    "NewSampler",
    "NewSchedule",
    "NewTunnel",
    "Number",
    "OpenTunnel",
    "PictureInfo",
    "PictureUnreadable",
    "Preprocessor",
    "PromptSyntax",
    "SamplerPlan",
    "SavedImage",
    "Slider",
    "StepInfo",
    "Switch",
    "Tab",
    "Text",
    "Theme",
    "Upscaler",
    "WalkInfo",
    "flattened",
    "hookimpl",
    "read_picture",
    "write_film",
]
