"""The text encoder learns to name what sentences name."""

from pathlib import Path

import pytest
import torch
from transformers import CLIPTokenizer

from bundled_model.captions.tokenizer import END, MAX_TOKENS, tokenizer_in, train_tokenizer
from bundled_model.learning.stopping import Stop
from bundled_model.learning.text_encoder import (
    CaptionLoss,
    CaptionReader,
    TextSettings,
    build_text_encoder,
    load_reader,
    load_text_encoder,
    train_words,
)
from bundled_model.learning.training import Budget
from bundled_model.scenes.attributes import ATTRIBUTES

TINY = TextSettings(width=32, layers=1)


@pytest.fixture(scope="module")
def cut_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cut")
    train_tokenizer(captions=300).save_pretrained(folder / "tokenizer")
    return folder


def tiny_reader(tokenizer: CLIPTokenizer) -> CaptionReader:
    return CaptionReader(build_text_encoder(tokenizer, TINY), tokenizer.get_vocab()[END])


def test_the_text_encoder_gives_a_state_for_each_of_77_tokens(cut_folder: Path) -> None:
    tokenizer = tokenizer_in(cut_folder)
    words = tokenizer(["a house"], padding="max_length", return_tensors="pt").input_ids
    states = build_text_encoder(tokenizer)(input_ids=words).last_hidden_state
    assert tuple(states.shape) == (1, MAX_TOKENS, TextSettings().width)


def test_one_score_for_each_label_of_each_attribute(cut_folder: Path) -> None:
    tokenizer = tokenizer_in(cut_folder)
    scores = tiny_reader(tokenizer)(tokenizer(["a house", "the sea"], return_tensors="pt").input_ids)
    assert [tuple(score.shape) for score in scores] == [(2, len(labels)) for labels in ATTRIBUTES.values()]


def test_padding_changes_no_score(cut_folder: Path) -> None:
    tokenizer = tokenizer_in(cut_folder)
    reader = tiny_reader(tokenizer).eval()
    for first, second in zip(
        reader(tokenizer(["a red house"], return_tensors="pt").input_ids),
        reader(tokenizer(["a red house"], padding="max_length", max_length=20, return_tensors="pt").input_ids),
        strict=True,
    ):
        # The same sums in another order: single precision agrees to about six digits.
        torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-5)


def test_training_makes_the_loss_smaller_and_is_found_again(cut_folder: Path) -> None:
    tokenizer = tokenizer_in(cut_folder)
    text = build_text_encoder(tokenizer, TINY)
    loss = CaptionLoss(CaptionReader(text, tokenizer.get_vocab()[END]), tokenizer, batch=24)
    before = loss(99).item()
    assert train_words(cut_folder, text, tokenizer, Budget(0, 8), Stop(), batch=24)
    state = torch.load(cut_folder / "words.pt", weights_only=True)
    assert state["step"] == 8
    loss.model.load_state_dict(state["model"])
    assert loss(99).item() < before
    reader, _ = load_reader(cut_folder, TINY)
    assert not reader.training
    name = "embeddings.token_embedding.weight"
    fresh = load_text_encoder(cut_folder, TINY)
    assert torch.equal(fresh.state_dict()[name], state["average"][f"text.{name}"])


def test_without_training_there_is_nothing_to_load(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="train the stage 'words' first"):
        load_text_encoder(tmp_path)
