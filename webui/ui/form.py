"""The form and the request: flat values of components <-> the fields of a `GenerationRequest`.

A component has a flat name: that of the request's field, or for a value inside `start`, `mask`, `hires` and their kin
the two names joined (`start_strength`, `mask_blur`, `hires_scale`). Three names are the form's own: `picture`, the
value of the picture input ({"picture": id, "mask": id, "margins": {...}}), `hires_on`, and `way`, the tab that is sent.
A blend is an expression here (`blend`) and its way (`blend_way`), and turns of the noise are a text.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from webui.errors import InvalidRequest
from webui.generation.blend import Blend, BlendWay
from webui.generation.expression import parse, written
from webui.generation.model_options import Refiner, SizeConditioning
from webui.generation.noise_turns import NoiseTurn
from webui.generation.noise_turns_text import read_turns, written_turns
from webui.generation.request import GenerationRequest
from webui.generation.samplers import find_sampler, find_schedule
from webui.generation.ways import FromPicture, Hires, Mask, Video


class Way(StrEnum):
    """The tabs that make pictures, by what they send: nothing but noise, a picture, a picture with a mask."""

    TXT2IMG = "txt2img"
    IMG2IMG = "img2img"
    INPAINT = "inpaint"


OPTIONAL: dict[str, type[BaseModel]] = {"refiner": Refiner, "size_conditioning": SizeConditioning, "video": Video}
"""Values that every tab sends, where the form has anything in them (see `_is_asked`)."""
NESTED: dict[str, type[BaseModel]] = {"start": FromPicture, "mask": Mask, "hires": Hires, **OPTIONAL}
_FROM_PICTURE_INPUT = {"start": ("kind", "picture", "margins", "toward", "share"), "mask": ("picture",)}
_PARTS = {
    f"{group}_{name}": (group, name)
    for group, kind in NESTED.items()
    for name in kind.model_fields
    if name not in _FROM_PICTURE_INPUT.get(group, ())
}
NOT_IN_THE_FORM = ("points",)
_BLEND = ("blend", "blend_way")
_WRITTEN = ("blend", "noise_turns")
"""Fields whose component has a text that is read when it is sent."""
_TOP = tuple(name for name in GenerationRequest.model_fields if name not in (*NESTED, *NOT_IN_THE_FORM, "blend"))
FORM_FIELDS: tuple[str, ...] = (*_TOP, *_BLEND, "picture", "hires_on", *_PARTS)
"""The flat name of every component."""

SAME_AS_FIRST = ""
"""What the form has for a None: as in the first pass, or as the sampler has it."""
_EMPTY_IS_NONE = (
    "eta", "hires_sampler", "hires_schedule", "hires_cfg_scale", "vae", "flow_shift", "refiner_model", "video_frames",
)  # fmt: skip
"""Fields whose None is an empty text; as an empty number Gradio would draw a zero."""
_TURNING_ON = {"refiner_model": "refiner", "video_frames": "video"}
"""Fields without which a group is not sent at all."""
_SOME_PICTURE = "0" * 32


def field_info(field: str) -> FieldInfo:
    """What the request says of a component's value: its limits and its default."""
    if field == "blend_way":
        return Blend.model_fields["way"]
    if field in _PARTS:
        group, name = _PARTS[field]
        return NESTED[group].model_fields[name]
    return GenerationRequest.model_fields[field]


def default_of(field: str) -> Any:
    """The request's default, as its component shows it."""
    if field in ("picture", "extras"):
        return {}
    if field == "hires_on":
        return False
    if field in _WRITTEN:
        return ""
    if field in _TURNING_ON:
        return SAME_AS_FIRST
    return _shown(field, field_info(field).get_default(call_default_factory=True))


def element_id(field: str) -> str:
    """The id of a component on the page: `field-steps`, `field-mask-blur`."""
    return "field-" + "-".join(_PARTS.get(field, (field,)))


