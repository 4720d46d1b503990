"""Figures that count what the judge says."""

import pytest
import torch

from bundled_model.judging.accuracy import accuracy, confusions, scenes_measured, table
from bundled_model.scenes.attributes import ATTRIBUTES

NAMES = list(ATTRIBUTES)


def labelled(scenes: int, **labels: str) -> torch.Tensor:
    """Scenes whose attributes all have their first label, but for those given."""
    rows = torch.zeros(scenes, len(ATTRIBUTES), dtype=torch.long)
    for name, label in labels.items():
        rows[:, NAMES.index(name)] = ATTRIBUTES[name].index(label)
    return rows


def test_accuracy_is_the_share_of_pictures_read_right_in_percent() -> None:
    true = labelled(4)
    read = true.clone()
    read[0, 0] = 1
    figures = accuracy(read, true)
    assert figures["style"] == 75
    assert figures["sky"] == 100
    assert figures["all"] == 75
    assert figures["mean"] == pytest.approx((75 + 5 * 100) / 6, abs=0.1)


def test_places_counts_colours_and_seasons_count_over_the_scenes_that_have_them() -> None:
    true = torch.cat([labelled(3), labelled(1, count="2", colour="red")])
    read = true.clone()
    read[:, NAMES.index("count")] = ATTRIBUTES["count"].index("3")
    assert scenes_measured(true)["count"] == scenes_measured(true)["colour"] == 1
    assert scenes_measured(true)["season"] == 0
    figures = accuracy(read, true)
    assert figures["count"] == 0
    assert figures["colour"] == 100
    assert figures["all"] == 75
    assert "season" not in figures


def test_the_commonest_mistakes_are_told_with_how_often_they_happen() -> None:
    true, read = labelled(5, sky="storm"), labelled(5, sky="storm")
    read[:3, NAMES.index("sky")] = ATTRIBUTES["sky"].index("rain")
    found = confusions(read, true)
    assert found["sky"] == ["storm as rain: 3 of 5"]
    assert found["style"] == []


def test_the_table_has_a_row_for_each_attribute_and_two_for_all_of_them() -> None:
    figures = dict.fromkeys([*ATTRIBUTES, "mean", "all"], 99.5)
    rows = table(
        {"judge": figures, "drawn": figures, "generated": figures}, dict.fromkeys(ATTRIBUTES, 1000)
    ).splitlines()
    assert len(rows) == 2 + len(ATTRIBUTES) + 2
    assert {row.count("|") for row in rows} == {7}
    assert rows[7] == "| light place | 3 | 1,000 | 99.5 % | 99.5 % | 99.5 % |"
