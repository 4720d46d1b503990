import pytest
import torch
from torch import nn

from tests.model_manager.lora.conftest import Loaded, equal, same
from tests.tiny_loras import FORMS, lora, made
from webui.errors import InvalidRequest, ModelUnusable
from webui.generation.networks import Network, take_networks
from webui.model_manager.lora.forms import Shift


@pytest.mark.parametrize("form", FORMS)
def test_every_form_does_what_its_change_added_to_the_weights_would(loaded: Loaded, form: str) -> None:
    loaded.save(form, made(loaded.parts, FORMS[form]))
    changed = loaded.with_loras(Network("lora", form, 0.7, 0.4))
    assert not any(torch.allclose(a, b, atol=1e-3) for a, b in zip(changed, loaded.plain, strict=True))
    fitted = next(iter(loaded.networks._fitted.values()))
    for adapter in fitted.adapters:
        weight = 0.7 if adapter.in_text_encoder else 0.4
        layer = adapter.target.layer
        for each in adapter.forms:
            if isinstance(each, Shift):
                bias = torch.zeros(len(each.by)) if layer.bias is None else layer.bias.data
                layer.bias = nn.Parameter(bias + weight * each.by, requires_grad=False)
            else:
                layer.weight.data = layer.weight.data + weight * each.delta(layer.weight.data)
    assert same(changed, loaded.said(), atol=1e-4)


@pytest.mark.parametrize("form", FORMS)
def test_taken_off_or_at_a_weight_of_0_every_weight_and_every_answer_is_as_it_was(loaded: Loaded, form: str) -> None:
    before = loaded.weights()
    loaded.save(form, made(loaded.parts, FORMS[form]))
    loaded.networks.apply([Network("lora", form)])
    assert not equal(loaded.said(), loaded.plain)
    loaded.networks.apply([])
    assert equal(loaded.said(), loaded.plain)
    assert equal(loaded.with_loras(Network("lora", form, 0.0, 0.0)), loaded.plain)
    after = loaded.weights()
    assert before.keys() == after.keys()
    assert all(torch.equal(before[name], after[name]) for name in before)


def test_unet_and_text_encoder_have_weights_of_their_own(loaded: Loaded) -> None:
    loaded.save("ink", made(loaded.parts, lora))
    unet, text = loaded.with_loras(Network("lora", "ink", 0.0, 1.0))
    assert torch.equal(text, loaded.plain[1])
    assert not torch.equal(unet, loaded.plain[0])
    unet, text = loaded.with_loras(Network("lora", "ink", 1.0, 0.0))
    assert torch.equal(unet, loaded.plain[0])
    assert not torch.equal(text, loaded.plain[1])


def test_any_number_of_any_forms_are_on_the_same_layers_and_half_of_two_is_one(loaded: Loaded) -> None:
    for name, form in FORMS.items():
        loaded.save(name, made(loaded.parts, form, only="attn1"))
    together = loaded.networks.apply([Network("lora", name, 0.1) for name in FORMS])
    assert len(together) == len(FORMS)
    assert torch.isfinite(loaded.said()[0]).all()
    loaded.save("twin", made(loaded.parts, lora, only="attn1"))
    half = loaded.with_loras(Network("lora", "lora", 0.5, 0.5), Network("lora", "twin", 0.5, 0.5))
    assert same(half, loaded.with_loras(Network("lora", "lora")))


def test_of_a_lora_that_is_named_twice_the_last_weight_counts(loaded: Loaded) -> None:
    loaded.save("ink", made(loaded.parts, lora))
    twice = loaded.with_loras(Network("lora", "ink", 1.0, 1.0), Network("lora", "ink", 0.2, 0.2))
    assert equal(twice, loaded.with_loras(Network("lora", "ink", 0.2, 0.2)))


def test_it_tells_how_many_keys_matched(loaded: Loaded) -> None:
    tensors = made({"unet": loaded.parts["unet"]}, lora, only="attn1_to_q")
    count = len(tensors)
    tensors |= {"lora_te9_nowhere.lora_down.weight": torch.zeros(2, 4), "a_note": torch.zeros(1)}
    loaded.save("part", tensors)
    assert loaded.networks.apply([Network("lora", "part")]) == [f"LoRA 'part': {count} of {count + 2} keys matched."]


def test_one_that_matches_nothing_is_an_error_and_leaves_the_model_plain(loaded: Loaded) -> None:
    loaded.save("other", lora("lora_unet_some_other_network", torch.Size([4, 4])))
    with pytest.raises(ModelUnusable, match=r"'other' does not fit the model 'tiny': none of its 3 keys") as refused:
        loaded.networks.apply([Network("lora", "other")])
    assert refused.value.field == "prompt"
    assert equal(loaded.said(), loaded.plain)


