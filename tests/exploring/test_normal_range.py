import random
from collections.abc import Mapping
from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.exploring.normal_range import NormalRange

NAMES = [f"channel {channel} {kind}" for channel in range(1, 5) for kind in ("mean", "deviation", "high frequencies")]


def _pictures(count: int, seed: int = 0) -> list[Mapping[str, float]]:
    """Normal pictures: each statistic has a mean and a spread of its own."""
    chance = random.Random(seed)
    return [{name: chance.gauss(place, 1 + place) for place, name in enumerate(NAMES)} for _ in range(count)]


def test_normal_pictures_have_about_one_and_hardly_any_reach_the_edge() -> None:
    found = NormalRange.of(_pictures(64))
    others = [found.strangeness(picture) for picture in _pictures(1000, seed=1)]
    assert 0.8 < sum(others) / 1000 < 1.8
    assert sum(each > found.edge for each in others) <= 30


def test_the_edge_of_few_pictures_is_no_nearer_than_that_of_many() -> None:
    assert NormalRange.of(_pictures(12)).edge > NormalRange.of(_pictures(200)).edge


def test_strangeness_grows_with_the_distance_and_is_that_of_the_strangest_kind() -> None:
    found = NormalRange.of(_pictures(64))
    middle = {name: spread.mean for name, spread in found.spreads.items()}
    assert found.strangeness(middle) == 0
    rough = {
        name: spread.mean + (3 * spread.deviation if name.endswith("high frequencies") else 0)
        for name, spread in found.spreads.items()
    }
    assert found.strangeness(rough) == pytest.approx(3)


def test_a_statistic_without_any_spread_makes_whatever_differs_strange() -> None:
    pictures = [{**picture, "channel 9 mean": 1.0} for picture in _pictures(20)]
    found = NormalRange.of(pictures)
    assert found.strangeness({**pictures[0], "channel 9 mean": 1.1}) > 1000
    assert found.strangeness(pictures[0]) < 10


def test_the_statistics_of_another_kind_of_model_are_refused() -> None:
    with pytest.raises(InvalidRequest):
        NormalRange.of(_pictures(20)).strangeness({"channel 1 mean": 0.0})


def test_too_few_pictures_tell_nothing() -> None:
    with pytest.raises(ValueError, match="do not tell"):
        NormalRange.of(_pictures(7))


def test_what_is_kept_comes_back() -> None:
    found = NormalRange.of(_pictures(20))
    assert NormalRange.from_json(found.as_json()) == found


@pytest.mark.parametrize(
    "change", [{"edge": "far"}, {"edge": float("nan")}, {"edge": 0}, {"statistics": []}, {"statistics": [{}]}]
)
def test_damaged_values_are_no_range(change: dict[str, Any]) -> None:
    assert NormalRange.from_json(NormalRange.of(_pictures(20)).as_json() | change) is None
    assert NormalRange.from_json({}) is None
