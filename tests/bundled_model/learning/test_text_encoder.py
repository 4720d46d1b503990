"""The text encoder learns to name what captions name."""

from pathlib import Path

import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.captions.tokenizer import END, tokenizer_in
from bundled_model.learning.denoiser import DenoiserSettings, build_text_encoder
from bundled_model.learning.text_encoder import CaptionLoss, CaptionReader, load_words, train_words
from bundled_model.learning.training import Budget, Stop
from bundled_model.scenes.attributes import ATTRIBUTES

TINY = DenoiserSettings(channels=(16, 32, 32), text_width=32, text_layers=1)


def test_one_score_for_each_label_of_each_attribute(training_folder: Path) -> None:
    tokenizer = tokenizer_in(training_folder)
    reader = CaptionReader(build_text_encoder(TINY, tokenizer), tokenizer.get_vocab()[END])
    scores = reader(tokenizer(["a house", "the sea"], return_tensors="pt").input_ids)
    assert [tuple(score.shape) for score in scores] == [(2, len(labels)) for labels in ATTRIBUTES.values()]


def test_padding_changes_no_score(training_folder: Path) -> None:
    tokenizer = tokenizer_in(training_folder)
    reader = CaptionReader(build_text_encoder(TINY, tokenizer), tokenizer.get_vocab()[END]).eval()
    for first, second in zip(
        reader(tokenizer(["a red house"], return_tensors="pt").input_ids),
        reader(tokenizer(["a red house"], padding="max_length", max_length=20, return_tensors="pt").input_ids),
        strict=True,
    ):
        # The same sums in another order: single precision agrees to about six digits.
        torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-5)


def test_training_makes_the_loss_smaller_and_is_found_again(training_folder: Path) -> None:
    tokenizer = tokenizer_in(training_folder)
    text = build_text_encoder(TINY, tokenizer)
    loss = CaptionLoss(CaptionReader(text, tokenizer.get_vocab()[END]), tokenizer)
    before = loss(99).item()
    assert train_words(training_folder, text, tokenizer, Budget(0, 12), Stop())
    state = torch.load(training_folder / "words.pt", weights_only=True)
    assert state["step"] == 12
    loss.model.load_state_dict(state["model"])
    assert loss(99).item() < before
    fresh = build_text_encoder(TINY, tokenizer)
    assert load_words(training_folder, fresh)
    name = "embeddings.token_embedding.weight"
    assert torch.equal(fresh.state_dict()[name], state["average"][f"text.{name}"])


def test_without_a_file_nothing_is_loaded(tmp_path: Path, training_folder: Path) -> None:
    assert not load_words(tmp_path, build_text_encoder(TINY, tokenizer_in(training_folder)))
