from typing import Any

import pytest
import torch
from diffusers.guiders.adaptive_projected_guidance import normalized_guidance
from diffusers.pipelines.stable_diffusion.pipeline_stable_diffusion import rescale_noise_cfg

from tests.diffusion.toy_walk import ToyFamily, toy_schedule
from webui.diffusion.families.base import PromptOptions
from webui.diffusion.guidance import Guide, make_guide
from webui.diffusion.samplers import NoiseSchedule
from webui.diffusion.strand import rescaled
from webui.generation.request import GenerationRequest

TIMESTEP = torch.tensor(5)
LATENTS = torch.zeros(2, 1, 1, 1)
UNGUIDED = {"cfg_scale": 1.0}


def _guide(
    family: ToyFamily,
    prompt: str,
    negative_prompt: str = "10",
    *,
    schedule: NoiseSchedule | None = None,
    first_pass: NoiseSchedule | None = None,
    **changes: Any,
) -> Guide:
    asked = {"prompt": prompt, "negative_prompt": negative_prompt, "cfg_scale": 2.5, "emphasis": "No norm"}
    request = GenerationRequest(**asked | changes)
    return make_guide(
        family,  # type: ignore[arg-type]
        schedule=schedule or toy_schedule(),
        readings=[PromptOptions(request=request, embeddings={}.get, width=request.width, height=request.height)],
        first_pass=first_pass,
    )


def _predicted(guide: Guide, index: int = 0) -> list[float]:
    return guide(LATENTS, TIMESTEP, index).flatten().tolist()


def test_guidance_goes_from_the_negative_prediction_towards_and_beyond_the_prompts() -> None:
    family = ToyFamily()
    assert _predicted(_guide(family, "30")) == [60, 60]  # 10 + 2.5 (30 - 10)
    assert family.batches == [(4, 4)]


@pytest.mark.parametrize("cfg_scale", [0.0, 0.5, 1.0])
def test_at_a_scale_of_one_or_less_only_the_prompt_is_predicted(cfg_scale: float) -> None:
    family = ToyFamily()
    assert _predicted(_guide(family, "30", cfg_scale=cfg_scale)) == [30, 30]
    assert family.batches == [(2, 4)]


def test_extra_channels_are_seen_by_the_network_and_not_returned() -> None:
    guide = _guide(ToyFamily(), "30", **UNGUIDED)
    guide.extra_channels = torch.full((2, 5, 1, 1), 0.5)
    assert _predicted(guide) == [32.5, 32.5]


def test_each_part_of_a_prompt_pulls_from_the_negative_one_with_its_weight() -> None:
    family = ToyFamily()
    assert _predicted(_guide(family, "30 AND 50:0.5 AND 20:-1")) == [85, 85]  # 10 + 2.5 (20 + 0.5 * 40 - 1 * 10)
    assert family.batches == [(8, 4)]


def test_without_guidance_parts_whose_weights_add_to_one_need_no_negative_prediction() -> None:
    family = ToyFamily()
    assert _predicted(_guide(family, "30:0.25 AND 50:0.75", **UNGUIDED)) == [45, 45]
    assert family.batches == [(4, 4)]


def test_without_guidance_other_weights_are_counted_from_the_negative_prediction() -> None:
    assert _predicted(_guide(ToyFamily(), "30 AND 50", **UNGUIDED)) == [70, 70]  # 10 + 20 + 40


def test_embeddings_of_other_lengths_are_predicted_in_calls_of_their_own() -> None:
    family = ToyFamily()
    assert _predicted(_guide(family, "30 31 32 AND 50")) == [160, 160]  # 10 + 2.5 (20 + 40)
    assert family.batches == [(4, 4), (2, 8)]


def test_the_negative_prompt_is_not_parted() -> None:
    family = ToyFamily()
    read: list[str] = []
    family.text.tokenize = lambda text: [read.append(text) or 7]  # type: ignore[method-assign,func-returns-value]
    _guide(family, "30", "10 AND 20")
    assert "10 AND 20" in read


def test_a_prompt_changes_after_the_calls_that_it_names() -> None:
    guide = _guide(ToyFamily(), "[30:40:0.3]", **UNGUIDED)
    assert [_predicted(guide, call)[0] for call in range(10)] == [30] * 4 + [40] * 6


def test_alternating_words_take_turns_after_the_first_call() -> None:
    guide = _guide(ToyFamily(), "[30|40]", **UNGUIDED)
    assert [_predicted(guide, call)[0] for call in range(6)] == [30, 30, 40, 30, 40, 30]


def test_the_negative_prompt_changes_too() -> None:
    guide = _guide(ToyFamily(), "30", "[10:20:5]", cfg_scale=2.0)
    assert [_predicted(guide, call)[0] for call in (5, 6)] == [50, 40]


def test_only_texts_that_a_call_needs_are_encoded_and_each_once() -> None:
    family = ToyFamily()
    _guide(family, "[30|40]", "30")
    assert sorted(chunk.ids[1] for chunk in family.text.chunks) == [30, 40]