def request_values(form: Mapping[str, Any], way: Way | str) -> dict[str, Any]:
    """The values of a request from those of the components, for the tab that is sent.

    Raises:
        InvalidRequest: the tab needs a picture or a mask, and there is none; or a text that means a value cannot be
            read.
    """
    values = {field: _sent(field, form[field]) for field in _TOP if field in form}
    if (form.get("blend") or "").strip():
        joined = BlendWay(form.get("blend_way") or BlendWay.LINEAR)
        values["blend"] = parse(form["blend"], way=joined).model_dump(mode="json")
    values |= {group: _group(group, form) for group in OPTIONAL if _is_asked(group, form)}
    if Way(way) is Way.TXT2IMG:
        if form.get("hires_on"):
            values["hires"] = _group("hires", form)
        return values
    chosen = form.get("picture") or {}
    if not chosen.get("picture"):
        raise InvalidRequest(
            "There is no picture to start from.",
            hint="Drop one into the frame, paste it or click to choose.",
            field="start.picture",
        )
    start = {"kind": "picture", "picture": chosen["picture"], **_group("start", form)}
    if Way(way) is Way.INPAINT:
        margins = {side: pixels or 0 for side, pixels in (chosen.get("margins") or {}).items()}
        start["margins"] = margins
        if chosen.get("mask"):
            values["mask"] = {"picture": chosen["mask"], **_group("mask", form)}
        elif not any(margins.values()):
            raise InvalidRequest(
                "Nothing is masked yet.",
                hint="Paint over the part that is to change, or add a margin to paint beyond the edges.",
                field="mask.picture",
            )
    return values | {"start": start}


def form_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the components from those of a request; `way` is the tab that sends such a request.

    What the request does not name is left out; a start or a mask may lack its picture, as in an infotext. Nothing is
    judged here (see `usable_form`).
    """
    form = {field: values[field] for field in _TOP if field in values}
    groups = {group: value for group in NESTED if isinstance(value := values.get(group), Mapping)}
    for group, parts in groups.items():
        form |= {f"{group}_{name}": value for name, value in parts.items() if f"{group}_{name}" in _PARTS}
    form = {field: _shown(field, value) for field, value in form.items()}
    if "blend" in values:
        form |= _shown_blend(values["blend"])
    form |= {field: default_of(field) for group in OPTIONAL if group in values for field in _left_out(group, groups)}
    if "hires" in values:
        form["hires_on"] = "hires" in groups
    start = groups.get("start", {})
    if start.get("kind") in ("noise", "step"):  # a recorded step has no form; the rest makes a picture from noise
        form["way"] = Way.TXT2IMG
    elif start:
        mask, margins = groups.get("mask"), start.get("margins") or {}
        if start.get("picture"):
            form["picture"] = {"picture": start["picture"], "mask": (mask or {}).get("picture"), "margins": margins}
        beyond = isinstance(margins, Mapping) and any(margins.values())
        form["way"] = Way.INPAINT if mask is not None or beyond else Way.IMG2IMG
    return form


def usable_form(form: Mapping[str, Any]) -> dict[str, Any]:
    """What of kept form values the components can show, spelt as they have it; what a request refuses is left out."""
    kept: dict[str, Any] = {}
    for field, value in form.items():
        with suppress(InvalidRequest):
            if field in FORM_FIELDS:
                kept[field] = _judged(field, value)
    for sampler, schedule in (("sampler", "schedule"), ("hires_sampler", "hires_schedule")):
        follows = find_sampler(kept.get(sampler) or default_of("sampler"))
        if kept.get(schedule) and follows is not None and kept[schedule] not in follows.followed:
            del kept[schedule]
    return kept


def _is_asked(group: str, form: Mapping[str, Any]) -> bool:
    """Whether the form has anything to say in an optional group."""
    names = [field for field, (owner, _) in _PARTS.items() if owner == group and field in form]
    turning_on = next((field for field, owner in _TURNING_ON.items() if owner == group), None)
    if turning_on is not None:
        return form.get(turning_on) not in (None, SAME_AS_FIRST)
    return any(form[field] != default_of(field) for field in names)


def _left_out(group: str, groups: Mapping[str, Any]) -> list[str]:
    """The fields of an optional group that a request does not have."""
    return [] if group in groups else [field for field, (owner, _) in _PARTS.items() if owner == group]


def _group(group: str, form: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `start`, `mask` or `hires` that the form has."""
    names = {field: name for field, (owner, name) in _PARTS.items() if owner == group and field in form}
    return {name: _sent(field, form[field]) for field, name in names.items()}


