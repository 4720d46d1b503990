import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from webui.exploring.plane import Place, inverse_distance_weights, is_inside, triangle_weights

SQUARE: list[Place] = [(0, 0), (1, 0), (0, 1), (1, 1)]
LINE: list[Place] = [(0, 0), (2, 2), (1, 1)]
_COORDINATES = st.integers(-50, 50).map(lambda n: n / 10)
_PLACE = st.tuples(_COORDINATES, _COORDINATES)
_PLACES = st.lists(_PLACE, min_size=3, max_size=12)


@settings(deadline=None, max_examples=60)
@given(_PLACES, _PLACE, st.floats(0.1, 20))
def test_weights_by_distance_sum_to_one_and_are_none_below_zero(places: list[Place], at: Place, power: float) -> None:
    weights = inverse_distance_weights(places, at, power)
    assert math.fsum(weights) == pytest.approx(1, abs=1e-12)
    assert min(weights) >= 0


@settings(deadline=None, max_examples=60)
@given(_PLACES, _PLACE)
def test_weights_by_triangles_sum_to_one_and_lead_back_to_the_point(places: list[Place], at: Place) -> None:
    weights = triangle_weights(places, at)
    assert math.fsum(weights) == pytest.approx(1, abs=1e-9)
    if not _collinear(places):
        for axis in (0, 1):
            assert math.fsum(w * place[axis] for w, place in zip(weights, places, strict=True)) == pytest.approx(
                at[axis], abs=1e-5
            )


@settings(deadline=None, max_examples=60)
@given(_PLACES, _PLACE)
def test_inside_is_where_no_triangle_has_to_be_extended(places: list[Place], at: Place) -> None:
    assume(not _collinear(places))
    assert is_inside(places, at) == (min(triangle_weights(places, at)) >= -1e-9)


@settings(deadline=None, max_examples=60)
@given(_PLACES, st.data())
def test_at_a_place_that_nobody_shares_it_is_exactly_that_one(places: list[Place], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(places) - 1))
    assume(places.count(places[index]) == 1)
    alone = tuple(float(each == index) for each in range(len(places)))
    assert inverse_distance_weights(places, places[index], 2) == alone
    assert triangle_weights(places, places[index]) == alone
    assert is_inside(places, places[index])


def test_places_that_lie_together_share_what_falls_to_them() -> None:
    places: list[Place] = [(0, 0), (1, 0), (0, 0), (0, 1)]
    assert inverse_distance_weights(places, (0, 0), 2) == triangle_weights(places, (0, 0)) == (0.5, 0, 0.5, 0)
    assert triangle_weights(places, (0.5, 0)) == pytest.approx((0.25, 0.5, 0.25, 0))
    apart = inverse_distance_weights(places, (0.5, 0.5), 2)
    assert apart == pytest.approx((0.25,) * 4)


def test_weights_by_distance_are_those_of_shepard() -> None:
    assert inverse_distance_weights([(0, 0), (3, 0), (0, 6)], (1, 0), 2) == pytest.approx(
        tuple(w / (1 + 1 / 4 + 1 / 37) for w in (1, 1 / 4, 1 / 37))
    )
    near = inverse_distance_weights([(0, 0), (3, 0), (0, 6)], (1, 0), 20)
    assert near[0] > 0.999999


def test_a_point_in_a_triangle_has_its_barycentric_coordinates() -> None:
    corners: list[Place] = [(0, 0), (1, 0), (0, 1)]
    assert triangle_weights(corners, (0.2, 0.3)) == pytest.approx((0.5, 0.2, 0.3))
    assert triangle_weights(corners, (0.5, 0.5)) == pytest.approx((0, 0.5, 0.5))
    assert triangle_weights([*corners, (5, 5)], (0.2, 0.3))[3] == 0


def test_beyond_the_hull_weights_fall_below_zero_and_exceed_one() -> None:
    assert triangle_weights([(0, 0), (1, 0), (0, 1)], (2, 0)) == pytest.approx((-1, 2, 0))
    assert triangle_weights([(0, 0), (1, 0), (0, 1)], (-1, -1)) == pytest.approx((3, -1, -1))
    assert not is_inside(SQUARE, (1.01, 0.5)) and is_inside(SQUARE, (1, 0.5)) and is_inside(SQUARE, (0.3, 0.9))


def test_on_one_line_the_two_neighbours_count() -> None:
    assert triangle_weights(LINE, (0.5, 0.5)) == pytest.approx((0.5, 0, 0.5))
    assert triangle_weights(LINE, (1.5, 1.5)) == pytest.approx((0, 0.5, 0.5))
    assert is_inside(LINE, (1.5, 1.5))


def test_beyond_a_line_its_ends_go_on_and_beside_it_the_foot_counts() -> None:
    assert triangle_weights(LINE, (3, 3)) == pytest.approx((0, 2, -1))
    assert triangle_weights(LINE, (0.25, 0.75)) == pytest.approx((0.5, 0, 0.5))
    assert not is_inside(LINE, (3, 3)) and not is_inside(LINE, (0.25, 0.75))


def test_places_that_are_all_one_share_everything_everywhere() -> None:
    places: list[Place] = [(1, 1)] * 3
    assert triangle_weights(places, (1, 1)) == triangle_weights(places, (5, 0)) == pytest.approx((1 / 3,) * 3)
    assert inverse_distance_weights(places, (5, 0), 2) == pytest.approx((1 / 3,) * 3)
    assert is_inside(places, (1, 1)) and not is_inside(places, (5, 0))


@pytest.mark.parametrize("shift", [1e-10, 1e-8, 1e-6, 1e-4])
@pytest.mark.parametrize("scale", [1e-3, 1, 100])
def test_a_line_that_is_hardly_bent_gives_finite_weights(shift: float, scale: float) -> None:
    places: list[Place] = [(0, 0), (scale, shift), (2 * scale, 0), (3 * scale, shift)]
    for at in [(0.5 * scale, 0), (1.5 * scale, shift / 2), (0, 0), (scale, shift)]:
        weights = triangle_weights(places, at)
        assert all(map(math.isfinite, weights)) and math.fsum(weights) == pytest.approx(1, abs=1e-6)


def test_a_point_next_to_a_place_has_weights_that_are_next_to_its() -> None:
    for step in (1e-3, 1e-6, 1e-8, 1e-10):
        assert triangle_weights(SQUARE, (step, step))[0] == pytest.approx(1, abs=3 * step)
        assert inverse_distance_weights(SQUARE, (step, step), 2)[0] == pytest.approx(1, abs=3 * step)


def _collinear(places: list[Place]) -> bool:
    (x, y), *others = places
    return all(abs((a - x) * (d - y) - (c - x) * (b - y)) < 1e-9 for a, b in others for c, d in others)
