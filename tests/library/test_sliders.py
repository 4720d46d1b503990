import json
from pathlib import Path

import pytest

from webui.errors import InvalidRequest, SliderNotFound
from webui.generation.blend import Slider
from webui.library.sliders import SLIDERS, SliderFiles, slider_of

DAY = Slider(name="Day, night", low="by day", high="at night", value=0.5, start=0.1, end=0.9)


def test_what_is_kept_comes_back_as_it_was(tmp_path: Path) -> None:
    files = SliderFiles(tmp_path)
    files.save(DAY)
    assert files.find(DAY.name) == DAY
    assert files.all() == ([DAY], [])


def test_a_file_is_small_readable_and_named_like_its_slider(tmp_path: Path) -> None:
    SliderFiles(tmp_path).save(DAY)
    (path,) = (tmp_path / SLIDERS).iterdir()
    assert path.name == "Day, night.json"
    assert json.loads(path.read_text()) == {"low": "by day", "high": "at night", "value": 0.5, "start": 0.1, "end": 0.9}


def test_two_prompts_are_enough_for_a_file_written_by_hand(tmp_path: Path) -> None:
    (tmp_path / SLIDERS).mkdir()
    (tmp_path / SLIDERS / "season.json").write_text('{"low": "summer", "high": "winter"}')
    assert SliderFiles(tmp_path).find("season") == Slider(name="season", low="summer", high="winter", value=1.0)


def test_saving_again_replaces_and_removing_removes(tmp_path: Path) -> None:
    files = SliderFiles(tmp_path)
    files.save(DAY)
    files.save(DAY.model_copy(update={"high": "at midnight"}))
    assert files.find(DAY.name).high == "at midnight"
    files.remove(DAY.name)
    assert files.all() == ([], [])
    with pytest.raises(SliderNotFound):
        files.remove(DAY.name)


@pytest.mark.parametrize("name", ["", "../secret", "a/b", "a\\b", ".hidden", "a.", "nul", "x" * 61, "a\n", "a:b", " a"])
def test_a_name_that_cannot_be_a_file_here_or_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        SliderFiles(tmp_path).save(DAY.model_copy(update={"name": name}))
    assert raised.value.field == "name"
    assert not (tmp_path / SLIDERS).exists()


def test_names_in_any_script_are_kept(tmp_path: Path) -> None:
    files = SliderFiles(tmp_path)
    files.save(DAY.model_copy(update={"name": "Größe 大"}))
    assert [slider.name for slider in files.all()[0]] == ["Größe 大"]


@pytest.mark.parametrize("content", ["{", "[]", '{"low": "x"}', '{"low": "x", "high": "y", "value": 99}', "[" * 9_999])
def test_a_damaged_file_is_named_in_a_sentence_and_hides_no_other(tmp_path: Path, content: str) -> None:
    files = SliderFiles(tmp_path)
    files.save(DAY)
    (tmp_path / SLIDERS / "broken.json").write_text(content)
    sliders, problems = files.all()
    assert sliders == [DAY]
    assert len(problems) == 1 and problems[0].startswith("broken.json")
    with pytest.raises(SliderNotFound):
        files.find("broken")


def test_of_a_name_that_is_not_there_those_are_told_that_are(tmp_path: Path) -> None:
    files = SliderFiles(tmp_path)
    files.save(DAY)
    with pytest.raises(SliderNotFound) as raised:
        files.find("season")
    assert DAY.name in str(raised.value.hint)


def test_values_that_no_slider_has_are_refused_by_their_field() -> None:
    with pytest.raises(InvalidRequest) as raised:
        slider_of("a", {"low": "x", "high": "y", "start": 2})
    assert raised.value.field == "start"
