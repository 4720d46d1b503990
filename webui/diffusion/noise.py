"""The noise that walks start from: a seed of its own for each picture, variations of it, and other sizes of it."""

from collections.abc import Sequence
from functools import partial

import torch

from webui.diffusion.noise_turning import turned
from webui.diffusion.philox import philox_noise
from webui.generation.noise_turns import NoiseTurn
from webui.generation.request import NoiseSource

NoiseShape = tuple[int, int, int]
"""(channels, height, width) of a picture's latents."""

_NEARLY_PARALLEL = 0.9995


def picture_generators(seeds: Sequence[int]) -> list[torch.Generator]:
    """A generator of its own for each picture, on the CPU, so that seeds agree between devices."""
    return [torch.Generator("cpu").manual_seed(seed) for seed in seeds]


def draw_noise(
    *,
    seeds: Sequence[int],
    generators: Sequence[torch.Generator],
    shape: NoiseShape,
    dtype: torch.dtype,
    source: NoiseSource = NoiseSource.CPU,
    variation_seeds: Sequence[int] | None = None,
    variation_strength: float = 0.0,
    resize_from: tuple[int, int] | None = None,
    turns: Sequence[Sequence[NoiseTurn]] = (),
) -> torch.Tensor:
    """Noise (batch, channels, height, width) on the CPU, of standard deviation 1, drawn picture by picture.

    Without variation and resizing, the CPU source gives each generator's next numbers in the family's own dtype, as
    diffusers' `randn_tensor` does: the same seed in the same dtype gives the same noise as a plain pipeline. With
    them, the noise of a seed comes from a generator of its own, and `generators` stay as they are for the walk.

    Args:
        seeds: one for each picture.
        generators: the pictures' generators (`picture_generators(seeds)`), which go on to serve the walk.
        shape: of one picture's latents.
        dtype: of the result.
        source: which generator draws.
        variation_seeds: one for each picture; where the noise moves to.
        variation_strength: how far it moves there, 0 to 1.
        resize_from: (height, width) in latents at which the noise is drawn before it is pasted into `shape`, in its
            middle; None draws it at `shape`.
        turns: of each picture's noise towards that of other seeds, which is drawn in the same way; none at all if
            there are no entries.
    """
    if any(turns):
        draw = partial(draw_noise, shape=shape, dtype=dtype, source=source, resize_from=resize_from)
        noise = draw(
            seeds=seeds, generators=generators, variation_seeds=variation_seeds, variation_strength=variation_strength
        )

        def of_turn(turn: NoiseTurn) -> torch.Tensor:
            return draw(
                seeds=[turn.seed], generators=picture_generators([turn.seed]), variation_seeds=[turn.variation_seed],
                variation_strength=turn.variation_strength,
            )[0]  # fmt: skip

        return torch.stack([turned(own, its, of_turn) for own, its in zip(noise, turns, strict=True)])
    plain = variation_seeds is None or variation_strength <= 0
    if plain and resize_from in (None, shape[1:]) and source == NoiseSource.CPU:
        return torch.stack([torch.randn((1, *shape), generator=own, dtype=dtype)[0] for own in generators])
    drawn_at = shape if resize_from is None else (shape[0], *resize_from)
    pictures = []
    for i, seed in enumerate(seeds):
        noise = _seeded(seed, drawn_at, dtype, source)
        if not plain:
            assert variation_seeds is not None
            noise = slerp(noise, _seeded(variation_seeds[i], drawn_at, dtype, source), variation_strength)
        pictures.append(
            noise if drawn_at == shape else pasted_in_the_middle(noise, _seeded(seed, shape, dtype, source))
        )
    return torch.stack(pictures)


def slerp(start: torch.Tensor, end: torch.Tensor, share: float) -> torch.Tensor:
    """Moves noise (channels, height, width) by `share` towards other noise, along arcs, which keeps its spread.

    There is an angle for each channel and column, over the rows (dimension 1), not a single one for the picture: that
    is how A1111 reads Shoemake 1985, and what its variation seeds mean. Like there, noise that points nearly the same
    way is mixed along straight lines instead, with the ends the other way round.
    """
    cosine = (_unit(start) * _unit(end)).sum(1)
    if float(cosine.mean()) > _NEARLY_PARALLEL:
        return start * share + end * (1 - share)
    angle = torch.acos(cosine.clamp(-1, 1))
    sine = torch.sin(angle)
    from_start = (torch.sin((1.0 - share) * angle) / sine).unsqueeze(1)
    from_end = (torch.sin(share * angle) / sine).unsqueeze(1)
    return from_start * start + from_end * end


def pasted_in_the_middle(noise: torch.Tensor, ground: torch.Tensor) -> torch.Tensor:
    """`noise` (channels, h, w) centred on `ground` (channels, height, width); what does not fit is cut off evenly.

    An odd rest goes as in A1111: half of the difference, cut towards zero, is the place of the left and upper edges.
    """
    pasted = ground.clone()
    (top, from_top, height), (left, from_left, width) = (
        _overlap(noise.shape[dimension], ground.shape[dimension]) for dimension in (1, 2)
    )
    pasted[:, top : top + height, left : left + width] = noise[
        :, from_top : from_top + height, from_left : from_left + width
    ]
    return pasted


def _overlap(inner: int, outer: int) -> tuple[int, int, int]:
    """Along one side: where it goes to, where it is taken from, and how many."""
    difference = int((outer - inner) / 2)
    return max(difference, 0), max(-difference, 0), min(inner, outer)


def _unit(noise: torch.Tensor) -> torch.Tensor:
    return noise / torch.norm(noise, dim=1, keepdim=True)


def _seeded(seed: int, shape: NoiseShape, dtype: torch.dtype, source: NoiseSource) -> torch.Tensor:
    if source == NoiseSource.NV:
        return philox_noise(seed, shape).to(dtype)
    return torch.randn((1, *shape), generator=torch.Generator("cpu").manual_seed(seed), dtype=dtype)[0]
