"""The denoiser's training step, on a tiny one: it learns, it resumes, and words matter."""

from pathlib import Path

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.captions.tokenizer import tokenizer_in
from bundled_model.drawing.canvas import Part
from bundled_model.learning.autoencoder import LATENT_CHANNELS
from bundled_model.learning.denoiser import (
    DENOISER_FILE,
    DenoiserSettings,
    VelocityLoss,
    build_scheduler,
    load_denoiser,
    times_at,
    train_denoiser,
)
from bundled_model.learning.latents import LatentStore
from bundled_model.learning.stopping import Stop
from bundled_model.learning.text_encoder import TextSettings, build_text_encoder, load_text_encoder, train_words
from bundled_model.learning.training import Budget

TEXT = TextSettings(width=32, layers=1)
TINY = DenoiserSettings(channels=(16, 32, 32), layers=1, text=TEXT, batch=2)


@pytest.fixture
def worded_folder(training_folder: Path) -> Path:
    tokenizer = tokenizer_in(training_folder)
    train_words(training_folder, build_text_encoder(tokenizer, TEXT), tokenizer, Budget(0, 1), Stop())
    return training_folder


PICTURES = 64


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


def test_most_times_lie_in_the_middle_and_some_at_the_very_ends() -> None:
    times = times_at(torch.linspace(0, 1, 10_001), 1000)
    assert times.min() == 0
    assert times.max() == 999
    assert times.diff().min() >= 0
    quarter, half, three_quarters = (float(times.float().quantile(share)) for share in (0.25, 0.5, 0.75))
    assert 200 < quarter < 240
    assert 420 < half < 460
    assert 660 < three_quarters < 700


def test_a_stopped_and_resumed_run_equals_one_run_bit_by_bit(worded_folder: Path) -> None:
    store = LatentStore(worded_folder, PICTURES)
    kept = worded_folder / DENOISER_FILE
    assert train_denoiser(worded_folder, store, Budget(0, 3), Stop(), TINY)
    whole = weights(worded_folder)
    kept.unlink()
    assert not train_denoiser(worded_folder, store, Budget(0, 3), StopAfter(1), TINY)
    assert 0 < torch.load(kept, weights_only=True)["step"] < 3
    assert train_denoiser(worded_folder, store, Budget(0, 3), Stop(), TINY)
    parts = weights(worded_folder)
    assert all(torch.equal(whole[name], parts[name]) for name in whole)


def test_a_trained_denoiser_takes_prompts_of_any_kind_in_any_size(worded_folder: Path) -> None:
    train_denoiser(worded_folder, LatentStore(worded_folder, PICTURES), Budget(0, 1), Stop(), TINY)
    unet, text = load_denoiser(worded_folder, TINY), load_text_encoder(worded_folder, TEXT)
    words = tokenizer_in(worded_folder)(
        ["", "a zebra ☃"], padding="max_length", truncation=True, return_tensors="pt"
    ).input_ids
    with torch.inference_mode():
        states = text(input_ids=words).last_hidden_state
        predicted = unet(torch.zeros(2, LATENT_CHANNELS, 32, 48), 500, states).sample
    assert predicted.shape == (2, LATENT_CHANNELS, 32, 48)
    assert not torch.equal(predicted[0], predicted[1])


def test_cells_of_the_subject_and_of_sun_and_moon_count_more(worded_folder: Path) -> None:
    text = load_text_encoder(worded_folder, TEXT)
    loss = VelocityLoss(text, LatentStore(worded_folder, PICTURES), TINY)
    assert loss.weights[Part.SUBJECT] == loss.weights[Part.LIGHT] > loss.weights[Part.CLOUD] > loss.weights[Part.SKY]


def test_channels_count_by_how_loud_they_are(worded_folder: Path) -> None:
    text = load_text_encoder(worded_folder, TEXT)
    channels = VelocityLoss(text, LatentStore(worded_folder, PICTURES), TINY).channels.flatten()
    assert channels.shape == (LATENT_CHANNELS,)
    assert float(channels.mean()) == pytest.approx(1)
    assert channels[:3].min() > 1 > channels[-3:].max()


def test_the_last_noise_level_holds_no_signal() -> None:
    assert float(build_scheduler().alphas_cumprod[-1]) == 0
