from pathlib import Path

import pytest
from transformers import CLIPTokenizer

from webui.model_manager.loading.shipped_tokenizers import shipped_tokenizer as shipped_clip
from webui.model_manager.loading.tokenizer_places import TokenizerPlaces
from webui.model_manager.token_counts import TokenCount, TokenCounter
from webui.settings import ROOT

BUNDLED = ROOT / "models" / "checkpoints" / "postcard"
TEXTS = [
    "a red boat", "", "A Boat's  sail,\n1234 it's", "naïve café ﬁ", "\u00e9 \U0001f6a4 漢字", "<|endoftext|> a",
    "the thing, the-other. the", "x" * 300,
]  # fmt: skip


def count(model: Path, text: str, **embeddings: int) -> TokenCount:
    return TokenCounter().count(model, [text], embeddings)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("name", ["bundled", "tiny"])
def test_counts_are_those_of_the_tokeniser_that_encodes(name: str, text: str, tiny_models_dir: Path) -> None:
    model = BUNDLED if name == "bundled" else next((tiny_models_dir / "checkpoints").iterdir())
    tokenizer = CLIPTokenizer.from_pretrained(model / "tokenizer", local_files_only=True)
    expected = len(tokenizer(text, add_special_tokens=False, verbose=False).input_ids)
    assert count(model, text).tokens == expected


def test_the_limit_grows_by_chunks() -> None:
    boat = "boat " * 75
    assert count(BUNDLED, boat) == TokenCount(limit=75, tokens=75)
    assert count(BUNDLED, boat + "boat") == TokenCount(limit=150, tokens=76)


def test_emphasis_costs_nothing_and_break_fills_a_chunk_up() -> None:
    assert count(BUNDLED, "(boat:1.3) [boat]").tokens == 2
    assert count(BUNDLED, "boat BREAK boat") == TokenCount(limit=150, tokens=76)


def test_a_textual_inversion_counts_as_its_vectors() -> None:
    assert count(BUNDLED, "boat, bad-hands, boat", **{"Bad-Hands": 7}).tokens == 2 + 2 + 7
    assert count(BUNDLED, "boat hands", hand=7).tokens == count(BUNDLED, "boat hands").tokens


def test_of_several_texts_the_one_that_needs_most_counts() -> None:
    assert TokenCounter().count(BUNDLED, ["boat", "boat boat", ""], {}).tokens == 2


def test_a_model_without_a_tokeniser_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        count(tmp_path, "boat")
    (tmp_path / "tokenizer").mkdir()
    (tmp_path / "tokenizer" / "tokenizer.json").write_text("{")
    with pytest.raises(ValueError, match="damaged"):
        count(tmp_path, "boat")


@pytest.mark.parametrize("text", TEXTS)
def test_prompts_for_a_checkpoint_in_one_file_are_counted_with_the_shipped_vocabulary(
    text: str, tmp_path: Path
) -> None:
    file = tmp_path / "one.safetensors"
    file.touch()
    expected = len(shipped_clip("clip", TokenizerPlaces(hub=False))(text, add_special_tokens=False).input_ids)
    assert count(file, text).tokens == expected


def test_the_shipped_vocabulary_is_that_of_clip() -> None:
    encode = shipped_clip("clip", TokenizerPlaces(hub=False))
    assert encode("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert (encode.pad_token_id, shipped_clip("open_clip", TokenizerPlaces(hub=False)).pad_token_id) == (49407, 0)
