import pytest

from webui.errors import InvalidRequest
from webui.generation.loopback import Curve, loop_request, loop_strength, plan_batch
from webui.generation.request import GenerationRequest

BASE = GenerationRequest.parse(
    {"seed": 7, "batch_count": 2, "start": {"kind": "picture", "picture": "0" * 32, "strength": 0.8}}
)


@pytest.mark.parametrize(
    ("curve", "middle"), [(Curve.LINEAR, 0.6), (Curve.AGGRESSIVE, 0.5171573), (Curve.LAZY, 0.6828427)]
)
def test_the_strength_goes_to_its_end_by_the_curve(curve: Curve, middle: float) -> None:
    strengths = [loop_strength(0.8, 0.4, loop=loop, loops=3, curve=curve) for loop in range(3)]
    assert strengths == pytest.approx([0.8, middle, 0.4])
    assert loop_strength(0.8, 0.4, loop=0, loops=1, curve=curve) == 0.8


def test_a_loop_starts_from_the_last_picture_with_the_next_seed() -> None:
    second = loop_request(BASE, "1" * 32, loop=1, strength=0.5)
    start = second.model_dump()["start"]
    assert (start["picture"], start["strength"], second.seed, second.image_count) == ("1" * 32, 0.5, 8, 1)


def test_margins_would_grow_with_every_loop_and_are_refused() -> None:
    start = BASE.start.model_dump() | {"margins": {"left": 8}}
    with pytest.raises(InvalidRequest, match="cannot extend"):
        loop_request(BASE.with_changes(start=start), None, loop=0, strength=0.5)


def test_a_batch_is_the_same_request_from_each_picture() -> None:
    planned = plan_batch(BASE, ["1" * 32, "2" * 32])
    assert [request.model_dump()["start"]["picture"][0] for request in planned] == ["1", "2"]
    assert {(request.seed, request.image_count) for request in planned} == {(7, 2)}
    assert plan_batch(GenerationRequest(), ["1" * 32])[0].picture_ids == ("1" * 32,)
