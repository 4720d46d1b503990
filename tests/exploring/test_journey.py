"""Journeys: where the frames are, and what each of them asks for."""

from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.exploring.journey import (
    PILOT_STEPS,
    PILOTS,
    batch_request,
    batches,
    even_positions,
    fixed,
    frames,
    perceptual_positions,
    pilot_frames,
    request_at,
    stop_request,
)
from webui.generation.blend import BlendWay
from webui.generation.journey import Easing, Journey
from webui.generation.noise_turns import NoiseTurn
from webui.generation.request import GenerationRequest
from webui.generation.series import SeriesRequest
from webui.generation.ways import FromNoise, FromPicture

SHARED = GenerationRequest(prompt="is not used", seed=99, steps=20, width=64, height=64, batch_size=4)
DAY: dict[str, Any] = {"prompt": "a boat", "seed": 1, "cfg_scale": 4.0, "frames": 4}
NIGHT: dict[str, Any] = {"prompt": "a castle", "seed": 2, "cfg_scale": 8.0, "frames": 4}
ONE, OTHER = "1" * 32, "2" * 32


def _journey(*stops: dict[str, Any], **options: Any) -> Journey:
    return Journey.model_validate({"stops": stops or (DAY, NIGHT), **options})


def _weights(request: GenerationRequest) -> dict[str, float]:
    assert request.blend is not None
    return {idea.prompt: idea.weight for idea in request.blend.ideas}


def test_frames_count_a_stop_and_what_follows_it_up_to_the_next() -> None:
    there = _journey(DAY, NIGHT, DAY)
    assert even_positions(there) == (0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2)
    assert there.frame_count == 9
    around = _journey(DAY, NIGHT, loop=True)
    assert even_positions(around) == (0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75)
    assert around.frame_count == 8


def test_a_stop_is_its_own_request_with_nothing_of_the_journey_in_it() -> None:
    first = frames(SHARED, _journey())[0]
    assert first.stop == 0
    assert first.request == GenerationRequest(prompt="a boat", seed=1, cfg_scale=4.0, steps=20, width=64, height=64)


def test_between_two_stops_the_prompts_are_blended_and_the_noise_is_turned() -> None:
    between = request_at(SHARED, _journey(), 0.25)
    assert _weights(between) == {"a boat": 0.75, "a castle": 0.25}
    assert between.blend is not None
    assert between.blend.way is BlendWay.SPHERICAL
    assert (between.prompt, between.seed, between.cfg_scale) == ("a boat", 1, 5.0)
    assert between.noise_turns == (NoiseTurn(seed=2, share=0.25),)
    varied = SHARED.with_changes(variation_seed=5, variation_strength=0.3)
    turn = NoiseTurn(seed=2, share=0.25, variation_seed=5, variation_strength=0.3)
    assert request_at(varied, _journey(), 0.25).noise_turns == (turn,)
    assert between.with_fixed_seed() == between
    assert request_at(SHARED, _journey(), 0.75).prompt == "a castle"


def test_what_both_stops_have_in_common_stays_as_it_is() -> None:
    between = request_at(SHARED, _journey(DAY, DAY | {"cfg_scale": 6.0}), 0.5)
    assert between == stop_request(SHARED, _journey(), _journey().stops[0]).with_changes(cfg_scale=5.0)


def test_a_loop_leads_from_the_last_stop_to_the_first() -> None:
    back = request_at(SHARED, _journey(loop=True), 1.25)
    assert _weights(back) == {"a castle": 0.75, "a boat": 0.25}
    assert (back.seed, back.noise_turns[0].seed) == (2, 1)


def test_the_blends_of_stops_are_flattened_and_keep_their_way() -> None:
    mixed = {"ideas": [{"prompt": "a boat", "weight": 2.0}, {"prompt": "fog", "weight": -1.0}], "way": "linear"}
    between = request_at(SHARED, _journey(DAY | {"blend": mixed}, DAY), 0.5)
    assert _weights(between) == {"a boat": 1.5, "fog": -0.5}
    assert between.blend is not None
    assert between.blend.way is BlendWay.LINEAR


def test_shares_of_a_spherical_blend_count_as_shares() -> None:
    mixed = {"ideas": [{"prompt": "a boat", "weight": 3.0}, {"prompt": "fog", "weight": 1.0}], "way": "spherical"}
    between = request_at(SHARED, _journey(DAY | {"blend": mixed}, NIGHT), 0.5)
    assert _weights(between) == {"a boat": 0.375, "fog": 0.125, "a castle": 0.5}


def test_sliders_come_and_go_by_their_value() -> None:
    night = {"low": "day", "high": "night", "value": 1.0}
    between = request_at(SHARED, _journey(DAY, DAY | {"sliders": [night]}), 0.25)
    assert [(slider.high, slider.value) for slider in between.sliders] == [("night", 0.25)]


def test_the_turns_that_the_second_stop_has_lie_within_the_turn_towards_it() -> None:
    turned = [{"seed": 5, "share": 0.5}]
    between = request_at(SHARED, _journey(DAY | {"noise_turns": turned}, NIGHT | {"noise_turns": turned}), 0.25)
    assert [turn.seed for turn in between.noise_turns] == [5, 2]
    assert between.noise_turns[1].turns == (NoiseTurn(seed=5, share=0.5),)


