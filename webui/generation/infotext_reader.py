"""Reads infotexts of Darkroom, A1111, Forge, SD.Next and Civitai into the fields of a request.

What the writers leave out because it is their default is put back, as A1111 does when it reads. Each value is checked
alone: one that cannot be used is left out with a sentence, and the rest is kept.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from webui.errors import InvalidRequest
from webui.generation.extras import is_extension_name
from webui.generation.foreign_names import put_sampling, upscaler_named
from webui.generation.infotext_fields import FieldCollector, InfotextFields, listed, shown
from webui.generation.infotext_form import EXTENSION, pair_of_sizes, split_layout
from webui.generation.infotext_points import BLEND, BLEND_WAY, READERS, read_blend
from webui.generation.json_metadata import json_object
from webui.generation.request import Emphasis, NoiseSource
from webui.generation.samplers import Schedule
from webui.generation.ways import HiresUpscaler, MaskedContent

_PLACES = {
    "Steps": "steps",
    "CFG scale": "cfg_scale",
    "Seed": "seed",
    "Model": "model",
    "Distilled CFG Scale": "distilled_guidance",
    "Shift": "flow_shift",
    "Refiner switch at": "refiner.switch_at",
    "Aesthetic score": "size_conditioning.aesthetic_score",
    "Negative aesthetic score": "size_conditioning.negative_aesthetic_score",
    "Fast": "fast",
    "Frames": "video.frames",
    "FPS": "video.fps",
    "Variation seed": "variation_seed",
    "Variation seed strength": "variation_strength",
    "Variation strength": "variation_strength",
    "Clip skip": "clip_skip",
    "Tiling": "tiling",
    "Emphasis": "emphasis",
    "Eta": "eta",
    "Eta DDIM": "eta",
    "Sigma churn": "s_churn",
    "Sigma tmin": "s_tmin",
    "Sigma tmax": "s_tmax",
    "Sigma noise": "s_noise",
    "Skip Early CFG": "guidance_start",
    "CFG end": "guidance_end",
    "CFG rescale": "cfg_rescale",
    "Guidance method": "guidance",
    "PAG scale": "pag_scale",
    "pag_scale": "pag_scale",
    "Start picture": "start.picture",
    "Start toward": "start.toward",
    "Start share": "start.share",
    "Resize mode": "start.resize",
    "Color correction": "start.colour_correction",
    "Mask picture": "mask.picture",
    "Mask blur": "mask.blur",
    "Inpaint area": "mask.area",
    "Masked area padding": "mask.padding",
    "Masked content": "mask.content",
    "Soft inpainting enabled": "mask.soft",
    "Hires upscale": "hires.scale",
    "Hires scale": "hires.scale",
    "Hires steps": "hires.steps",
    "Hires CFG Scale": "hires.cfg_scale",
    "Hires denoising strength": "hires.strength",
    "Hires prompt": "hires.prompt",
    "Hires negative prompt": "hires.negative_prompt",
}
"""Keys whose value goes to a field as it stands."""
_NOTHING: Mapping[str, Any] = MappingProxyType({"extras": {}, "blend": None, "sliders": [], "noise_turns": []})
"""What our own texts leave out and what a form would go on with."""
_KEYS = {key.casefold(): (key, place) for key, place in _PLACES.items()}
_TELLING_OF_HIRES = frozenset({"hires upscale", "hires scale", "hires resize", "hires upscaler", "first pass size"})
_TELLING_OF_MASK = frozenset({"mask blur", "mask mode", "inpaint area", "masked content", "mask picture"})
_HIRES_SIDES = ("hires.width", "hires.height")
_ORIGINAL_SIDES = ("size_conditioning.original_width", "size_conditioning.original_height")
_CROP_CORNER = ("size_conditioning.crop_left", "size_conditioning.crop_top")
_WEIGHT_FILE = re.compile(r"\.(safetensors|ckpt|pt|pth|bin)$")
_HASH_BEHIND = re.compile(r" \[[0-9a-f]{8,}\]$")
_UNTOLD = frozenset(
    {
        "version", "model hash", "vae hash", "lora hashes", "ti hashes", "hashes", "user", "app", "backend", "parser",
        "pipeline", "operations", "init image hash", "init image size", "created date", "civitai resources",
        "civitai metadata", "batch", "index", "template", "negative template", "wildcard prompt",
        "wildcard negative prompt", "second pass", "hires size", "hires force", "resize scale", "exported recording",
        "exported picture", "exported step", "exported steps", "exported view",
    }
)  # fmt: skip
"""Keys that say nothing of how the picture is made, or nothing that another key does not say."""


def read_infotext(text: str) -> InfotextFields:
    """The fields that an infotext names. Any text can be read: one without a line of pairs is a prompt."""
    layout = split_layout(text)
    return _Reader(layout.prompt, layout.negative_prompt, layout.pairs).read()


class _Reader:
    """One reading: takes pairs out of `_pairs` until nothing that has a place is left."""

    def __init__(self, prompt: str, negative_prompt: str, pairs: dict[str, str]) -> None:
        self._fields = FieldCollector()
        self._pairs = {key.casefold(): (key, value) for key, value in pairs.items()}
        self._ours = self._value("Version").startswith("Darkroom ")
        self._any = bool(pairs)
        self._masked = any(self._value(key) for key in _TELLING_OF_MASK)
        self._prompt = self._take("Exact prompt", prompt)
        self._negative = self._take("Exact negative prompt", negative_prompt)

    def read(self) -> InfotextFields:
        self._fields.put("prompt", self._prompt, named="The prompt")
        self._fields.put("negative_prompt", self._negative, named="The negative prompt")
        if self._any:
            hires = any(self._value(key) for key in _TELLING_OF_HIRES)
            self._sampler()
            self._sizes(hires)
            self._noise()
            self._point()
            self._emphasis()
            self._strength(hires)
            self._start()
            self._mask()
            self._models()
            self._direct(hires)
            if hires:
                self._hires()
            self._extensions()
            self._absent()
            self._rest()
        return self._fields.done()

    def _sampler(self) -> None:
        schedule = self._take("Schedule type") or self._take("Schedule") or self._take("Sampler sigma")
        put_sampling(self._fields, self._take("Sampler"), schedule, otherwise=Schedule.AUTOMATIC.value)

    def _sizes(self, hires: bool) -> None:
        """`Size` is the first pass's; in texts of before 2023 the second's, and `First pass size` the first's."""
        size = self._pair("Size")
        first = self._pair("First pass size")
        if first is not None and size is not None:
            self._fields.put_pair(_HIRES_SIDES, size, named="Size")
            size = first if all(first) else _first_pass_size(*size)
        self._fields.put_pair(("width", "height"), size, named="Size")
        resized = self._pair("Seed resize from")
        self._fields.put_pair(("seed_resize_width", "seed_resize_height"), resized, named="Seed resize from")
        if hires:
            self._fields.put_pair(_HIRES_SIDES, self._pair("Hires resize"), named="Hires resize")

    def _noise(self) -> None:
        """A1111 names the source only when it is not the graphics card, whose noise ours of that name equals."""
        told = self._take("RNG").upper()
        source = NoiseSource.CPU if self._ours else NoiseSource.NV
        if told in ("CPU", "NV"):
            source = NoiseSource(told)
        self._fields.put("noise_source", source.value, named="RNG")

    def _point(self) -> None:
        blend, way = self._take(BLEND), self._take(BLEND_WAY)
        if blend:
            self._put_read("blend", lambda: read_blend(blend, way), named=BLEND)
        for key, (field, read) in READERS.items():
            told = self._take(key)
            if told:
                self._put_read(field, partial(read, told), named=key)

    def _put_read(self, place: str, read: Callable[[], Any], *, named: str) -> None:
        """Keep what a value of a form of its own means, or say why it cannot be read."""
        try:
            value = read()
        except InvalidRequest as error:
            self._fields.note(f"{named} was left out: {error.message.partition(': ')[2] or error.message}")
            return
        self._fields.put(place, value, named=named)

    def _emphasis(self) -> None:
        if not self._value("Emphasis") and any(bracket in self._prompt + self._negative for bracket in "(["):
            self._fields.put("emphasis", Emphasis.ORIGINAL.value, named="Emphasis")

    def _strength(self, hires: bool) -> None:
        """`Denoising strength` is the second pass's where there is one and no picture to start from."""
        told = self._take("Denoising strength")
        if not told:
            return
        from_picture = bool(self._value("Start picture")) or not hires
        self._fields.put("start.strength" if from_picture else "hires.strength", told, named="Denoising strength")
        if from_picture and not self._value("Start picture"):
            self._fields.note("It was made from another picture, which does not travel with the text: choose that one.")

    def _start(self) -> None:
        self._step()
        sides = self._take("Outpainting margins").split()
        if len(sides) == 4:
            margins = dict(zip(("left", "top", "right", "bottom"), sides, strict=True))
            self._fields.put("start.margins", margins, named="Outpainting margins")
        if not self._fields.has("start.strength") and not self._value("Start picture"):
            # SD.Next tells these of pictures from noise as well.
            for key in ("Resize mode", "Color correction"):
                self._take(key)

    def _step(self) -> None:
        """A recording and its step make a start together or not at all."""
        trajectory, step = self._take("Start trajectory"), self._take("Start step")
        if not trajectory:
            return
        known = {"start.kind": "step", "start.trajectory": trajectory, "start.step": step or "0"}
        if self._fields.put_all(known, named="Start trajectory"):
            for key, place in (("Start row", "start.picture"), ("Start painting", "start.painting")):
                self._fields.put_if(place, self._take(key) or None, named=key)

    def _mask(self) -> None:
        if not self._masked:
            return
        if not self._value("Mask blur"):
            self._fields.put("mask.blur", 0, named="Mask blur")
        inverted = self._take("Mask mode") == "Inpaint not masked"
        self._fields.put("mask.inverted", inverted, named="Mask mode")
        if not self._value("Masked content"):
            self._fields.put("mask.content", MaskedContent.ORIGINAL.value, named="Masked content")
        if not self._value("Mask picture"):
            self._fields.note("It was painted through a mask, which does not travel with the text: draw it again.")

    def _models(self) -> None:
        """A1111 writes a VAE with its file's ending, and a refiner with its hash."""
        vae, refiner = self._take("VAE"), self._take("Refiner")
        if not self._ours:
            vae = "" if vae in ("Automatic", "None") else _WEIGHT_FILE.sub("", vae)
            refiner = "" if refiner == "None" else _HASH_BEHIND.sub("", refiner)
        self._fields.put_if("vae", vae or None, named="VAE")
        self._fields.put_if("refiner.model", refiner or None, named="Refiner")
        size, corner = self._pair("Original size"), self._pair("Crop corner")
        self._fields.put_pair(_ORIGINAL_SIDES, size, named="Original size")
        self._fields.put_pair(_CROP_CORNER, corner, named="Crop corner")

    def _direct(self, hires: bool) -> None:
        for key in list(self._pairs):
            named, place = _KEYS.get(key, ("", ""))
            group = place.partition(".")[0]
            # SD.Next tells settings of the second pass and of masks also where there is none.
            told = {"hires": hires, "mask": self._masked, "refiner": self._fields.has("refiner.model")}
            told["video"] = self._fields.has("video.frames") or place == "video.frames"
            if place and told.get(group, True):
                value = self._take(named)
                if value or place.endswith("prompt"):
                    self._fields.put(place, value, named=named)

    def _hires(self) -> None:
        names = (self._take("Hires sampler"), self._take("Hires schedule type"))
        sampler, schedule = ("" if name.startswith("Use same") else name for name in names)
        put_sampling(self._fields, sampler, schedule, group="hires.")
        told = self._take("Hires upscaler")
        upscaler = upscaler_named(told)
        if upscaler is not None:
            self._fields.put("hires.upscaler", upscaler, named="Hires upscaler")
        elif told:
            self._fields.put("hires.upscaler", HiresUpscaler.LANCZOS.value, named="Hires upscaler")
            self._fields.note(f"Hires upscaler: there is no '{shown(told)}' here; Lanczos stands in for it.")
        elif not self._fields.has("hires.strength"):
            self._fields.put("hires.upscaler", HiresUpscaler.LATENT.value, named="Hires upscaler")

    def _extensions(self) -> None:
        """What has the form of ours comes back; another program's key of that name stays with the rest."""
        begun = EXTENSION.casefold() + " "
        for key in [key for key in self._pairs if key.startswith(begun)]:
            named, value = self._pairs[key]
            name, values = key.removeprefix(begun), json_object(value)
            if values and is_extension_name(name):
                del self._pairs[key]
                self._fields.put(f"extras.{name}", values, named=named)

    def _absent(self) -> None:
        """What the writers leave out, where it is the default of theirs."""
        if not self._fields.has("clip_skip"):
            self._fields.put("clip_skip", 1, named="Clip skip")
        if self._ours:
            for field, nothing in _NOTHING.items():
                if not self._fields.has(field):
                    self._fields.put(field, nothing, named=field)

    def _rest(self) -> None:
        for key, value in self._pairs.values():
            self._fields.leave(key, value)
        unused = [key for folded, (key, _) in self._pairs.items() if folded not in _UNTOLD]
        if unused:
            self._fields.note(f"There is nothing here for: {listed(unused)}.")
        if "model hash" in self._pairs and not self._fields.has("model"):
            self._fields.note(f"The model is told by its hash alone: {shown(self._value('Model hash'))}.")

    def _value(self, key: str) -> str:
        return self._pairs.get(key.casefold(), ("", ""))[1]

    def _take(self, key: str, otherwise: str = "") -> str:
        return self._pairs.pop(key.casefold(), ("", otherwise))[1]

    def _pair(self, key: str) -> tuple[int, int] | None:
        told = self._take(key)
        sizes = pair_of_sizes(told)
        if told and sizes is None:
            self._fields.note(f"{key} was left out: '{shown(told)}' is not of the form 512x512.")
        return sizes


def _first_pass_size(width: int, height: int) -> tuple[int, int]:
    """The size that A1111 took when `First pass size` was 0x0: about 512 x 512 pixels, sides of whole 64s."""
    if not width or not height:
        return width, height
    scale = math.sqrt(512 * 512 / (width * height))
    return math.ceil(scale * width / 64) * 64, math.ceil(scale * height / 64) * 64
