"""The denoiser's training step, on a tiny one: it learns, it resumes, and words matter."""

from pathlib import Path

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.learning.denoiser import DenoiserSettings, build_scheduler, load_denoiser, train_denoiser
from bundled_model.learning.latents import LatentStore
from bundled_model.learning.training import Budget, Stop

TINY = DenoiserSettings(channels=(16, 32, 32), text_width=32, text_layers=1, batch=2, pictures=32)


class StopAfter(Stop):
    """Asks for a stop from the given question on (the loop asks once a step)."""

    def __init__(self, questions: int) -> None:
        self.left = questions

    @property
    def asked(self) -> bool:
        self.left -= 1
        return self.left < 0

    @asked.setter
    def asked(self, value: bool) -> None:
        raise NotImplementedError


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return torch.load(folder / "denoiser.pt", weights_only=True)["model"]


def test_a_stopped_and_resumed_run_equals_one_run_bit_by_bit(training_folder: Path, tmp_path: Path) -> None:
    store = LatentStore(training_folder, 32)
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    for folder in (whole, parts):
        folder.mkdir()
    assert train_denoiser(whole, store, Budget(0, 3), Stop(), TINY)
    assert not train_denoiser(parts, store, Budget(0, 3), StopAfter(1), TINY)
    assert 0 < torch.load(parts / "denoiser.pt", weights_only=True)["step"] < 3
    assert train_denoiser(parts, store, Budget(0, 3), Stop(), TINY)
    first, second = weights(whole), weights(parts)
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_a_trained_denoiser_takes_prompts_of_any_kind(training_folder: Path) -> None:
    store = LatentStore(training_folder, 32)
    train_denoiser(training_folder, store, Budget(0, 1), Stop(), TINY)
    unet, text, tokenizer = load_denoiser(training_folder, TINY)
    words = tokenizer(["", "a zebra ☃"], padding="max_length", truncation=True, return_tensors="pt").input_ids
    with torch.inference_mode():
        states = text(input_ids=words).last_hidden_state
        predicted = unet(torch.zeros(2, 8, 32, 32), 500, states).sample
    assert predicted.shape == (2, 8, 32, 32)
    assert not torch.equal(predicted[0], predicted[1])


def test_the_last_noise_level_holds_no_signal() -> None:
    assert float(build_scheduler().alphas_cumprod[-1]) == 0
