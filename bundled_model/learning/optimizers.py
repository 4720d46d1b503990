"""How weights are moved: matrices by Muon, all else (biases, norms, embeddings, narrow matrices) by AdamW.

Muon makes the step of every matrix orthogonal, so that all of its directions learn and not only the loudest. On the
denoiser of this model, with one processor core, 2,000 samples under Muon took the loss as far as 4,000 under AdamW, and
4,000 further than 8,000; one of its steps takes 1.2 to 1.4 times as long.

Source: Keller Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

MATRIX_RATE = 0.02
"""Usual peak rate of the matrices: orthogonal steps have a size of their own, whatever the gradients'."""
NARROW = 32
"""A matrix with fewer rows or columns gains nothing from orthogonal steps."""
DECAY = 0.01


class Optimizers:
    """Moves the weights of one model, in place."""

    def __init__(self, model: nn.Module, peak_rate: float, matrix_rate: float = MATRIX_RATE) -> None:
        """Peak rates for AdamW and for Muon.

        The model must lie where and how it will be trained: its matrices are looked at through views.
        """
        self._peaks: list[float] = []
        self._matrices: list[tuple[nn.Parameter, nn.Parameter]] = []
        others: list[nn.Parameter] = []
        tables = {id(table.weight) for table in model.modules() if isinstance(table, nn.Embedding)}
        for parameter in model.parameters():
            if not parameter.requires_grad:
                continue
            if parameter.ndim in (2, 4) and id(parameter) not in tables and min(as_matrix(parameter).shape) >= NARROW:
                self._matrices.append((parameter, nn.Parameter(as_matrix(parameter.detach()))))
            else:
                others.append(parameter)
        self._all: list[torch.optim.Optimizer] = []
        if self._matrices:
            views = [view for _, view in self._matrices]
            self._all.append(torch.optim.Muon(views, lr=matrix_rate, weight_decay=DECAY))
            self._peaks.append(matrix_rate)
        if others:
            self._all.append(torch.optim.AdamW(others, lr=peak_rate, betas=(0.9, 0.99), weight_decay=DECAY))
            self._peaks.append(peak_rate)

    def step(self, share: float) -> None:
        """Move all weights by their gradients, at a share (0 to 1) of the peak rates."""
        for parameter, view in self._matrices:
            view.grad = None if parameter.grad is None else as_matrix(parameter.grad)
        for optimizer, peak in zip(self._all, self._peaks, strict=True):
            for group in optimizer.param_groups:
                group["lr"] = share * peak
            optimizer.step()

    def state(self) -> list[dict[str, object]]:
        """What a resumed run needs."""
        return [optimizer.state_dict() for optimizer in self._all]

    def load(self, state: list[dict[str, object]]) -> None:
        """Go on from what `state` returned."""
        for optimizer, kept in zip(self._all, state, strict=True):
            optimizer.load_state_dict(kept)

    def matrices(self) -> Iterator[Tensor]:
        """The weights that Muon moves."""
        return (parameter for parameter, _ in self._matrices)


def as_matrix(weight: Tensor) -> Tensor:
    """A view of the weights of a layer: one row an output. (In which order the columns come makes no difference.)"""
    if weight.ndim == 2:
        return weight
    return weight.flatten(1) if weight.is_contiguous() else weight.permute(0, 2, 3, 1).flatten(1)
