"""Muon moves the matrices, AdamW the rest, and both go on where they were."""

import torch
from torch import Tensor, nn

from bundled_model.learning.optimizers import NARROW, Optimizers, as_matrix


def make_model() -> nn.Sequential:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(3, 64, 3), nn.Conv2d(64, 48, 3), nn.Flatten(), nn.Linear(48, 40), nn.Linear(40, 2))
    nn.utils.convert_conv2d_weight_memory_format(model, torch.channels_last)
    return model


def give_gradients(model: nn.Module, seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    for parameter in model.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=generator).contiguous(
            memory_format=torch.channels_last if parameter.ndim == 4 else torch.contiguous_format
        )


def changes(model: nn.Module, before: list[Tensor]) -> list[Tensor]:
    return [now.detach() - then for now, then in zip(model.parameters(), before, strict=True)]


def test_only_wide_matrices_that_are_no_tables_are_moved_by_muon() -> None:
    model = make_model()
    assert [tuple(matrix.shape) for matrix in Optimizers(model, 1e-3).matrices()] == [(48, 64, 3, 3), (40, 48)]
    assert list(Optimizers(nn.Embedding(2 * NARROW, 2 * NARROW), 1e-3).matrices()) == []


def test_every_weight_moves_and_those_of_matrices_in_orthogonal_steps() -> None:
    model = make_model()
    optimizers = Optimizers(model, 1e-3)
    before = [parameter.detach().clone() for parameter in model.parameters()]
    give_gradients(model, 1)
    optimizers.step(1.0)
    moved = changes(model, before)
    assert all(float(change.abs().max()) > 0 for change in moved)
    singular = torch.linalg.svdvals(as_matrix(moved[2]))
    assert float(singular.max() / singular.min()) < 3


def test_weights_that_do_not_learn_stay() -> None:
    model = make_model()
    model[1].requires_grad_(False)
    before = [parameter.detach().clone() for parameter in model[1].parameters()]
    optimizers = Optimizers(model, 1e-3)
    give_gradients(model, 1)
    optimizers.step(1.0)
    assert all(torch.equal(a, b) for a, b in zip(model[1].parameters(), before, strict=True))


def test_a_kept_state_goes_on_bit_by_bit() -> None:
    whole, parted = make_model(), make_model()
    one, first = Optimizers(whole, 1e-3), Optimizers(parted, 1e-3)
    for seed in (1, 2):
        give_gradients(whole, seed)
        one.step(0.5)
    give_gradients(parted, 1)
    first.step(0.5)
    second = Optimizers(parted, 1e-3)
    second.load(first.state())
    give_gradients(parted, 2)
    second.step(0.5)
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), parted.parameters(), strict=True))


def test_a_matrix_is_a_view_in_either_layout() -> None:
    weight = torch.zeros(4, 3, 2, 2)
    for kept in (weight, weight.contiguous(memory_format=torch.channels_last)):
        as_matrix(kept)[1] = 1
        assert float(kept[1].min()) == 1
        assert float(kept[0].max()) == 0
