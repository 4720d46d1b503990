import pytest

from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.generation.sweep import Jump, largest_jump, plan_sweep, sweep_strengths, tipping_sentence

PICTURE = "0" * 32


def test_strengths_are_evenly_spaced_with_both_ends() -> None:
    assert sweep_strengths(0.2, 0.4, 5) == (0.2, 0.25, 0.3, 0.35, 0.4)


def test_each_strength_is_one_picture_of_the_same_seed() -> None:
    base = GenerationRequest.parse({"seed": 3, "batch_size": 4, "start": {"kind": "picture", "picture": PICTURE}})
    planned = plan_sweep(base, (0.1, 0.2))
    assert [request.model_dump()["start"]["strength"] for request in planned] == [0.1, 0.2]
    assert {(request.seed, request.image_count) for request in planned} == {(3, 1)}


def test_a_sweep_without_a_picture_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="needs a picture to start from"):
        plan_sweep(GenerationRequest(), (0.1, 0.2))


def test_the_largest_jump_is_found_and_said() -> None:
    strengths = (0.4, 0.45, 0.5, 0.55)
    jump = largest_jump(strengths, (0.1, 0.4, None))
    assert jump == Jump(0.45, 0.5, 0.4)
    assert tipping_sentence(strengths, jump) == "The picture tips over between 0.45 and 0.50."


def test_a_sweep_that_moves_nothing_claims_nothing() -> None:
    assert "hardly changes" in tipping_sentence((0.1, 0.2), largest_jump((0.1, 0.2), (0.001,)))
    assert "No two" in tipping_sentence((0.1, 0.2), largest_jump((0.1, 0.2), (None,)))
