"""Edits on the latents of a picture. Torch, pure: nothing is changed in place."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch.nn import functional

from webui.errors import InvalidRequest
from webui.generation.latent_edits import (
    AddNoise,
    BlurLatents,
    LatentEdit,
    PaintLatents,
    ScaleChannel,
    SwapChannels,
)

_BLUR_REACH = 3.0
"""How many sigmas a blur looks to each side."""


def edited(latents: torch.Tensor, edits: Sequence[LatentEdit]) -> torch.Tensor:
    """Latents (channels, height, width) after the edits, in their order; without any, the very same tensor.

    Raises:
        InvalidRequest: an edit names a channel that is not there, or its mask is of another size.
    """
    for place, edit in enumerate(edits):
        _check(edit, latents, f"edits.{place}")
        latents = _after(latents, edit)
    return latents


def _after(latents: torch.Tensor, edit: LatentEdit) -> torch.Tensor:
    match edit:
        case ScaleChannel():
            return _with(latents, edit.channel, lambda chosen: chosen * edit.factor + edit.shift)
        case SwapChannels():
            order = list(range(len(latents)))
            order[edit.one], order[edit.other] = edit.other, edit.one
            return latents[order]
        case AddNoise():
            # That of all channels is drawn, so that a channel gets the same noise alone and with the others.
            noise = torch.randn(latents.shape, generator=torch.Generator().manual_seed(edit.seed)) * edit.amount
            noise = noise.to(latents)
            return _with(latents, edit.channel, lambda chosen: chosen + _chosen(noise, edit.channel))
        case BlurLatents():
            return _with(latents, edit.channel, lambda chosen: _blurred(chosen, edit.sigma))
        case PaintLatents():
            mask = _mask(edit).to(latents.device)
            return _with(latents, edit.channel, lambda chosen: chosen.masked_fill(mask, edit.value))


def _with(latents: torch.Tensor, channel: int | None, change: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """The latents with one channel, or with all of them, changed."""
    if channel is None:
        return change(latents)
    changed = latents.clone()
    changed[channel : channel + 1] = change(_chosen(latents, channel))
    return changed


def _chosen(latents: torch.Tensor, channel: int | None) -> torch.Tensor:
    return latents if channel is None else latents[channel : channel + 1]


def _blurred(latents: torch.Tensor, sigma: float) -> torch.Tensor:
    """Each channel of (channels, height, width) by a Gaussian, one side after the other; edges are repeated."""
    if sigma == 0:
        return latents
    reach = math.ceil(_BLUR_REACH * sigma)
    places = torch.arange(-reach, reach + 1, dtype=latents.dtype, device=latents.device)
    weights = torch.exp(-0.5 * (places / sigma) ** 2)
    weights = weights / weights.sum()
    rows = functional.pad(latents[:, None], (reach, reach, 0, 0), mode="replicate")
    rows = functional.conv2d(rows, weights.reshape(1, 1, 1, -1))
    columns = functional.pad(rows, (0, 0, reach, reach), mode="replicate")
    return functional.conv2d(columns, weights.reshape(1, 1, -1, 1))[:, 0]


def _mask(edit: PaintLatents) -> torch.Tensor:
    """What is painted, as bool (height, width)."""
    mask = edit.mask
    bits = np.unpackbits(np.frombuffer(mask.packed, np.uint8), count=mask.width * mask.height)
    return torch.from_numpy(bits.astype(bool)).reshape(mask.height, mask.width)


def _check(edit: LatentEdit, latents: torch.Tensor, field: str) -> None:
    channels, height, width = latents.shape
    named = {"one": edit.one, "other": edit.other} if isinstance(edit, SwapChannels) else {"channel": edit.channel}
    for name, channel in named.items():
        if channel is not None and channel >= channels:
            raise InvalidRequest(
                f"{field}: there is no channel {channel}: these latents have the channels 0 to {channels - 1}.",
                hint="Choose one of them.", field=f"{field}.{name}",
            )  # fmt: skip
    if isinstance(edit, PaintLatents) and (edit.mask.width, edit.mask.height) != (width, height):
        raise InvalidRequest(
            f"{field}: the mask has {edit.mask.width} x {edit.mask.height} latents, the picture {width} x {height}.",
            hint="Paint on this picture's latents.", field=f"{field}.mask",
        )  # fmt: skip
