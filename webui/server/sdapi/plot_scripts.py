"""A1111's scripts that make a series of pictures: the X/Y/Z plot and the loopback, by their arguments in its order."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from webui.errors import InvalidRequest
from webui.generation.loopback import Curve
from webui.generation.plot import AXIS_NAMES
from webui.generation.plot_axes import AxisType
from webui.generation.plot_values import split_values
from webui.generation.series import AxisOptions, LoopbackOptions, Options, PlotOptions
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import CHECKPOINT, VAE
from webui.server.sdapi.model_names import known_name

PLOT, LOOPBACK = "x/y/z plot", "loopback"
FIELD = "script_args"
_INCLUDE_LONE_IMAGES = 10
"""The place of that argument of the plot, behind three for each axis and whether a legend is drawn."""
_MODEL_AXES = {"checkpoint name": CHECKPOINT, "refiner checkpoint": CHECKPOINT, "vae": VAE}
_TEXT, _PICTURE = "txt2img", "img2img"
_AXES = (
    ("Nothing", ""), ("Seed", ""), ("Var. seed", ""), ("Var. strength", ""), ("Steps", ""), ("Hires steps", _TEXT),
    ("CFG Scale", ""), ("Image CFG Scale", _PICTURE), ("Prompt S/R", ""), ("Prompt order", ""), ("Sampler", _TEXT),
    ("Hires sampler", _TEXT), ("Sampler", _PICTURE), ("Checkpoint name", ""), ("Negative Guidance minimum sigma", ""),
    ("Sigma Churn", ""), ("Sigma min", ""), ("Sigma max", ""), ("Sigma noise", ""), ("Schedule type", ""),
    ("Schedule min sigma", ""), ("Schedule max sigma", ""), ("Schedule rho", ""), ("Beta schedule alpha", ""),
    ("Beta schedule beta", ""), ("Eta", ""), ("Clip skip", ""), ("Denoising", ""), ("Initial noise multiplier", ""),
    ("Extra noise", ""), ("Hires upscaler", _TEXT), ("Cond. Image Mask Weight", _PICTURE), ("VAE", ""), ("Styles", ""),
    ("UniPC Order", ""), ("Face restore", ""), ("Token merging ratio", ""), ("Token merging ratio high-res", ""),
    ("Always discard next-to-last sigma", ""), ("SGM noise multiplier", ""), ("Refiner checkpoint", ""),
    ("Refiner switch at", ""), ("RNG source", ""), ("FP8 mode", ""), ("Size", ""),
)  # fmt: skip
"""The axes of A1111 1.10 in its order, as its clients name them by number, and the tab that alone has one."""


def axis_names(*, img2img: bool) -> list[str]:
    """A1111's axes in the order of a tab."""
    tab = _PICTURE if img2img else _TEXT
    return [name for name, only in _AXES if only in ("", tab)]


def plot_options(arguments: Sequence[Any], *, img2img: bool) -> PlotOptions:
    """The plot that the arguments of `x/y/z plot` ask for; an axis is told by its number in A1111 or by its name.

    Raises:
        InvalidRequest: an argument cannot be used.
    """
    axes: dict[str, AxisOptions] = {}
    for number, name in enumerate(AXIS_NAMES):
        kind, values, chosen = (_argument(arguments, 3 * number + place, None) for place in range(3))
        axes[name] = _axis(name, _axis_name(kind, img2img=img2img), values, chosen)
    return PlotOptions(**axes)


def includes_lone_images(arguments: Sequence[Any]) -> bool:
    """Whether the pictures of the plot are to be given one by one as well."""
    return bool(_argument(arguments, _INCLUDE_LONE_IMAGES, False))


def loopback_options(arguments: Sequence[Any]) -> LoopbackOptions:
    """The loopback that the arguments of that script ask for.

    Raises:
        InvalidRequest: an argument cannot be used.
    """
    usual = LoopbackOptions()
    told = {
        "loops": _argument(arguments, 0, usual.loops),
        "final_strength": _argument(arguments, 1, usual.final_strength),
        "curve": _argument(arguments, 2, Curve.LINEAR.value),
    }
    try:
        return LoopbackOptions.model_validate(told)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise InvalidRequest(f"{FIELD}: {problem['loc'][0]}: {problem['msg']}.", field=FIELD) from error


