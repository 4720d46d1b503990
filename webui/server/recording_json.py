"""What the API says of recordings: their index entries and headers as JSON values."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from webui.generation.request import GenerationRequest
from webui.generation.trajectory import Origin, TrajectorySummary
from webui.library.raw_tensors import Header
from webui.library.trajectory_index import TrajectoryEntry

_SECRETS_OF_CHANCE = frozenset({"batch_size", "batch_count", "same_seed"})
"""Fields of a request that say nothing of how a picture came about."""


def entry_json(entry: TrajectoryEntry) -> dict[str, Any]:
    """A recording in a list."""
    return {
        "id": entry.id,
        "job": entry.job,
        "created": entry.created,
        "bytes": entry.bytes,
        "pinned": entry.pinned,
        "complete": entry.complete,
        "positions": entry.positions,
        "prompt": entry.prompt,
        "pictures": pictures_json(entry),
        "origin": origin_json(entry.origin),
        "width": entry.width,
        "height": entry.height,
    }


def pictures_json(entry: TrajectoryEntry) -> list[dict[str, Any]]:
    """Its pictures; those that were never finished have no id."""
    return [
        {
            "row": each.row,
            "id": each.picture,
            "url": f"/api/v1/images/{each.picture}" if each.picture else None,
            "seed": each.seed,
        }
        for each in entry.pictures
    ]


def origin_json(origin: Origin | None) -> dict[str, Any] | None:
    """Where it branched off."""
    return origin.model_dump() if origin else None


def summary_json(summary: TrajectorySummary, file: Header) -> dict[str, Any]:
    """What a recording's file says of itself, as a page needs it."""
    header = summary.header
    last = len(summary.passes) - 1
    channels, height, width = file.places[f"pass{last}.start"].shape[1:]
    scale = header.model.latent_scale
    return {
        "request": header.request.model_dump(mode="json"),
        "model": {
            "name": header.model.name,
            "fingerprint": header.model.fingerprint,
            "family": header.model.family,
        },
        "device": header.device,
        "dtype": header.dtype,
        "positions": summary.positions,
        "passes": [
            {
                **each.model_dump(include={"sampler", "schedule", "steps", "begin", "second"}),
                "calls": calls,
            }
            for each, calls in zip(summary.passes, summary.calls, strict=True)
        ],
        "sigmas": list(summary.sigmas),
        "snr_db": [signal_to_noise(sigma) for sigma in summary.sigmas],
        "timesteps": list(summary.timesteps),
        "movement": list(summary.movement),
        "width": width * scale,
        "height": height * scale,
        "latent": {"width": width, "height": height, "channels": channels},
        "guidance_recorded": header.guidance,
    }


def signal_to_noise(sigma: float) -> float | None:
    """The ratio of the powers of signal and noise in decibels; None where there is no noise (JSON has no infinity)."""
    return -20 * math.log10(sigma) if sigma > 0 else None


def changes_json(before: GenerationRequest, after: GenerationRequest) -> dict[str, list[Any]]:
    """The fields in which a branch's request differs from its parent's, each with both values.

    Where a branch painted over a picture, `painting` is its id; where it starts is told by its origin.
    """
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    painting = [_painting(old), _painting(new)]
    left_out = _SECRETS_OF_CHANCE | {"start"}
    changes = {name: [old[name], new[name]] for name in new if name not in left_out and old[name] != new[name]}
    return changes | ({"painting": painting} if painting[1] is not None else {})


def _painting(request: Mapping[str, Any]) -> Any:
    return request["start"].get("painting")


def variation_seeds(pictures: Sequence[dict[str, Any]], summary: TrajectorySummary) -> list[dict[str, Any]]:
    """The pictures, each with the seed that its noise moved to."""
    seeds = summary.header.variation_seeds
    return [{**each, "variation_seed": seeds[each["row"]]} for each in pictures]
