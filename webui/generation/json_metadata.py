"""Reads parameters that are a JSON object: a request of ours, or the lists that InvokeAI, Fooocus and NovelAI write.

Those three name the same things by other words; one table of words serves all.
"""

import json
from collections.abc import Mapping
from typing import Any

from webui.errors import InvalidRequest
from webui.generation.foreign_names import put_sampling
from webui.generation.infotext_fields import FieldCollector, InfotextFields, listed
from webui.generation.request import GenerationRequest, NoiseSource

_WORDS: dict[str, tuple[str, ...]] = {
    "prompt": ("positive_prompt", "prompt"),
    "negative_prompt": ("negative_prompt", "uc"),
    "seed": ("seed",),
    "steps": ("steps", "num_inference_steps"),
    "cfg_scale": ("cfg_scale", "guidance_scale", "scale"),
    "cfg_rescale": ("cfg_rescale_multiplier", "cfg_rescale"),
    "width": ("width",),
    "height": ("height",),
    "tiling": ("seamless_x", "tiling"),
    "pag_scale": ("pag_scale",),
}
_TELLING = frozenset(name for names in _WORDS.values() for name in names) - {"prompt", "width", "height", "scale"}
_REPLACED = frozenset({"sampler", "sampler_name", "scheduler", "noise_schedule", "model", "base_model"})
_UNTOLD = frozenset(
    {
        "version", "app_version", "metadata_version", "generation_mode", "rand_device", "created_by", "seamless_y",
        "performance", "user", "full_prompt", "full_negative_prompt", "base_model_hash", "metadata_scheme",
        "positive_style_prompt", "negative_style_prompt", "clip_skip", "resolution", "n_samples", "init_image",
        "strength", "signed_hash", "request_type",
    }
)  # fmt: skip


def json_object(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is; None when it is none."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def is_request(values: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a request of ours, perhaps of another version."""
    return "schedule" in values and "sampler" in values and "cfg_scale" in values


def is_metadata(values: Mapping[str, Any]) -> bool:
    """Whether a JSON object lists parameters of a picture by other words."""
    return bool(_TELLING & set(values))


def read_request(values: Mapping[str, Any]) -> InfotextFields:
    """The fields of a request of ours; one that this version does not know or cannot use is left out with a note."""
    try:
        return InfotextFields(GenerationRequest.parse(values).model_dump(mode="json"))
    except InvalidRequest:
        fields = FieldCollector()
    for name in GenerationRequest.model_fields:
        if name in values:
            fields.put(name, values[name], named=name)
    unknown = [str(name) for name in values if name not in GenerationRequest.model_fields]
    if unknown:
        fields.note(f"There is nothing here for: {listed(unknown)}.")
    return fields.done()


def read_metadata(values: Mapping[str, Any]) -> InfotextFields:
    """The fields that a list of parameters names."""
    fields = FieldCollector()
    used: set[str] = set()
    for place, names in _WORDS.items():
        name = next((name for name in names if _is_plain(values.get(name))), None)
        if name is not None:
            used.add(name)
            fields.put(place, values[name], named=name)
    _put_size(values, fields)
    _put_sampling(values, fields)
    _put_model(values, fields)
    clip_skip = values.get("clip_skip")
    if isinstance(clip_skip, int):  # InvokeAI counts the layers that are left out, from 0
        fields.put("clip_skip", clip_skip + ("positive_prompt" in values), named="clip_skip")
    elif "uc" in values:  # NovelAI's models always leave one out
        fields.put("clip_skip", 2, named="clip_skip")
    if "strength" in values and ("init_image" in values or "uc" in values):
        fields.put_if("start.strength", values["strength"], named="strength")
    fields.put("noise_source", NoiseSource.CPU.value, named="The noise")
    rest = {
        name: value for name, value in values.items() if name not in used | _REPLACED and value not in (None, [], "")
    }
    for name, value in rest.items():
        fields.leave(name, str(value)[:1000])
    unused = [name for name in rest if name not in _UNTOLD]
    if unused:
        fields.note(f"There is nothing here for: {listed(unused)}.")
    return fields.done()


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _put_size(values: Mapping[str, Any], fields: FieldCollector) -> None:
    """Fooocus writes `resolution: "(1152, 896)"`."""
    told = values.get("resolution")
    if isinstance(told, str):
        sides = [side.strip() for side in told.strip("()[] ").split(",")]
        fields.put_pair(("width", "height"), (sides[0], sides[1]) if len(sides) == 2 else None, named="resolution")


def _put_sampling(values: Mapping[str, Any], fields: FieldCollector) -> None:
    """InvokeAI's `scheduler` is the sampler; the others have a `sampler` and its schedule."""
    sampler = values.get("sampler") or values.get("sampler_name")
    schedule = (values.get("scheduler") if sampler else None) or values.get("noise_schedule")
    sampler = sampler or values.get("scheduler")
    put_sampling(fields, sampler if isinstance(sampler, str) else "", schedule if isinstance(schedule, str) else "")


def _put_model(values: Mapping[str, Any], fields: FieldCollector) -> None:
    told = values.get("base_model") or values.get("model")
    if isinstance(told, dict):
        told = told.get("name") or told.get("model_name")
    if isinstance(told, str):
        name = told.replace("\\", "/").rpartition("/")[2]
        fields.put("model", name.removesuffix(".safetensors").removesuffix(".ckpt"), named="Model")