def test_different_networks_are_refused_by_the_stop() -> None:
    journey = _journey(DAY, NIGHT | {"prompt": "a castle <lora:ink:1>"})
    with pytest.raises(InvalidRequest, match=r"Between stop 1 and the next.*different networks") as refused:
        frames(SHARED, journey)
    assert refused.value.field == "stops.0"


@pytest.mark.parametrize(
    ("stop", "words"),
    [
        ({"prompt": "a boat AND a castle"}, "joined by AND"),
        ({"blend": {"ideas": [{"prompt": str(number)} for number in range(16)]}}, "at most 16"),
        (
            {
                "noise_turns": [
                    {"seed": 3, "share": 0.5, "turns": [{"seed": 4, "share": 0.5, "turns": [{"seed": 5, "share": 1}]}]}
                ]
            },
            "deep",
        ),
    ],
)
def test_what_cannot_be_blended_is_told_by_the_stop(stop: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidRequest, match="Between stop 1 and the next") as refused:
        frames(SHARED, _journey(DAY, NIGHT | stop))
    assert words in refused.value.message
    assert refused.value.field == "stops.0"


def test_the_same_network_at_both_stops_stays_in_the_prompt_and_out_of_the_ideas() -> None:
    journey = _journey(*(stop | {"prompt": f"{stop['prompt']} <lora:ink:1>"} for stop in (DAY, NIGHT)))
    between = request_at(SHARED, journey, 0.5)
    assert "<lora:ink:1>" in between.prompt
    assert not any("lora" in prompt for prompt in _weights(between))


def test_stops_with_pictures_start_between_them() -> None:
    journey = _journey(DAY | {"picture": ONE}, NIGHT | {"picture": OTHER}, NIGHT, strength=0.4)
    starts = [frame.request.start for frame in frames(SHARED, journey)]
    assert starts[0] == FromPicture(picture=ONE, strength=0.4)
    assert starts[1] == FromPicture(picture=ONE, strength=0.4, toward=OTHER, share=0.25)
    assert starts[4] == FromPicture(picture=OTHER, strength=0.4)
    assert starts[6] == FromPicture(picture=OTHER, strength=0.7)
    assert starts[8] == FromNoise()


def test_stops_walk_alone_and_what_is_between_in_batches_across_stops() -> None:
    journey = _journey(DAY, NIGHT | {"frames": 8}, DAY)
    planned = frames(SHARED, journey)
    found = batches(journey, planned)
    assert found == [(0,), (1, 2, 3, 5, 6, 7, 8, 9), (4,), (10, 11), (12,)]
    together = batch_request(planned, found[1])
    assert together.batch_size == 8
    assert [together.for_picture(place) for place in range(8)] == [planned[place].request for place in found[1]]


def test_frames_that_cannot_walk_together_walk_alone() -> None:
    journey = _journey(DAY | {"picture": ONE}, NIGHT | {"picture": OTHER})
    assert batches(journey, frames(SHARED, journey)) == [(place,) for place in range(5)]


@pytest.mark.parametrize("easing", Easing)
def test_easing_begins_and_ends_at_the_stops_and_never_goes_back(easing: Easing) -> None:
    places = [easing.at(time / 10) for time in range(11)]
    assert (places[0], places[-1]) == (0, 1)
    assert places == sorted(places)
    assert easing is Easing.LINEAR or places[1] != pytest.approx(0.1)


def test_random_seeds_are_drawn_once_for_each_stop() -> None:
    journey = fixed(SHARED, _journey(DAY | {"seed": -1}, NIGHT | {"seed": -1}))
    first, second = (stop.seed for stop in journey.stops)
    assert len({-1, first, second}) == 3
    assert request_at(SHARED, journey, 0.5).noise_turns[0].seed == second


def test_perceptual_frames_lie_where_the_pictures_change() -> None:
    journey = _journey()
    # All of the change is in the third quarter of the stretch.
    places = perceptual_positions(journey, [0, 0, 0, 0, 1, 1, 0, 0])
    assert places[0] == 0.0
    assert places[1:-1] == pytest.approx([0.5625, 0.625, 0.6875], abs=0.01)
    assert places[-1] == 1.0


def test_longer_stretches_get_more_of_the_frames_and_none_gets_none() -> None:
    journey = _journey(DAY, NIGHT, DAY, loop=True)
    places = perceptual_positions(journey, [3.0] * PILOTS + [1.0] * PILOTS + [0.0] * PILOTS)
    assert len(places) == journey.frame_count == 12
    assert [sum(int(place) == stretch for place in places) for stretch in range(3)] == [8, 3, 1]
    assert {0.0, 1.0, 2.0} <= set(places)


def test_pictures_that_never_change_are_spaced_evenly() -> None:
    assert perceptual_positions(_journey(), [0.0] * PILOTS) == pytest.approx(even_positions(_journey()))


def test_pilots_are_quick_and_at_even_places() -> None:
    pilots = pilot_frames(SHARED, _journey(loop=True))
    assert len(pilots) == 2 * PILOTS
    assert {pilot.request.steps for pilot in pilots} == {PILOT_STEPS}
    assert len(pilot_frames(SHARED, _journey())) == PILOTS + 1


def test_a_journey_without_end_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="at most 1,000"):
        SeriesRequest.parse({"kind": "journey", "stops": [DAY | {"frames": 240}] * 6})
