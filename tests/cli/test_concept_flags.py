import argparse
from pathlib import Path
from typing import Any

import pytest

from webui.cli.concept_flags import add_concept_flags, concept_values, slider_values
from webui.errors import InvalidRequest, SliderNotFound
from webui.generation.blend import Slider
from webui.generation.expression import ExpressionError
from webui.library.sliders import SliderFiles


@pytest.fixture
def kept(tmp_path: Path) -> SliderFiles:
    files = SliderFiles(tmp_path)
    for name in ("day", "sea, calm"):
        files.save(Slider(name=name, low="x", high="y", value=0.75, end=0.5))
    return files


def _values(kept: SliderFiles, flags: list[str], read: dict[str, Any] | None = None) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    add_concept_flags(parser)
    return concept_values(parser.parse_args(flags), read or {}, kept)


def test_an_expression_becomes_the_blend_of_the_request(kept: SliderFiles) -> None:
    blend = _values(kept, ["--blend", '"a" + 0.5 * ("b" - "c")', "--blend-way", "spherical"])["blend"]
    assert [(idea["prompt"], idea["weight"]) for idea in blend["ideas"]] == [("a", 1.0), ("b", 0.5), ("c", -0.5)]
    assert blend["way"] == "spherical"


def test_a_way_alone_holds_for_the_blend_that_was_read_and_needs_one(kept: SliderFiles) -> None:
    read = {"blend": {"ideas": [{"prompt": "a", "weight": 1.0}], "way": "linear"}}
    assert _values(kept, ["--blend-way", "spherical"], read)["blend"]["way"] == "spherical"
    with pytest.raises(InvalidRequest, match="there is no blend"):
        _values(kept, ["--blend-way", "spherical"])


def test_a_faulty_expression_is_told_with_its_place(kept: SliderFiles) -> None:
    with pytest.raises(ExpressionError) as raised:
        _values(kept, ["--blend", '"a" * "b"'])
    assert "^" in (raised.value.hint or "")


def test_without_flags_nothing_is_said(kept: SliderFiles) -> None:
    assert _values(kept, [], {"blend": {"ideas": []}}) == {}


def test_a_name_and_a_value_become_a_slider_of_the_request(kept: SliderFiles) -> None:
    day, calm = slider_values(["day=-1.5", "sea, calm=2"], kept)
    assert day == {"name": "day", "low": "x", "high": "y", "value": -1.5, "start": 0.0, "end": 0.5}
    assert (calm["name"], calm["value"]) == ("sea, calm", 2.0)


def test_a_name_alone_stands_where_it_was_kept(kept: SliderFiles) -> None:
    assert slider_values(["day"], kept)[0]["value"] == 0.75


def test_what_is_not_kept_and_what_is_no_number_are_told_in_a_sentence(kept: SliderFiles) -> None:
    with pytest.raises(SliderNotFound, match="There is no slider 'night'"):
        slider_values(["night=1"], kept)
    with pytest.raises(InvalidRequest, match="'much' is no number"):
        slider_values(["day=much"], kept)
