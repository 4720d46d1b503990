"""What can be seen of a walk without its model: the states at all positions, and pictures of them.

Every state is shown as the network sees it. Where a sampler holds latents as `x0 + sigma * noise`, they are brought to
unit variance first (Karras et al. 2022, table 1, the `c_in` of variance-preserving models), so that the same view means
the same for every sampler.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from webui.diffusion.denoise import Step
from webui.diffusion.preview import LatentPreview
from webui.diffusion.solvers import Scaling
from webui.imaging.heat import DARK, brightest, heat, spread
from webui.imaging.strips import tiled_square

_LEAST_NOISE = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkStates:
    """One picture's walk: its state at each position, tensors (channels, height / 8, width / 8) in float32 on the CPU.

    With P calls `noisy` and `clean` have P + 1 entries, `noise` has P. `noisy[k]` is the state that call k left, as
    the network sees it; `clean[k]` is what the prediction of call k + 1 points at, `noise[k]` the noise that it found.
    The last entry of `clean` is the final latents; of a walk that was cut short, what its last prediction points at.
    """

    noisy: list[torch.Tensor]
    clean: list[torch.Tensor]
    noise: list[torch.Tensor]

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return sum(each.numel() * 4 for each in (*self.noisy, *self.clean, *self.noise))


def walk_states(steps: Iterable[tuple[Step, Scaling]]) -> WalkStates:
    """The states of the walk of one picture, from its steps (of a batch of one), each with how its latents hold noise.

    Raises:
        ValueError: there are no steps.
    """
    states = WalkStates(noisy=[], clean=[], noise=[])
    last: tuple[Step, Scaling] | None = None
    for step, scaling in steps:
        seen, clean = _seen(step.noisy[0], step.sigma, scaling), _kept(step.clean[0])
        states.noisy.append(seen)
        states.clean.append(clean)
        states.noise.append(_noise(seen, clean, step.sigma, scaling))
        last = step, scaling
    if last is None:
        raise ValueError("a walk without steps has nothing to show")
    step, scaling = last
    states.noisy.append(_seen(step.latents[0], step.sigma_next, scaling))
    states.clean.append(states.noisy[-1] if step.sigma_next <= 0 else states.clean[-1])
    return states


def colour_cells(states: Sequence[torch.Tensor], preview: LatentPreview) -> list[np.ndarray]:
    """Latents (channels, h, w) as small pictures, uint8 (h, w, 3), by the preview's linear map."""
    if len({state.shape for state in states}) == 1:
        return list(preview.pixels(torch.stack(list(states))))
    return [preview.pixels(state[None])[0] for state in states]


def change_cells(states: Sequence[torch.Tensor]) -> list[np.ndarray]:
    """How far each state lies from the one before it, as heat maps on one scale; the first cell is dark.

    Where the size changes on the way (a second pass) there is nothing to compare, and the cell is dark.
    """
    changes = [torch.zeros_like(states[0][0])]
    for before, after in pairwise(states):
        same = before.shape == after.shape
        changes.append(_strength(after - before) if same else torch.zeros_like(after[0]))
    return heat_cells(changes)


def difference_cells(pairs: Sequence[tuple[torch.Tensor, torch.Tensor]]) -> list[np.ndarray]:
    """How far apart the two of each pair (channels, h, w) lie, as heat maps on one scale; then a dark cell."""
    cells = heat_cells([_strength(one.float().cpu() - other.float().cpu()) for one, other in pairs])
    return [*cells, dark_cell(cells[-1].shape[0], cells[-1].shape[1])]


def channel_cells(states: Sequence[torch.Tensor]) -> list[np.ndarray]:
    """The channels of each state as heat maps in a square; each channel has a scale of its own for the whole walk."""
    count = states[0].shape[0]
    channels = [[np.asarray(state[channel]) for state in states] for channel in range(count)]
    scales = [spread(maps) for maps in channels]
    return [
        tiled_square(
            [heat((maps[place] - low) / (high - low)) for maps, (low, high) in zip(channels, scales, strict=True)]
        )
        for place in range(len(states))
    ]


def heat_cells(maps: Sequence[torch.Tensor]) -> list[np.ndarray]:
    """Maps (h, w) of values from 0 up as heat maps on one scale, on which brightness is the root of the value."""
    arrays = [np.asarray(each) for each in maps]
    top = brightest(arrays)
    return [heat(np.sqrt(np.maximum(each, 0.0) / top)) for each in arrays]


def dark_cell(height: int, width: int) -> np.ndarray:
    """A cell that shows nothing."""
    return np.full((height, width, 3), DARK, np.uint8)


def _strength(difference: torch.Tensor) -> torch.Tensor:
    """The root mean square over the channels: (channels, h, w) to (h, w)."""
    return difference.square().mean(0).sqrt()


def _seen(latents: torch.Tensor, sigma: float, scaling: Scaling) -> torch.Tensor:
    kept = _kept(latents)
    return kept / (1 + sigma**2) ** 0.5 if scaling is Scaling.EXPLODING else kept


def _noise(seen: torch.Tensor, clean: torch.Tensor, sigma: float, scaling: Scaling) -> torch.Tensor:
    """The noise in what the network saw, if `clean` is the picture in it."""
    signal = 1 / (1 + sigma) if scaling is Scaling.FLOW else (1 + sigma**2) ** -0.5
    return (seen - signal * clean) / max(sigma * signal, _LEAST_NOISE)


def _kept(latents: torch.Tensor) -> torch.Tensor:
    return latents.detach().float().cpu()
