"""Processes that train together end with the same weights."""

from functools import partial
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from bundled_model.learning.parallel import Share, average_gradients, rank, run_together, spread, world
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget, Trainer, generator_for


def train_a_line(folder: Path) -> list[float]:
    torch.manual_seed(0)
    model = nn.Linear(3, 1)

    def loss(step: int) -> Tensor:
        inputs = torch.randn(4, 3, generator=generator_for(2, step))
        return (model(inputs) - inputs.sum(dim=1, keepdim=True)).square().mean()

    Trainer(model, loss, folder / "line.pt", peak_rate=0.02).train(Budget(0, 5), Stop())
    torch.save(model.state_dict(), folder / f"rank{rank()}.pt")
    return [float(world()), float(rank())]


def test_one_process_needs_no_meeting(tmp_path: Path) -> None:
    assert run_together(partial(train_a_line, tmp_path), 1) == [1.0, 0.0]


@pytest.mark.slow
def test_two_processes_end_with_the_same_weights(tmp_path: Path) -> None:
    assert run_together(partial(train_a_line, tmp_path), 2) == [2.0, 0.0]
    first, second = (torch.load(tmp_path / f"rank{number}.pt", weights_only=True) for number in (0, 1))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_alone_gradients_and_notes_stay_as_they_are() -> None:
    model = nn.Linear(2, 1)
    model(torch.ones(1, 2)).sum().backward()
    assert model.weight.grad is not None
    before = model.weight.grad.clone()
    assert average_gradients(model, [1.5, 2.0]) == [1.5, 2.0]
    assert torch.equal(model.weight.grad, before)


def note_share(folder: Path, share: Share, stop: Stop) -> bool:
    (folder / f"share{share.number}").write_text(" ".join(map(str, share.pick(7))))
    return not stop.asked


def fail_elsewhere(share: Share, stop: Stop) -> bool:
    return share.number == 0 or 1 // 0 == 1


def test_shares_are_disjoint_and_leave_nothing_out() -> None:
    assert sorted(piece for number in range(3) for piece in Share(number, 3).pick(10)) == list(range(10))


@pytest.mark.slow
def test_spread_work_is_done_in_shares(tmp_path: Path) -> None:
    assert spread(partial(note_share, tmp_path), 2, Stop())
    assert [(tmp_path / f"share{number}").read_text() for number in (0, 1)] == ["0 2 4 6", "1 3 5"]


@pytest.mark.slow
def test_an_error_in_another_process_is_told() -> None:
    with pytest.raises(RuntimeError, match="ended with status"):
        spread(fail_elsewhere, 2, Stop())


def test_work_that_was_stopped_is_not_done(tmp_path: Path) -> None:
    stop = Stop()
    stop.asked = True
    assert not spread(partial(note_share, tmp_path), 1, stop)