def test_a_walk_that_begins_part_of_the_way_counts_its_own_calls_against_the_whole_schedule_as_a1111_does() -> None:
    schedule = toy_schedule(strength=0.5)
    guide = _guide(ToyFamily(), "[30:40:0.2]", schedule=schedule, **UNGUIDED)
    assert [_predicted(guide, call)[0] for call in range(5)] == [30, 30, 30, 40, 40]


def test_in_the_second_pass_shares_from_one_on_are_of_the_part_that_is_walked() -> None:
    schedule = toy_schedule(20, strength=0.5)
    early, late = (
        _guide(ToyFamily(), f"[30:40:{when}]", schedule=schedule, first_pass=toy_schedule(20), **UNGUIDED)
        for when in (0.5, 1.5)
    )
    assert [_predicted(early, call)[0] for call in (0, 9)] == [40, 40]
    assert [_predicted(late, call)[0] for call in (5, 6, 9)] == [30, 40, 40]


def test_in_the_second_pass_steps_go_on_from_the_first() -> None:
    schedule = toy_schedule(20, strength=0.5)
    guide = _guide(ToyFamily(), "[30:40:13]", schedule=schedule, first_pass=toy_schedule(10), **UNGUIDED)
    assert [_predicted(guide, call)[0] for call in (3, 4)] == [30, 40]


def test_steps_of_a_sampler_with_two_calls_a_step_are_counted_in_calls() -> None:
    guide = _guide(ToyFamily(), "[30:40:0.5]", schedule=toy_schedule(sampler="Heun"), **UNGUIDED)
    assert [_predicted(guide, call)[0] for call in (10, 11)] == [30, 40]


def test_outside_its_limits_the_prompt_is_followed_without_guidance() -> None:
    family = ToyFamily()
    guide = _guide(family, "30", guidance_start=0.2, guidance_end=0.6, pag_scale=1.0, cfg_rescale=0.0)
    assert [_predicted(guide, call)[0] for call in (0, 1, 6, 9)] == [30] * 4
    assert [batch for batch, _ in family.batches] == [2] * 4
    assert [_predicted(guide, call)[0] for call in (2, 5)] == [90] * 2  # 10 + 2.5 (30 - 10) + 1 (30 - 0)


def test_perturbed_attention_pushes_away_from_the_perturbed_prediction() -> None:
    family = ToyFamily()
    assert _predicted(_guide(family, "30", pag_scale=3.0)) == [150, 150]  # 10 + 2.5 (30 - 10) + 3 (30 - 0)
    assert family.batches == [(6, 4)]


def test_perturbed_attention_works_without_guidance() -> None:
    family = ToyFamily()
    assert _predicted(_guide(family, "30", pag_scale=3.0, **UNGUIDED)) == [120, 120]  # 30 + 3 (30 - 0)
    assert family.batches == [(4, 4)]


def test_each_part_of_a_prompt_is_perturbed_with_its_weight() -> None:
    family = ToyFamily()
    assert _predicted(_guide(family, "30 AND 50 51 52:0.5", pag_scale=1.0)) == [165, 165]  # 10 + 2.5 * 40 + 30 + 25
    assert family.batches == [(6, 4), (4, 8)]


def test_rescaling_gives_the_guided_prediction_the_spread_of_the_prompts() -> None:
    guided, prompted = torch.randn(2, 3, 4, 4, 4, generator=torch.Generator().manual_seed(0))
    assert torch.equal(rescaled(3 * guided, prompted, 0.7), rescale_noise_cfg(3 * guided, prompted, 0.7))
    assert rescaled(3 * guided, prompted, 1.0).std((1, 2, 3)).tolist() == pytest.approx(
        prompted.std((1, 2, 3)).tolist()
    )


def test_rescaling_is_done_on_what_the_guide_predicts() -> None:
    latents = torch.tensor([1.0, -1.0]).reshape(1, 1, 1, 2)
    guide = _guide(ToyFamily(), "30", "10", cfg_rescale=0.5)
    # Guided: 60 + (1, -1), of the prompt: 30 + (1, -1): the spreads are the same.
    assert guide(latents, TIMESTEP, 0).flatten().tolist() == [61, 59]


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction", "sample"])
@pytest.mark.parametrize("index", [0, 5, 9])
def test_projected_guidance_acts_on_the_clean_pictures(prediction_type: str, index: int) -> None:
    schedule = toy_schedule(prediction_type=prediction_type)
    latents = torch.randn(2, 1, 3, 3, generator=torch.Generator().manual_seed(0))
    family = ToyFamily()
    guide = _guide(family, "4", "3", schedule=schedule, cfg_scale=6.0, guidance="APG")
    guided = guide(latents, TIMESTEP, index)
    negative, prompted = (latents + word for word in (3, 4))
    clean, clean_negative, clean_guided = (
        schedule.clean_from_input(prediction, latents, index) for prediction in (prompted, negative, guided)
    )
    expected = normalized_guidance(
        clean, clean_negative, 5.0, eta=0.0, norm_threshold=0.04 * 9**0.5, use_original_formulation=True
    )
    assert torch.allclose(clean_guided, expected, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(clean_guided, clean + 5 * (clean - clean_negative), rtol=1e-2, atol=1e-2)
