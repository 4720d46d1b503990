from pathlib import Path

import pytest

from webui.cli.slider_flag import slider_values
from webui.errors import InvalidRequest, SliderNotFound
from webui.generation.blend import Slider
from webui.library.sliders import SliderFiles


@pytest.fixture
def kept(tmp_path: Path) -> SliderFiles:
    files = SliderFiles(tmp_path)
    for name in ("day", "sea, calm"):
        files.save(Slider(name=name, low="x", high="y", value=0.75, end=0.5))
    return files


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
