import pytest

from webui.generation.networks import Network, take_networks
from webui.generation.step_weights import read_step_weights, weight_at


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("0.7", ((1.0, 0.7),)),
        ("0@0,1@0.5", ((0.0, 0.0), (0.5, 1.0))),
        ("1@0.5;0@0", ((0.0, 0.0), (0.5, 1.0))),
        ("0.2,1@0.5", ((0.5, 1.0), (1.0, 0.2))),
        ("1@10, 0@20", ((10.0, 1.0), (20.0, 0.0))),
    ],
)
def test_points_are_weights_at_positions(text: str, points: tuple[tuple[float, float], ...]) -> None:
    assert read_step_weights(text) == points


@pytest.mark.parametrize("text", ["", "strong", "1@x", "nan", "1@-1", "1@inf", "1@0@2", ",".join(["1@0"] * 100)])
def test_what_is_none_is_refused(text: str) -> None:
    assert read_step_weights(text) is None


def test_between_points_the_weight_moves_along_a_line_and_outside_of_them_it_stays() -> None:
    points = ((0.25, 0.0), (0.75, 1.0))
    assert [weight_at(points, step, 9) for step in (0, 2, 3, 4, 6, 8)] == [0, 0, 0.25, 0.5, 1, 1]


def test_positions_above_1_are_steps() -> None:
    points = ((0.0, 1.0), (10.0, 0.0))
    assert [weight_at(points, step, 40) for step in (0, 5, 10, 39)] == [1, 0.5, 0, 0]


def test_a_tag_may_have_weights_over_steps_and_for_blocks() -> None:
    text, networks = take_networks("a<lora:ink:0@0,1@0.5:lbw=INS:dyn=4>")
    assert text == "a"
    assert networks == [Network("lora", "ink", 0.0, 0.0, 4, unet_steps=((0.0, 0.0), (0.5, 1.0)), blocks="INS")]
    assert take_networks("<lora:ink:0.5:1@0,0@1>")[1] == [
        Network("lora", "ink", 0.5, 1.0, unet_steps=((0.0, 1.0), (1.0, 0.0)))
    ]