def script_infos(axes: Sequence[AxisType]) -> list[Mapping[str, Any]]:
    """What `script-info` says of the two; `axes` are all that a plot can vary here."""
    known = {axis.name for axis in axes}
    infos: list[Mapping[str, Any]] = []
    for img2img in (False, True):
        choices = [name for name in axis_names(img2img=img2img) if name in known]
        arguments = []
        for axis in ("X", "Y", "Z"):
            arguments += [
                argument(f"{axis} type", "Seed" if axis == "X" else "Nothing", choices=choices),
                argument(f"{axis} values", ""),
                argument(f"{axis} values", [], choices=[]),
            ]
        switches = ("Draw legend", "Include Sub Images", "Include Sub Grids", "Keep -1 for seeds")
        arguments += [argument(label, label == "Draw legend") for label in switches]
        infos.append({"name": PLOT, "is_alwayson": False, "is_img2img": img2img, "args": arguments})
    loops = [
        argument("Loops", 4, minimum=1, maximum=32, step=1),
        argument("Final denoising strength", 0.5, minimum=0, maximum=1, step=0.01),
        argument("Denoising strength curve", Curve.LINEAR.value, choices=[curve.value for curve in Curve]),
    ]
    return [*infos, {"name": LOOPBACK, "is_alwayson": False, "is_img2img": True, "args": loops}]


def argument(label: str, value: Any, **limits: Any) -> dict[str, Any]:
    """An argument of a script as `script-info` tells it."""
    known = {"minimum": None, "maximum": None, "step": None, "choices": None}
    return {"label": label, "value": value, **known, **limits}


def series_options(script: str, arguments: Sequence[Any], *, img2img: bool) -> Options:
    """What the script of that name makes of its arguments.

    Raises:
        InvalidRequest: there is no such script here, or an argument cannot be used.
    """
    if script == PLOT:
        return plot_options(arguments, img2img=img2img)
    if script == LOOPBACK and img2img:
        return loopback_options(arguments)
    scripts = f"{PLOT}, {LOOPBACK}" if img2img else PLOT
    raise InvalidRequest(f"Script '{script[:60]}' not found.", hint=f"There is {scripts}.", field="script_name")


def with_known_models(options: Options, catalogue: Catalogue) -> Options:
    """The options with models by the catalogue's names, which clients know by A1111's titles.

    Raises:
        InvalidRequest: there is no such model.
    """
    if not isinstance(options, PlotOptions):
        return options
    changed = {
        name: axis.model_copy(update={"values": _known_models(axis.values, kind, catalogue)})
        for name in AXIS_NAMES
        for axis in [getattr(options, name)]
        if (kind := _MODEL_AXES.get(axis.type.casefold())) is not None
    }
    return options.model_copy(update=changed)


def _known_models(values: str, kind: str, catalogue: Catalogue) -> str:
    try:
        told = split_values(values)
    except ValueError as error:
        raise InvalidRequest(f"{FIELD}: {error}.", field=FIELD) from error
    return _as_csv([known_name(catalogue, each, field=FIELD, kind=kind) or "None" for each in told])


def _argument(arguments: Sequence[Any], place: int, otherwise: Any) -> Any:
    return arguments[place] if place < len(arguments) and arguments[place] is not None else otherwise


def _axis_name(told: Any, *, img2img: bool) -> str:
    if told is None:
        return "Nothing"
    names = axis_names(img2img=img2img)
    if isinstance(told, str) and not told.isdecimal():
        return told[:100]
    if not isinstance(told, int | str) or isinstance(told, bool) or not 0 <= int(told) < len(names):
        raise InvalidRequest(
            f"{FIELD}: {str(told)[:40]} is the number of no axis.", hint=f"0 to {len(names) - 1} are.", field=FIELD
        )
    return names[int(told)]


def _axis(name: str, kind: str, values: Any, chosen: Any) -> AxisOptions:
    """Values come as a text, or as a list where the client has chosen from one."""
    if not values and isinstance(chosen, list):
        values = _as_csv(chosen)
    try:
        return AxisOptions(type=kind, values=str(values or ""))
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise InvalidRequest(f"{FIELD}: {name.upper()} {problem['loc'][0]}: {problem['msg']}.", field=FIELD) from error


def _as_csv(values: Sequence[Any]) -> str:
    file = io.StringIO()
    csv.writer(file).writerow([str(value) for value in values])
    return file.getvalue().strip()
