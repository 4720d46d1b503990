"""The training loop stops and goes on without a trace."""

import json
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget, Trainer, generator_for, share_at


def make_trainer(file: Path, stop: Stop | None = None, stop_at: int = -1) -> Trainer:
    torch.manual_seed(0)
    model = nn.Linear(4, 1)

    def loss(step: int) -> Tensor:
        if stop and step == stop_at:
            stop.asked = True
        inputs = torch.randn(8, 4, generator=generator_for(1, step))
        return (model(inputs) - inputs.sum(dim=1, keepdim=True)).square().mean()

    return Trainer(model, loss, file, peak_rate=0.05)


def weights(trainer: Trainer) -> list[Tensor]:
    return [*trainer.model.state_dict().values(), *trainer.average.state_dict().values()]


def test_a_resumed_run_equals_an_uninterrupted_one_bit_by_bit(tmp_path: Path) -> None:
    whole = make_trainer(tmp_path / "whole.pt")
    assert whole.train(Budget(0, 12), Stop())
    stop = Stop()
    assert not make_trainer(tmp_path / "parts.pt", stop, stop_at=4).train(Budget(0, 12), stop)
    resumed = make_trainer(tmp_path / "parts.pt")
    assert 0 < resumed.step < 12
    assert resumed.train(Budget(0, 12), Stop())
    assert all(torch.equal(a, b) for a, b in zip(weights(whole), weights(resumed), strict=True))


def test_training_makes_the_loss_smaller(tmp_path: Path) -> None:
    trainer = make_trainer(tmp_path / "run.pt")
    before = trainer.loss(999).item()
    trainer.train(Budget(0, 100), Stop())
    assert trainer.loss(999).item() < 0.3 * before


def test_a_used_up_budget_takes_no_more_steps(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    budget = Budget(0, 3)
    assert not budget.is_used_up(file)
    make_trainer(file).train(budget, Stop())
    assert budget.is_used_up(file)
    again = make_trainer(file)
    again.train(budget, Stop())
    assert again.step == 3


def test_minutes_count_over_all_runs() -> None:
    assert Budget(2).progress(10_000, 60) == pytest.approx(0.5)
    assert Budget(2, steps=100).progress(25, 60) == pytest.approx(0.25)


def test_the_rate_rises_stays_and_falls() -> None:
    rates = [share_at(progress / 100) for progress in range(101)]
    assert rates[0] < 0.1
    assert set(rates[3:60]) == {1.0}
    assert rates[60:] == sorted(rates[60:], reverse=True)
    assert rates[100] == pytest.approx(0.01)


def test_the_log_has_one_line_of_json_for_every_twenty_steps(tmp_path: Path) -> None:
    make_trainer(tmp_path / "run.pt").train(Budget(0, 40), Stop())
    lines = (tmp_path / "run.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [20, 40]


def test_steps_have_sources_of_chance_of_their_own() -> None:
    assert torch.equal(torch.rand(3, generator=generator_for(1, 2)), torch.rand(3, generator=generator_for(1, 2)))
    assert not torch.equal(torch.rand(3, generator=generator_for(1, 2)), torch.rand(3, generator=generator_for(1, 3)))
