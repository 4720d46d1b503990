"""A posted request with all that holds for it, and the requests of ours that it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.errors import InvalidRequest
from webui.generation.families import Capability, as_capabilities
from webui.generation.infotext_sources import read_text
from webui.generation.request import GenerationRequest
from webui.model_manager.named_models import with_known_model
from webui.server.sdapi.errors import Refused
from webui.server.sdapi.fields import (
    THEIR_NAMES,
    Notes,
    Values,
    common_values,
    hires_values,
    mask_values,
    picture_values,
)
from webui.server.sdapi.generation_bodies import Generation, ImageToImage, TextToImage
from webui.server.sdapi.model_names import known_name
from webui.server.sdapi.received_pictures import ReceivedPictures
from webui.server.sdapi.scripts import ScriptWishes
from webui.settings import A1111Options

_SOURCES: Mapping[str, frozenset[str]] = {
    "sampler": frozenset({"sampler_name", "sampler_index"}),
    "schedule": frozenset({"scheduler", "sampler_name"}),
    "refiner": frozenset({"refiner_checkpoint"}),
    "hires": frozenset({"enable_hr"}),
}
"""Which of A1111's fields say what one of ours is, where it is not one of another name."""
_OVERRIDES = {
    "clip_skip": "CLIP_stop_at_last_layers", "model": "sd_model_checkpoint", "vae": "sd_vae",
    "noise_source": "randn_source", "emphasis": "emphasis",
}  # fmt: skip
"""Fields of ours that are options in A1111."""
_AT_REST: Mapping[str, tuple[Capability, Any]] = {
    "negative_prompt": (Capability.NEGATIVE_PROMPT, ""),
    "clip_skip": (Capability.CLIP_SKIP, 1),
    "tiling": (Capability.TILING, False),
}
"""What only some models listen to, and the value that asks for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody asks for: the fields, what scripts add, the options that hold for it; notes are written to it."""

    wanted: Generation
    wishes: ScriptWishes
    options: A1111Options
    principal: Principal
    notes: Notes = field(default_factory=Notes)


class RequestReader:
    """Makes requests of ours of what is asked for. Threads may share it.

    Args:
        engine: has the models, and the extensions that read infotexts.
        received: keeps the pictures to start from.
    """

    def __init__(self, engine: Engine, received: ReceivedPictures) -> None:
        self._engine = engine
        self._received = received

    def requests(self, asked: Asked) -> list[GenerationRequest]:
        """One request, or one for each picture to start from, with seeds that count up.

        Raises:
            Refused: there is no such sampler (400), or no picture to start from (404).
            InvalidRequest: a value cannot be used; its field is one of ours.
            ModelNotFound: there is no model at all.
        """
        wanted = asked.wanted
        values = common_values(wanted, asked.options, asked.notes) | self._refiner(wanted)
        values["extras"] = dict(asked.wishes.extras)
        if isinstance(wanted, TextToImage):
            values |= hires_values(wanted, values, asked.notes)
            self._check_second_checkpoint(wanted, values["model"])
        if wanted.infotext:
            values |= self._told_by_infotext(wanted)
        values |= self._without_unheard(values, asked.notes)
        starts = self._starts(asked)
        if len(starts) == 1:
            return [GenerationRequest.parse(values | starts[0])]
        first = GenerationRequest.parse(values | starts[0]).with_fixed_seed()
        return [
            first.with_changes(**start, seed=first.seed + number, batch_size=1) for number, start in enumerate(starts)
        ]

    def _starts(self, asked: Asked) -> list[Values]:
        """Where the walks start: from noise, from a first pass that was made before, or from given pictures."""
        wanted = asked.wanted
        if isinstance(wanted, ImageToImage):
            return self._from_pictures(wanted, asked)
        if isinstance(wanted, TextToImage) and wanted.enable_hr and wanted.firstpass_image:
            picture = self._received.keep(wanted.firstpass_image, asked.principal, field="firstpass_image")
            return [{"start": {"kind": "picture", "picture": picture, "strength": 0.0}}]
        return [{}]

    def _from_pictures(self, wanted: ImageToImage, asked: Asked) -> list[Values]:
        given = wanted.init_images
        if not given:
            raise Refused(404, "Init image not found")
        if len(given) > 1 and (len(given) > wanted.batch_size or asked.wishes.series is not None):
            raise InvalidRequest(
                f"init_images: {len(given)} pictures cannot be taken: send one, or one for each of the batch.",
                field="init_images",
            )
        mask: Values = {}
        if wanted.mask:
            kept = self._received.keep(wanted.mask, asked.principal, field="mask")
            mask = mask_values(wanted, kept, soft=asked.wishes.soft)
        pictures = [self._received.keep(each, asked.principal, field="init_images") for each in given]
        return [picture_values(wanted, picture, asked.options) | mask for picture in pictures]

    def _refiner(self, wanted: Generation) -> Values:
        model = known_name(self._engine.catalogue, wanted.refiner_checkpoint, field="refiner_checkpoint")
        if model is None or wanted.refiner_switch_at is None:
            return {}
        return {"refiner": {"model": model, "switch_at": wanted.refiner_switch_at}}

    def _check_second_checkpoint(self, wanted: TextToImage, model: str | None) -> None:
        told = known_name(self._engine.catalogue, wanted.hr_checkpoint_name, field="hr_checkpoint_name")
        if not wanted.enable_hr or told in (None, model or self._engine.catalogue.find(None).name):
            return
        raise InvalidRequest(
            "hr_checkpoint_name: the second pass goes on with the first one's checkpoint.",
            hint="Leave it out, or name a refiner.", field="hr_checkpoint_name",
        )  # fmt: skip

    def _without_unheard(self, values: Values, notes: Notes) -> Values:
        """What clients send along whatever the model is, at rest where this model does not listen to it."""
        model = self._engine.catalogue.find(values["model"])
        able = as_capabilities(model.capabilities)
        if not able:
            return {}
        unheard = {name: rest for name, (needed, rest) in _AT_REST.items() if needed not in able}
        changed = {name: rest for name, rest in unheard.items() if values[name] != rest}
        if changed:
            notes.add(f"The model '{model.name}' does not listen to: {', '.join(changed)}.")
        return changed

    def _told_by_infotext(self, wanted: Generation) -> Values:
        """What the infotext says of fields that the request leaves at their defaults."""
        read = with_known_model(read_text(wanted.infotext or ""), self._engine.catalogue)
        told = self._engine.request_hooks.understood(read).request_values()
        left_out = ("start", "mask", "extras")
        return {name: value for name, value in told.items() if name not in left_out and not _is_set(wanted, name)}


def _is_set(wanted: Generation, name: str) -> bool:
    if name in _OVERRIDES:
        return _OVERRIDES[name] in wanted.override_settings
    sources = _SOURCES.get(name, frozenset({THEIR_NAMES.get(name, name)}))
    return bool(sources & wanted.model_fields_set)
