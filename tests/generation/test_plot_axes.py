from typing import Any

import pytest

from webui.generation.plot_axes import AXES, NOTHING, find_axis
from webui.generation.plot_values import split_values
from webui.generation.request import GenerationRequest

PICTURE = "0" * 32
BASE = GenerationRequest.parse(
    {
        "prompt": "boat, sea, sunset, house",
        "start": {"kind": "picture", "picture": PICTURE},
        "mask": {"picture": PICTURE},
        "hires": {},
        "refiner": {"model": "second"},
    }
)


def _changed(name: str, text: str, base: GenerationRequest = BASE) -> list[GenerationRequest]:
    axis = find_axis(name, AXES)
    assert axis is not None
    requests = []
    for value in axis.read(split_values(text)):
        values: dict[str, Any] = base.model_dump()
        axis.change(values, value)
        requests.append(GenerationRequest.parse(values))
    return requests


@pytest.mark.parametrize("axis", [axis for axis in AXES if axis.name not in (NOTHING, "Seed")], ids=lambda a: a.name)
def test_the_example_of_every_axis_makes_requests_that_differ(axis: Any) -> None:
    # A schedule type that every sampler follows, so that the samplers differ in nothing else.
    requests = _changed(axis.name, axis.example)
    assert len({request.model_dump_json() for request in requests}) == len(requests) >= 1


def test_axes_are_found_in_any_case_and_by_other_names() -> None:
    found = [find_axis(name, AXES) for name in ("cfg scale", "Model", "denoising strength", "nonsense")]
    assert [axis.name if axis else None for axis in found] == ["CFG Scale", "Checkpoint name", "Denoising", None]


def test_denoising_is_of_the_picture_and_without_one_of_the_second_pass() -> None:
    (from_picture,) = _changed("Denoising", "0.25")
    (from_noise,) = _changed("Denoising", "0.25", GenerationRequest.parse({"hires": {}}))
    assert from_picture.model_dump()["start"]["strength"] == 0.25
    assert from_noise.hires is not None
    assert from_noise.hires.strength == 0.25
    with pytest.raises(ValueError, match="picture to start from, or the hires fix"):
        _changed("Denoising", "0.25", GenerationRequest())


def test_search_and_replace_changes_every_prompt() -> None:
    base = GenerationRequest(prompt="a boat", negative_prompt="boat, fog")
    requests = _changed("Prompt S/R", "boat, house", base)
    assert [(request.prompt, request.negative_prompt) for request in requests] == [
        ("a boat", "boat, fog"),
        ("a house", "house, fog"),
    ]


def test_prompt_order_puts_the_words_into_the_same_places() -> None:
    base = GenerationRequest(prompt="a boat on the sea at noon")
    assert [request.prompt for request in _changed("Prompt order", "sea, boat", base)] == [
        "a sea on the boat at noon",
        "a boat on the sea at noon",
    ]


def test_a_random_seed_is_drawn_when_it_is_read() -> None:
    axis = find_axis("Seed", AXES)
    assert axis is not None
    drawn = axis.read(["-1", "-1", "5"])
    assert min(drawn) >= 0
    assert drawn[0] != drawn[1]
    assert drawn[2] == 5


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("Sampler", "Eular", "no sampler 'Eular'"),
        ("Size", "256", "'256' is no size"),
        ("Tiling", "perhaps", "neither yes nor no"),
        ("Guidance method", "XYZ", "none of CFG, APG"),
        ("Prompt order", "a,b,c,d,e", "more than 100 orders"),
    ],
)
def test_values_that_an_axis_does_not_know_are_named(name: str, text: str, words: str) -> None:
    axis = find_axis(name, AXES)
    assert axis is not None
    with pytest.raises(ValueError, match=words):
        axis.read(split_values(text))