def test_one_of_other_sizes_is_an_error_with_the_numbers(loaded: Loaded) -> None:
    name = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k"
    loaded.save("xl", lora(name, torch.Size([64, 2048])))
    with pytest.raises(ModelUnusable, match="made for 2,048 inputs and 64 outputs, here are 32 and 64"):
        loaded.networks.apply([Network("lora", "xl")])


def test_a_file_that_is_changed_is_read_again(loaded: Loaded) -> None:
    loaded.save("ink", made(loaded.parts, lora))
    first = loaded.with_loras(Network("lora", "ink"))
    loaded.save("ink", made(loaded.parts, lora, seed=9), note="longer")
    assert not same(first, loaded.with_loras(Network("lora", "ink")))


def test_a_file_that_comes_or_changes_while_its_name_is_applied_is_applied_anew(loaded: Loaded) -> None:
    wanted = [Network("lora", "ink")]
    assert loaded.networks.apply(wanted) == []
    assert equal(loaded.said(), loaded.plain)
    loaded.save("ink", made(loaded.parts, lora))
    assert loaded.networks.hold(wanted) == []
    keys = {loaded.networks.key}
    (note,) = loaded.networks.apply(wanted)
    first, kept = loaded.said(), loaded.networks._handles
    assert loaded.networks.apply(wanted) == loaded.networks.hold(wanted) == [note]
    assert loaded.networks._handles is kept
    keys.add(loaded.networks.key)
    loaded.save("ink", made(loaded.parts, lora, seed=9), note="longer")
    loaded.networks.apply(wanted)
    assert not same(first, loaded.said())
    assert len(keys | {loaded.networks.key}) == 3


def test_weights_over_steps_change_without_anything_else(loaded: Loaded) -> None:
    loaded.save("ink", made(loaded.parts, lora))
    _, networks = take_networks("<lora:ink:0@0,1@0.5>")
    loaded.networks.apply(networks)
    said = []
    for step in (0, 5, 10):
        loaded.networks.at_step(step, 21)
        said.append(loaded.said()[0])
    loaded.networks.clear()
    assert torch.equal(said[0], loaded.plain[0])
    half, whole = (loaded.with_loras(Network("lora", "ink", 0.0, weight))[0] for weight in (0.5, 1.0))
    assert torch.allclose(said[1], half, atol=1e-5)
    assert torch.allclose(said[2], whole, atol=1e-5)


def test_weights_of_blocks_silence_the_others(loaded: Loaded) -> None:
    tensors = made(loaded.parts, lora)
    loaded.save("ink", tensors)
    # The time embedding and the last convolution are in no block.
    kept = ("mid_block", "time_embedding", "conv_out")
    loaded.save("middle", {name: tensor for name, tensor in tensors.items() if any(each in name for each in kept)})
    only = ",".join(["0"] * 7 + ["1"] + ["0"] * 9)
    weighed = loaded.with_loras(Network("lora", "ink", blocks=only))
    assert equal(weighed, loaded.with_loras(Network("lora", "middle")))
    assert equal(loaded.with_loras(Network("lora", "ink", blocks="ALL")), loaded.with_loras(Network("lora", "ink")))


@pytest.mark.parametrize(("blocks", "words"), [("1,0,1", "3 weights"), ("sideways", "no list of weights")])
def test_block_weights_that_fit_no_model_are_an_error(loaded: Loaded, blocks: str, words: str) -> None:
    loaded.save("ink", made(loaded.parts, lora))
    with pytest.raises(InvalidRequest, match=words):
        loaded.networks.apply([Network("lora", "ink", blocks=blocks)])


def test_fewer_ranks_are_the_first_ones(loaded: Loaded) -> None:
    tensors = made(loaded.parts, lora, only="attn1")
    loaded.save("two", tensors)
    # What is left is scaled as the whole was: alpha / rank.
    ends = {".lora_down.weight": lambda each: each[:1], ".lora_up.weight": lambda each: each[:, :1], ".alpha": _halved}
    first = {name: cut(each) for name, each in tensors.items() for end, cut in ends.items() if name.endswith(end)}
    loaded.save("one", first)
    assert same(loaded.with_loras(Network("lora", "two", dyn=1)), loaded.with_loras(Network("lora", "one")))


def _halved(alpha: torch.Tensor) -> torch.Tensor:
    return alpha / 2
