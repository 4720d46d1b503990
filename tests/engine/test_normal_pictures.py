"""The normal range of a model, measured with the tiny one."""

import shutil
from pathlib import Path

import pytest

from webui.engine import normal_pictures
from webui.engine.generate import create
from webui.engine.looks import LookNormal, LookPoints
from webui.engine.normal_pictures import FOLDER, NORMAL_FILE, PROMPTS, normal_requests
from webui.exploring.normal_range import NormalRange
from webui.generation.request import GenerationRequest
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import ModelEntry
from webui.model_manager.kept_json import read_kept

BUNDLED = Path(__file__).parents[2] / "models"
POINT = LookPoints(
    model="tiny", request=GenerationRequest(prompt="the cat", seed=3, steps=2, width=64, height=64, model="tiny")
)


@pytest.fixture(autouse=True)
def few_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight pictures of two steps each."""

    def few(entry: ModelEntry) -> list[GenerationRequest]:
        return [each.with_changes(steps=2, width=64, height=64) for each in normal_requests(entry, PROMPTS[:8])]

    monkeypatch.setattr(normal_pictures, "normal_requests", few)


def test_once_the_normal_range_is_measured_points_tell_how_strange_they_are(
    tiny_models_dir: Path, tmp_path: Path
) -> None:
    generator = create([tiny_models_dir], tmp_path)
    assert generator.look(POINT).values["pictures"][0]["strangeness"] is None
    told = generator.look(LookNormal(model="tiny")).values
    assert (told["pictures"], len(told["statistics"])) == (8, 16)
    assert told["edge"] > 1
    assert generator.look(POINT).values["pictures"][0]["strangeness"] > 0


def test_it_is_measured_once_and_kept_for_later_starts(tiny_models_dir: Path, tmp_path: Path) -> None:
    before = create([tiny_models_dir], tmp_path).look(LookNormal(model="tiny"))
    assert list((tmp_path / FOLDER).glob("*.json"))
    looking = create([tiny_models_dir], tmp_path).looking(LookNormal(model="tiny"))
    with pytest.raises(StopIteration) as end:
        next(looking)
    assert end.value.value == before


def test_a_range_of_other_statistics_that_an_older_version_kept_is_measured_anew(
    tiny_models_dir: Path, tmp_path: Path
) -> None:
    create([tiny_models_dir], tmp_path).look(LookNormal(model="tiny"))
    (kept,) = (tmp_path / FOLDER).glob("*.json")
    kept.write_text(kept.read_text().replace("tails", "kurtosis"))
    told = create([tiny_models_dir], tmp_path).look(LookNormal(model="tiny")).values
    assert any("tails" in each["name"] for each in told["statistics"])


def test_one_beside_the_weights_that_is_older_does_not_hide_what_was_measured_since(
    tiny_models_dir: Path, tmp_path: Path
) -> None:
    models, data = Path(shutil.copytree(tiny_models_dir, tmp_path / "models")), tmp_path / "data"
    before = create([models], data).look(LookNormal(model="tiny"))
    (kept,) = (data / FOLDER).glob("*.json")
    (models / "checkpoints" / "tiny" / NORMAL_FILE).write_text(kept.read_text().replace("tails", "kurtosis"))
    looking = create([models], data).looking(LookNormal(model="tiny"))
    with pytest.raises(StopIteration) as end:
        next(looking)
    assert end.value.value == before


def test_other_weights_have_another_range(tiny_models_dir: Path, tmp_path: Path) -> None:
    generator = create([tiny_models_dir], tmp_path)
    generator.look(LookNormal(model="tiny"))
    next(generator.looking(LookNormal(model="tiny", weights="others")))


def test_what_was_walked_stays_when_nobody_waits_any_more(tiny_models_dir: Path, tmp_path: Path) -> None:
    generator = create([tiny_models_dir], tmp_path)
    whole = sum(1 for _ in create([tiny_models_dir], tmp_path / "other").looking(LookNormal(model="tiny")))
    given_up = generator.looking(LookNormal(model="tiny"))
    for _ in range(5):
        next(given_up)
    given_up.close()
    assert sum(1 for _ in generator.looking(LookNormal(model="tiny"))) < whole


def test_the_bundled_model_comes_with_its_range() -> None:
    folder = BUNDLED / "checkpoints" / "postcard"
    found = NormalRange.from_json(read_kept(folder / NORMAL_FILE))
    assert found is not None
    assert (found.pictures, len(found.spreads)) == (240, 64)


def test_a_model_is_measured_with_what_people_start_with(tmp_path: Path) -> None:
    entry = Catalogue((BUNDLED,), tmp_path).find("postcard")
    requests = normal_requests(entry)
    assert len({request.seed for request in requests}) == len(requests) == 32
    assert {(request.width, request.height) for request in requests} == {(entry.default_width, entry.default_height)}
