from pathlib import Path

import pytest
import torch
from transformers import CLIPTextModel, CLIPTokenizer

from webui.diffusion.families.clip_text import ClipText
from webui.diffusion.prompt_encoding import PromptEncoder
from webui.diffusion.text_encoder import TokenChunk
from webui.errors import InvalidRequest
from webui.generation.request import Emphasis

LAYERS = 3
CPU = torch.device("cpu")
PROMPTS = ["", "the cat", "a cat,the dog . ,", "日本 ß 🙂", "it's  a \n 24mm lens"]


@pytest.fixture(scope="module")
def tokenizer(tiny_models_dir: Path) -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(tiny_models_dir / "checkpoints" / "tiny" / "tokenizer")


@pytest.fixture(scope="module")
def model(tiny_models_dir: Path) -> CLIPTextModel:
    torch.manual_seed(0)
    config = CLIPTextModel.config_class.from_pretrained(
        tiny_models_dir / "checkpoints" / "tiny" / "text_encoder", num_hidden_layers=LAYERS
    )
    return CLIPTextModel(config).eval()


@pytest.fixture
def text(tokenizer: CLIPTokenizer, model: CLIPTextModel) -> ClipText:
    return ClipText(tokenizer=tokenizer, encoder=model, device=CPU)


def _encoder(text: ClipText, **changes) -> PromptEncoder:  # noqa: ANN003
    options = {"emphasis": Emphasis.ORIGINAL, "clip_skip": 1, "embeddings": {}.get} | changes
    return PromptEncoder(text, **options)


def _padded(tokenizer: CLIPTokenizer, prompt: str) -> torch.Tensor:
    return tokenizer(
        [prompt], padding="max_length", max_length=77, truncation=True, return_tensors="pt"
    ).input_ids  # fmt: skip


@torch.inference_mode()
@pytest.mark.parametrize("prompt", PROMPTS)
def test_a_plain_prompt_is_encoded_as_diffusers_does_to_the_bit(
    text: ClipText, tokenizer: CLIPTokenizer, model: CLIPTextModel, prompt: str
) -> None:
    assert torch.equal(_encoder(text)(prompt), model(_padded(tokenizer, prompt))[0])


@torch.inference_mode()
def test_a_filling_that_is_not_the_end_stands_behind_the_end(text: ClipText, tokenizer: CLIPTokenizer) -> None:
    """As in Stable Diffusion 2."""
    other = CLIPTokenizer.from_pretrained(tokenizer.name_or_path, pad_token="the</w>")
    encoded = ClipText(tokenizer=other, encoder=text._encoder, device=CPU)
    assert torch.equal(_encoder(encoded)("a cat"), text._encoder(_padded(other, "a cat"))[0])
    assert encoded.padding != encoded.end


@torch.inference_mode()
@pytest.mark.parametrize("clip_skip", [2, 3])
def test_clip_skip_takes_an_earlier_hidden_state_and_the_final_layer_norm(
    text: ClipText, tokenizer: CLIPTokenizer, model: CLIPTextModel, clip_skip: int
) -> None:
    states = model(_padded(tokenizer, "the cat"), output_hidden_states=True).hidden_states
    assert len(states) == LAYERS + 1
    expected = model.final_layer_norm(states[-clip_skip])
    assert torch.equal(_encoder(text, clip_skip=clip_skip)("the cat"), expected)
    assert not torch.allclose(expected, model(_padded(tokenizer, "the cat"))[0])


def test_to_skip_more_layers_than_there_are_is_refused_with_their_number(text: ClipText) -> None:
    with pytest.raises(InvalidRequest, match="has 3 layers") as refused:
        _encoder(text, clip_skip=4)("the cat")
    assert refused.value.field == "clip_skip"


@torch.inference_mode()
def test_a_prompt_of_any_length_is_encoded_chunk_by_chunk(
    text: ClipText, tokenizer: CLIPTokenizer, model: CLIPTextModel
) -> None:
    encoded = _encoder(text)("the " * 80)
    assert encoded.shape == (1, 154, 32)
    assert torch.equal(encoded[:, :77], model(_padded(tokenizer, "the " * 75))[0])
    assert torch.equal(encoded[:, 77:], model(_padded(tokenizer, "the " * 5))[0])


@torch.inference_mode()
def test_vectors_of_its_own_tokens_encode_as_the_tokens(text: ClipText, model: CLIPTextModel) -> None:
    own = model.get_input_embeddings().weight
    ids = [*text.tokenize("the cat the")]
    named = {"style": own[torch.tensor(ids)].clone()}
    with_words, with_vectors = (_encoder(text, embeddings=named.get)(each) for each in ("a the cat the", "a style"))
    assert torch.allclose(with_words, with_vectors)


@torch.inference_mode()
def test_vectors_leave_nothing_behind_in_the_encoder(text: ClipText, model: CLIPTextModel) -> None:
    before = _encoder(text)("a cat")
    _encoder(text, embeddings={"cat": torch.ones(2, 32)}.get)("a cat")
    assert not model.get_input_embeddings()._forward_hooks
    with pytest.raises(RuntimeError):
        text.encode(TokenChunk((0,) * 77, ((1, torch.ones(2, 31)),)), clip_skip=1)
    assert not model.get_input_embeddings()._forward_hooks
    assert torch.equal(before, _encoder(text)("a cat"))


@torch.inference_mode()
def test_an_encoder_that_was_trained_with_a_mask_is_given_it(
    tokenizer: CLIPTokenizer, model: CLIPTextModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model.config, "use_attention_mask", True, raising=False)
    inputs = tokenizer(["the cat"], padding="max_length", max_length=77, return_tensors="pt")
    expected = model(inputs.input_ids, attention_mask=inputs.attention_mask)[0]
    assert torch.equal(_encoder(ClipText(tokenizer=tokenizer, encoder=model, device=CPU))("the cat"), expected)
