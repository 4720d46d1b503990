from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.generation.infotext_reader import read_infotext
from webui.generation.offered import NewFamily, NewSampler, NewSchedule, Upscaler
from webui.generation.offering import offer
from webui.generation.request import GenerationRequest
from webui.generation.samplers import every_sampler, every_schedule, find_fused, find_sampler
from webui.generation.ways import Hires, every_upscaler


def test_requests_may_name_what_is_offered_until_it_is_taken_back() -> None:
    take_back = offer(
        "ours",
        samplers=[NewSampler(name="Straight", aliases=("st",)), NewSampler(name="Bent (flow)", flow=True)],
        schedules=[NewSchedule(name="Even Odd")],
        upscalers=[Upscaler(name="Red")],
    )
    try:
        request = GenerationRequest(sampler="k_straight", schedule="even_odd", hires=Hires(upscaler="red"))
        assert (request.sampler, request.schedule, request.hires and request.hires.upscaler) == (
            "Straight", "Even Odd", "Red",
        )  # fmt: skip
        assert GenerationRequest.parse(request.model_dump(mode="json")) == request
        fused = find_fused("DPM++ 2M Even Odd")
        assert fused is not None and (fused[0].name, fused[1]) == ("DPM++ 2M", "Even Odd")
        assert find_sampler("ST") == find_sampler("Straight")
        assert (every_sampler()[-1].flow, every_schedule()[-1], every_upscaler()[-1]) == (True, "Even Odd", "Red")
        with pytest.raises(InvalidRequest, match="DDIM cannot follow the schedule type Even Odd"):
            GenerationRequest.parse({"sampler": "DDIM", "schedule": "Even Odd"})
        read = read_infotext("a boat\nSteps: 20, Sampler: Straight, Schedule type: Even Odd, Size: 64x64")
        assert (read.values["sampler"], read.values["schedule"]) == ("Straight", "Even Odd")
    finally:
        take_back()
    with pytest.raises(InvalidRequest, match="there is no sampler 'Straight'"):
        GenerationRequest.parse({"sampler": "Straight"})
    with pytest.raises(InvalidRequest, match="there is no upscaler 'Red'"):
        GenerationRequest.parse({"hires": {"upscaler": "Red"}})


@pytest.mark.parametrize(
    ("brought", "why"),
    [
        ({"samplers": [NewSampler(name="euler A")]}, "there is a sampler 'euler A' already"),
        ({"samplers": [NewSampler(name="One"), NewSampler(name="one")]}, "two of its samplers have one name"),
        ({"schedules": [NewSchedule(name="Karras")]}, "there is a schedule type 'Karras' already"),
        ({"upscalers": [Upscaler(name="latent")]}, "there is an upscaler 'latent' already"),
        ({"families": [NewFamily(name="flux", label="", pipelines=())]}, "there is a family 'flux' already"),
        ({"samplers": [NewSampler(name="a, b")]}, "cannot be the name"),
        ({"upscalers": [Upscaler(name=" ")]}, "cannot be the name"),
    ],
)
def test_a_name_that_is_taken_or_cannot_be_one_is_refused(brought: dict[str, Any], why: str) -> None:
    before = every_sampler(), every_schedule(), every_upscaler()
    with pytest.raises(ValueError, match=why):
        offer("ours", **brought)
    assert (every_sampler(), every_schedule(), every_upscaler()) == before


def test_an_extension_may_offer_a_name_of_its_own_again_and_another_one_may_not() -> None:
    first = offer("ours", samplers=[NewSampler(name="Straight", note="one")])
    second = offer("ours", samplers=[NewSampler(name="Straight", note="two")])
    try:
        assert [each.note for each in every_sampler() if each.name == "Straight"] == ["two"]
        with pytest.raises(ValueError, match="there is a sampler 'Straight' already"):
            offer("theirs", samplers=[NewSampler(name="Straight")])
        second()
        assert [each.note for each in every_sampler() if each.name == "Straight"] == ["one"]
    finally:
        first()
        second()