def _sent(field: str, value: Any) -> Any:
    """A component's value as the request has it.

    Raises:
        InvalidRequest: it is a text that cannot be read.
    """
    if field == "noise_turns":
        return [turn.model_dump(mode="json") for turn in read_turns(value or "")]
    return None if field in _EMPTY_IS_NONE and value == SAME_AS_FIRST else value


def _shown(field: str, value: Any) -> Any:
    """A request's value as its component has it."""
    if field == "noise_turns":
        with suppress(ValidationError):
            return written_turns([NoiseTurn.model_validate(turn) for turn in value or ()])
        return default_of(field)
    if field in _EMPTY_IS_NONE:
        return SAME_AS_FIRST if value is None else f"{value:g}" if isinstance(value, float) else value
    if isinstance(value, tuple):
        return [each.model_dump(mode="json") if isinstance(each, BaseModel) else each for each in value]
    return str(value) if isinstance(value, StrEnum) else value


def _shown_blend(value: Any) -> dict[str, Any]:
    with suppress(ValidationError):
        blend = Blend.model_validate(value)
        return {"blend": written(blend), "blend_way": str(blend.way)}
    return {field: default_of(field) for field in _BLEND}


def _judged(field: str, value: Any) -> Any:
    """The value as its component shows it.

    Raises:
        InvalidRequest: no request takes it.
    """
    if field in _JUDGES:
        return _JUDGES[field](value)
    if field.endswith(("sampler", "schedule")):
        return _judged_name(field, value)
    if field in _TURNING_ON and value == SAME_AS_FIRST:
        return value
    group, name = _PARTS.get(field, ("", field))
    value = _sent(field, value)
    if not group:
        return _shown(field, getattr(GenerationRequest.parse({field: value}), field))
    with_picture = {"kind": "picture", "picture": _SOME_PICTURE}
    usual: dict[str, Any] = {"start": with_picture, "mask": {"picture": _SOME_PICTURE}, "refiner": {"model": "any"}}
    values: dict[str, Any] = {name: usual[name] for name in ("start", "mask")}
    values[group] = usual.get(group, {}) | {name: value}
    return _shown(field, getattr(getattr(GenerationRequest.parse(values), group), name))


def _judged_name(field: str, value: Any) -> str:
    """The name of a sampler or schedule type. Whether the one can follow the other is asked of the two together."""
    if value in (SAME_AS_FIRST, None) and field in _EMPTY_IS_NONE:
        return SAME_AS_FIRST
    if field.endswith("schedule"):
        schedule = find_schedule(str(value))
        if schedule is not None:
            return schedule
    else:
        sampler = find_sampler(str(value))
        if sampler is not None and not sampler.flow:
            return sampler.name
    raise InvalidRequest(f"{field}: there is no such name.", field=field)


def _judged_way(value: Any) -> str:
    if value not in tuple(BlendWay):
        raise InvalidRequest("blend_way: there is no such way.", field="blend_way")
    return str(value)


def _judged_text(value: Any) -> str:
    """Also one that cannot be read: it is the user's, and what is wrong with it is said when it is sent."""
    if not isinstance(value, str):
        raise InvalidRequest("It must be a text.")
    return value


def _judged_switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise InvalidRequest("It must be true or false.")
    return value


def _judged_picture(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidRequest("picture: it must name a picture.", field="picture")
    if value.get("picture"):
        start = {"kind": "picture", "picture": value["picture"], "margins": value.get("margins") or {}}
        GenerationRequest.parse({"start": start, "mask": {"picture": value["mask"]} if value.get("mask") else None})
    return dict(value)


_JUDGES: Mapping[str, Callable[[Any], Any]] = {
    "picture": _judged_picture, "hires_on": _judged_switch, "blend": _judged_text, "noise_turns": _judged_text,
    "blend_way": _judged_way,
}  # fmt: skip
"""Of the form's own fields."""
