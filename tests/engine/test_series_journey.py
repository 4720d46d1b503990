"""Journeys on a real worker process with the fake generator."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.engines import request, running_engine, wait_until
from webui.access.kinds import Kind
from webui.engine.engine import Engine
from webui.engine.series_journey import is_pilot, measuring, positions
from webui.engine.series_record import Series, SeriesStatus
from webui.errors import InvalidRequest
from webui.exploring.journey import PILOTS
from webui.generation.journey import Journey
from webui.generation.request import GenerationRequest
from webui.generation.series import SeriesRequest

BOAT = {"prompt": "a boat", "seed": 1, "frames": 4}
CASTLE = {"prompt": "a castle", "seed": 2, "frames": 8}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("journeys")) as engine:
        yield engine


def _begin(engine: Engine, *stops: dict[str, Any], owner: str = "", **options: Any) -> Series:
    shared = request(steps=2).model_dump(mode="json")
    values = {"kind": "journey", "request": shared, "stops": stops or (BOAT, CASTLE, BOAT), **options}
    return engine.series.begin(SeriesRequest.parse(values), owner)


def _ended(engine: Engine, series: Series) -> Series:
    wait_until(lambda: not engine.series.find(series.id).active)
    return engine.series.find(series.id)


def _made(engine: Engine, series: Series) -> dict[int, GenerationRequest]:
    """What was asked of each frame."""
    found = {}
    for cell in series.cells:
        assert cell.job is not None
        images = engine.job(cell.job).images
        assert len(images) == len(cell.place)
        if not is_pilot(cell):
            found |= {
                place: GenerationRequest.model_validate_json(engine.library.find(image).request)
                for place, image in zip(cell.place, images, strict=True)
            }
    return found


def test_a_journey_makes_stops_alone_and_the_frames_between_in_batches(engine: Engine) -> None:
    done = _ended(engine, _begin(engine))
    assert (done.status, done.total) == (SeriesStatus.DONE, 13)
    assert [len(cell.place) for cell in done.cells] == [1, 8, 1, 2, 1]
    made = _made(engine, done)
    assert sorted(made) == list(range(13))
    assert [made[place].prompt for place in (0, 4, 12)] == ["a boat", "a castle", "a boat"]
    assert [made[place].blend for place in (0, 4, 12)] == [None, None, None]
    assert made[1].blend is not None
    assert not made[1].points
    told = engine.series.told(done, cells=True)
    assert (told["done"], told["picture"], told["kind"]) == (13, None, "journey")


def test_the_frames_have_a_folder_of_their_own(engine: Engine) -> None:
    done = _ended(engine, _begin(engine))
    pictures = [engine.library.find(image) for cell in done.cells if cell.job for image in engine.job(cell.job).images]
    assert {str(picture.path).split("/")[1] for picture in pictures} == {"journeys"}


def test_perceptual_spacing_measures_first_and_then_makes_as_many_frames(engine: Engine) -> None:
    begun = _begin(engine, BOAT, CASTLE, spacing="perceptual", loop=True)
    assert measuring(begun)
    assert begun.total == 2 * PILOTS + 12
    done = _ended(engine, begun)
    assert done.status is SeriesStatus.DONE
    assert not measuring(done)
    assert len(done.result["distances"]) == 2 * PILOTS
    assert isinstance(done.wanted.options, Journey)
    places = positions(done.wanted.options, done.result)
    assert len(places) == 12
    assert {0.0, 1.0} <= set(places)
    assert sorted(_made(engine, done)) == list(range(12))
    assert engine.series.told(done)["done"] == done.total


def test_random_seeds_are_fixed_when_a_journey_is_accepted(engine: Engine) -> None:
    begun = _begin(engine, BOAT | {"seed": -1}, CASTLE)
    assert isinstance(begun.wanted.options, Journey)
    drawn = begun.wanted.options.stops[0].seed
    assert drawn >= 0
    made = _made(engine, _ended(engine, begun))
    assert {made[place].seed for place in range(4)} == {drawn}


def test_what_cannot_be_blended_is_told_before_anything_is_made(engine: Engine) -> None:
    before = len(engine.jobs())
    with pytest.raises(InvalidRequest, match="different networks") as refused:
        _begin(engine, BOAT, CASTLE | {"prompt": "a castle <lora:ink:1>"})
    assert refused.value.field == "stops.0"
    assert len(engine.jobs()) == before


def test_a_cancelled_journey_keeps_what_was_made(engine: Engine) -> None:
    series = _begin(engine, BOAT, CASTLE | {"prompt": "a slow castle"}, batch_size=1)
    first = series.jobs[0]
    wait_until(lambda: not engine.job(first).active)
    assert engine.series.cancel(series.id).status is SeriesStatus.CANCELLED
    wait_until(lambda: not any(engine.job(job).active for job in series.jobs))
    assert engine.job(first).images
    assert engine.job(series.jobs[-1]).status.value == "cancelled"


def test_a_journey_belongs_to_who_began_it(engine: Engine) -> None:
    done = _ended(engine, _begin(engine, owner="user:mia"))
    assert done.owner == "user:mia"
    image = engine.job(done.jobs[0]).images[0]
    assert engine.ownership.owns("user:mia", Kind.PICTURE, image)
    assert not engine.ownership.owns("user:ben", Kind.PICTURE, image)
    assert [each.id for each in engine.series.recent(scope="user:mia")] == [done.id]


def test_a_journey_is_gone_on_with_after_a_restart_in_the_middle_of_measuring(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        series = _begin(engine, BOAT | {"prompt": "a slow boat"}, CASTLE, spacing="perceptual")
        wait_until(lambda: engine.job(series.jobs[0]).step >= 1)
    # As if the server had died before the last of the quick pictures was in the queue.
    with sqlite3.connect(tmp_path / "data" / "darkroom.sqlite3") as database:
        database.execute("DELETE FROM jobs WHERE id = ?", (series.jobs[-1],))
    database.close()
    with running_engine(tmp_path) as engine:
        done = _ended(engine, series)
        assert done.status is SeriesStatus.DONE
        assert list(done.jobs[: len(series.jobs)]) == list(series.jobs)
        assert sorted(_made(engine, done)) == list(range(5))


def test_a_worker_that_dies_between_frames_loses_none(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        series = _begin(engine, BOAT, CASTLE | {"prompt": f"a castle, die once {tmp_path / 'died'}"})
        done = _ended(engine, series)
        assert done.status is SeriesStatus.DONE
        assert sorted(_made(engine, done)) == list(range(5))
