"""The flags of `webui generate` that say which way a picture is made: from what, which part of it, a second pass."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest, PictureUnreadable
from webui.generation.limits import SIZE_MULTIPLE
from webui.generation.ways import HiresUpscaler, InpaintArea, MaskedContent, ResizeMode
from webui.library.inputs import InputStore, Upload

MAX_FILE_BYTES = 256_000_000
_MAX_SIDE = 2048
_SIDES = ("left", "top", "right", "bottom")
_AREAS = {"whole": InpaintArea.WHOLE, "masked": InpaintArea.MASKED}
_CONTENTS = {"noise": MaskedContent.LATENT_NOISE, "nothing": MaskedContent.LATENT_NOTHING}
_RESIZES = {
    "stretch": ResizeMode.STRETCH, "crop": ResizeMode.CROP, "fill": ResizeMode.FILL, "latent": ResizeMode.LATENT,
}  # fmt: skip

_START = {
    "strength": ("strength", "how much of --init-image is made anew, 0 to 1"),
    "resize_mode": ("resize", "stretch, crop, fill or latent: how --init-image comes to the size"),
}
_MASK = {
    "inpaint_area": ("area", "whole: the model sees the whole picture; masked: the masked part alone, at full size"),
    "masked_content": ("content", "original, fill, noise or nothing: what is under the mask at first"),
    "mask_blur": ("blur", "how soft the mask's edge is, in pixels"),
    "mask_padding": ("padding", "how many pixels of surroundings --inpaint-area masked takes in"),
}
_HIRES = {
    "hires_scale": ("scale", "make a second pass, so many times larger"),
    "hires_steps": ("steps", "the second pass's steps (default: as in the first)"),
    "hires_strength": ("strength", "how much of the first result is made anew, 0 to 1"),
    "hires_upscaler": ("upscaler", f"one of {', '.join(HiresUpscaler)}"),
}


def add_way_flags(command: argparse.ArgumentParser) -> None:
    """Adds the flags to the sub-command."""
    command.add_argument("--init-image", type=Path, metavar="FILE", help="the picture to start from")
    command.add_argument("--mask", type=Path, metavar="FILE", help="white where --init-image may change")
    for flag, (_, about) in (_START | _MASK | _HIRES).items():
        command.add_argument(f"--{flag.replace('_', '-')}", dest=flag, help=about)
    command.add_argument("--mask-inverted", action="store_true", default=None, help="black may change, not white")
    command.add_argument("--soft-inpainting", action="store_true", default=None, help="grey says how late it is freed")
    command.add_argument("--outpaint", metavar="L,T,R,B", help="pixels to add on the left, top, right and bottom")


def way_values(options: argparse.Namespace, inputs: InputStore, read: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a request that the flags give: `start`, `mask`, `hires`, and a size that fits the picture.

    Args:
        options: the parsed flags.
        inputs: takes the pictures in.
        read: fields from elsewhere, which the flags override one by one.

    Raises:
        InvalidRequest: a flag needs another one that is missing, or margins are no numbers.
        PictureUnreadable: a file is no picture.
    """
    values: dict[str, Any] = {}
    start = _given(options, _START) | _margins(options.outpaint)
    if options.init_image is not None:
        upload = _taken(options.init_image, "init-image", inputs)
        values["start"] = _nested(read, "start") | start | {"kind": "picture", "picture": upload.id}
        values |= _size(upload, _nested(values["start"], "margins"), area=options.inpaint_area)
    elif start:
        if _nested(read, "start").get("kind") != "picture":
            raise _needs(next(flag for flag in (*_START, "outpaint") if getattr(options, flag)), "--init-image")
        values["start"] = _nested(read, "start") | start
    values |= _mask_values(options, inputs, read)
    hires = _given(options, _HIRES)
    if hires:
        values["hires"] = _nested(read, "hires") | hires
    return values


def _mask_values(options: argparse.Namespace, inputs: InputStore, read: Mapping[str, Any]) -> dict[str, Any]:
    mask = _given(options, _MASK)
    mask |= {"inverted": True} if options.mask_inverted else {}
    mask |= {"soft": True} if options.soft_inpainting else {}
    if options.mask is not None:
        if options.init_image is None and _nested(read, "start").get("kind") != "picture":
            raise _needs("mask", "--init-image")
        mask |= {"picture": _taken(options.mask, "mask", inputs).id}
    elif mask and "picture" not in _nested(read, "mask"):
        given = (*_MASK, "mask_inverted", "soft_inpainting")
        raise _needs(next(flag for flag in given if getattr(options, flag)), "--mask")
    return {"mask": _nested(read, "mask") | mask} if mask else {}


def _given(options: argparse.Namespace, flags: Mapping[str, tuple[str, str]]) -> dict[str, Any]:
    """The values of the flags that were given, by their fields' names; short forms become A1111's labels."""
    short = {
        "area": _AREAS,
        "content": _CONTENTS,
        "resize": _RESIZES,
        "upscaler": {u.lower(): u for u in HiresUpscaler},
    }
    found = {field: getattr(options, flag) for flag, (field, _) in flags.items()}
    return {
        field: short.get(field, {}).get(value.lower(), value) for field, value in found.items() if value is not None
    }


def _nested(read: Mapping[str, Any], field: str) -> dict[str, Any]:
    value = read.get(field)
    return dict(value) if isinstance(value, Mapping) else {}


def _margins(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != len(_SIDES) or not all(part.isdecimal() for part in parts):
        raise InvalidRequest(
            f"outpaint: '{text[:60]}' cannot be used: give four whole numbers, for left, top, right and bottom.",
            hint="For example --outpaint 64,0,64,0.", field="outpaint",
        )  # fmt: skip
    return {"margins": {side: int(part) for side, part in zip(_SIDES, parts, strict=True)}}


def _taken(file: Path, flag: str, inputs: InputStore) -> Upload:
    """A picture file as an input; what had to be done to it is told on standard error."""
    try:
        if file.stat().st_size > MAX_FILE_BYTES:
            raise InvalidRequest(f"{flag}: the file {file} is too large.", field=flag)
        content = file.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InvalidRequest(f"{flag}: the file {file} cannot be read: {reason}.", field=flag) from error
    try:
        upload = inputs.add_file(content)
    except PictureUnreadable as error:
        raise PictureUnreadable(f"{flag}: {file.name}: {error.message}", hint=error.hint, field=flag) from error
    for note in upload.notes:
        print(note, file=sys.stderr)
    return upload


def _size(upload: Upload, margins: Mapping[str, int], *, area: str | None) -> dict[str, int]:
    """The picture's own size as the request's, rounded to what can be made; only what is masked has the model's."""
    if area is not None and _AREAS.get(area.lower(), area) == InpaintArea.MASKED:
        return {}
    across, down = (margins.get("left", 0) + margins.get("right", 0), margins.get("top", 0) + margins.get("bottom", 0))
    factor = min(1.0, (_MAX_SIDE - across) / upload.width, (_MAX_SIDE - down) / upload.height)
    width, height = (
        max(SIZE_MULTIPLE, round(side * factor / SIZE_MULTIPLE) * SIZE_MULTIPLE) + more
        for side, more in ((upload.width, across), (upload.height, down))
    )
    return {"width": max(64, width), "height": max(64, height)}


def _needs(flag: str, other: str) -> InvalidRequest:
    name = flag.replace("_", "-")
    return InvalidRequest(f"{name}: it needs {other}, which is not given.", hint=f"Add {other} FILE.", field=name)
