"""Scripts that a request names: those that take part always, and the one that is chosen.

Of A1111's own, the seed, the sampler, the refiner and soft inpainting have fields here; extensions take part by their
controls. A script that is not here is refused as A1111 refuses it, unless its arguments ask for nothing: clients send
`{"enabled": false}` for extensions that they only might use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from webui.engine.engine import Engine
from webui.errors import InvalidRequest
from webui.extensions.controls import Control
from webui.generation.series import Options
from webui.server.sdapi.generation_bodies import AlwaysOnScript, Generation, ImageToImage
from webui.server.sdapi.plot_scripts import (
    LOOPBACK,
    PLOT,
    argument,
    includes_lone_images,
    script_infos,
    series_options,
    with_known_models,
)

SEED, SAMPLER, REFINER, SOFT = "seed", "sampler", "refiner", "soft inpainting"
_FIELD = "alwayson_scripts"
_ON = ("enabled", "enable", "is_enabled", "ad_tab_enable", "active")
"""How units of extensions say whether they are on."""
_SWITCH_SECOND = ("roop", "reactor")
"""Scripts whose first argument is a picture, and the second the switch."""
Asked = TypeVar("Asked", bound=Generation)


@dataclass(frozen=True, slots=True)
class ScriptWishes:
    """What the scripts of a request ask for beside its fields."""

    extras: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    soft: bool = False
    series: Options | None = None
    lone_images: bool = True


class Scripts:
    """Reads the scripts of requests.

    Args:
        engine: has the extensions whose controls are scripts to A1111's clients.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def read(self, wanted: Asked) -> tuple[Asked, ScriptWishes]:
        """The request with what scripts change in its fields, and what else they ask for.

        Raises:
            InvalidRequest: there is no such script, or an argument cannot be used.
        """
        extras: dict[str, Mapping[str, Any]] = {}
        changes: dict[str, Any] = {}
        soft = False
        for name, script in wanted.alwayson_scripts.items():
            plain = name.strip().lower()
            if plain in _FIELDS:
                changes |= _FIELDS[plain](_positions(script.args))
            elif plain == SOFT:
                soft = bool(_at(_positions(script.args), 0))
            else:
                extras |= self._of_extension(name, plain, script)
        script_name = (wanted.script_name or "").strip().lower()
        img2img = isinstance(wanted, ImageToImage)
        series = None
        if script_name:
            series = series_options(script_name, wanted.script_args, img2img=img2img)
            series = with_known_models(series, self._engine.catalogue)
        lone = script_name != PLOT or includes_lone_images(wanted.script_args)
        return _changed(wanted, changes), ScriptWishes(extras, soft, series, lone)

    def names(self) -> dict[str, list[str]]:
        """The scripts of both tabs, in lower case as A1111 tells them."""
        always = [SEED, SAMPLER, REFINER, *(label.lower() for label, _, _ in self._controlled())]
        return {"txt2img": [PLOT, *always], "img2img": [PLOT, LOOPBACK, *always, SOFT]}

    def infos(self) -> list[Mapping[str, Any]]:
        """Each script with its arguments."""
        own = [
            {"name": label.lower(), "is_alwayson": True, "is_img2img": img2img, "args": list(map(_told, controls))}
            for label, _, controls in self._controlled()
            for img2img in (False, True)
        ]
        return [*script_infos(self._engine.plot_axes()), *own]

    def _controlled(self) -> list[tuple[str, str, Sequence[Control]]]:
        """The extensions that have controls: how people call them, their names, the controls."""
        found = []
        for name, controls in self._engine.request_hooks.controls().items():
            manifest = self._engine.extensions.card(name).manifest
            if controls:
                found.append((manifest.title if manifest else name, name, controls))
        return found

    def _of_extension(self, told: str, plain: str, script: AlwaysOnScript) -> dict[str, Mapping[str, Any]]:
        for label, name, controls in self._controlled():
            if plain not in (label.lower(), name):
                continue
            if isinstance(script.args, dict):
                return {name: script.args}
            return {name: {control.name: value for control, value in zip(controls, script.args, strict=False)}}
        if _asks_for_nothing(plain, script.args):
            return {}
        raise InvalidRequest(
            f"always on script {told[:60]} not found: there is no such extension here.",
            hint="Leave it out, or switch it off with enabled: false.",
            field=_FIELD,
        )


def _seed_fields(arguments: Sequence[Any]) -> dict[str, Any]:
    changes = {"seed": _at(arguments, 0)}
    if _at(arguments, 1):
        names = ("subseed", "subseed_strength", "seed_resize_from_w", "seed_resize_from_h")
        changes |= {name: _at(arguments, place) for place, name in enumerate(names, 2)}
    return changes


def _sampler_fields(arguments: Sequence[Any]) -> dict[str, Any]:
    return {name: _at(arguments, place) for place, name in enumerate(("steps", "sampler_name", "scheduler"))}


def _refiner_fields(arguments: Sequence[Any]) -> dict[str, Any]:
    if not _at(arguments, 0):
        return {}
    return {"refiner_checkpoint": _at(arguments, 1), "refiner_switch_at": _at(arguments, 2)}


_FIELDS = {SEED: _seed_fields, SAMPLER: _sampler_fields, REFINER: _refiner_fields}
"""The always-on scripts of A1111 itself, and what their arguments are as fields."""


def _changed(wanted: Asked, changes: Mapping[str, Any]) -> Asked:
    given = {name: value for name, value in changes.items() if value is not None}
    if not given:
        return wanted
    try:
        return type(wanted).model_validate(wanted.model_dump(exclude_unset=True) | given)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        raise InvalidRequest(f"{_FIELD}: {problem['loc'][0]}: {problem['msg']}.", field=_FIELD) from error


def _positions(arguments: list[Any] | dict[str, Any]) -> list[Any]:
    return list(arguments.values()) if isinstance(arguments, dict) else arguments


def _at(arguments: Sequence[Any], place: int) -> Any:
    return arguments[place] if place < len(arguments) else None


def _asks_for_nothing(name: str, arguments: list[Any] | dict[str, Any]) -> bool:
    """Whether a script's arguments switch it off: a first argument of false, or only units that are off."""
    given = [arguments] if isinstance(arguments, dict) and arguments else _positions(arguments)
    if name in _SWITCH_SECOND:
        return _at(given, 1) is False
    units = [each for each in given if isinstance(each, dict)]
    return not given or given[0] is False or (bool(units) and all(_is_off(unit) for unit in units))


def _is_off(unit: Mapping[str, Any]) -> bool:
    return any(unit.get(name) is False for name in _ON)


def _told(control: Control) -> dict[str, Any]:
    values = control.to_json()
    limits = {name: values.get(name) for name in ("minimum", "maximum", "step", "choices")}
    return argument(control.label, control.default, **limits)
