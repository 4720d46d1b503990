"""Series on a real worker process with the fake generator."""

import sqlite3
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.engine.engines import request, running_engine, wait_until
from tests.extensions.tried import enable_untried, extensions_in, write_extension
from webui.engine.engine import Engine
from webui.engine.series_record import Series, SeriesStatus
from webui.errors import InvalidRequest, SeriesNotFound
from webui.extensions.controls import Switch
from webui.generation.infotext_form import split_layout
from webui.generation.series import SeriesRequest

SHARP = """
@hookimpl
def prepare_request(request, values):
    return {"prompt": request.prompt + ", sharp"} if values["sharp"] else None
"""
SWITCH = Switch("sharp", "Sharp")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("series")
    write_extension(folder, "sharpener", SHARP)
    enable_untried(folder, "sharpener", controls=(SWITCH,))
    with running_engine(folder, extensions=extensions_in(folder)) as engine:
        yield engine


def _begin(engine: Engine, kind: str, prompt: str = "a boat", *, start: str | None = None, **options: Any) -> Series:
    wanted = request(prompt, steps=2).model_dump(mode="json")
    if start is not None:
        wanted["start"] = {"kind": "picture", "picture": start, "strength": 0.8}
    return engine.series.begin(SeriesRequest.parse({"kind": kind, "request": wanted, **options}))


def _ended(engine: Engine, series: Series) -> Series:
    wait_until(lambda: not engine.series.find(series.id).active)
    return engine.series.find(series.id)


def _open(engine: Engine, picture: str | None) -> Image.Image:
    assert picture is not None
    return Image.open(BytesIO(engine.library.file(engine.library.find(picture)).read_bytes()))


def _upload(engine: Engine, colour: str = "red") -> str:
    return engine.inputs.add(Image.new("RGB", (64, 64), colour))


STEPS = {"type": "Steps", "values": "1-3"}
SEEDS = {"type": "Seed", "values": "5, 6"}


def test_a_plot_makes_ordinary_pictures_and_a_grid_with_its_axes_inside(engine: Engine) -> None:
    done = _ended(engine, _begin(engine, "plot", x=STEPS, y=SEEDS))
    assert (done.status, done.total, len(done.jobs)) == (SeriesStatus.DONE, 6, 6)
    told = engine.series.told(done, cells=True)
    assert told["done"] == 6
    assert (told["result"]["x"], told["result"]["y"]) == (["Steps: 1", "Steps: 2", "Steps: 3"], ["Seed: 5", "Seed: 6"])
    for cell in told["cells"]:
        made = engine.library.find(cell["image"])
        assert (made.seed, made.job) in {(seed, cell["job"]) for seed in (5, 6)} or made.job in done.jobs
    grid = _open(engine, done.picture)
    assert grid.width >= 3 * 64
    assert grid.height >= 2 * 64
    kept = engine.library.find(told["picture"])
    pairs = split_layout(kept.infotext).pairs
    assert {key: pairs[key] for key in ("Script", "X Type", "Y Type", "Seed")} == {
        "Script": "X/Y/Z plot",
        "X Type": "Steps",
        "Y Type": "Seed",
        "Seed": "7",
    }
    assert grid.info["parameters"] == kept.infotext


def test_a_failed_cell_does_not_lose_the_rest(engine: Engine) -> None:
    done = _ended(engine, _begin(engine, "plot", x={"type": "Prompt S/R", "values": "boat, fail"}))
    told = engine.series.told(done, cells=True)
    assert [cell["status"] for cell in told["cells"]] == ["done", "failed"]
    assert "not numbers" in told["cells"][1]["problem"]
    assert done.status is SeriesStatus.DONE
    assert _open(engine, done.picture).width > 2 * 64


def test_a_series_of_which_nothing_could_be_made_says_why(engine: Engine) -> None:
    done = _ended(engine, _begin(engine, "plot", "fail", x=STEPS | {"values": "2, 3"}))
    assert done.status is SeriesStatus.FAILED
    assert "not numbers" in (done.error or "")
    assert done.picture is None


def test_a_model_that_is_not_there_is_told_before_anything_is_made(engine: Engine) -> None:
    before = len(engine.jobs())
    with pytest.raises(InvalidRequest, match="X axis, Checkpoint name, 'nosuch'") as refused:
        _begin(engine, "plot", x={"type": "Checkpoint name", "values": "fake, nosuch"})
    assert refused.value.field == "x"
    assert len(engine.jobs()) == before


def test_a_sweep_tells_distances_and_where_the_picture_tips_over(engine: Engine) -> None:
    start = _upload(engine)
    done = _ended(engine, _begin(engine, "sweep", start=start, first=0.4, last=0.6, count=3))
    # The fake generator makes one picture of all strengths: no distance at all.
    assert done.result["strengths"] == [0.4, 0.5, 0.6]
    assert done.result["distances"] == pytest.approx([0.0, 0.0], abs=1e-6)
    assert done.result["sentence"] == "The picture hardly changes between 0.40 and 0.60."
    assert _open(engine, done.picture).width == 1080


def test_a_plot_varies_the_control_of_an_extension_and_each_cell_is_prepared_with_its_value(engine: Engine) -> None:
    done = _ended(engine, _begin(engine, "plot", x={"type": "sharpener: sharp", "values": "no, yes"}))
    assert done.status is SeriesStatus.DONE
    assert [cell.request.prompt for cell in done.cells if cell.request] == ["a boat", "a boat, sharp"]
    assert [cell.labels[0] for cell in done.cells] == ["Sharp: no", "Sharp: yes"]
    with pytest.raises(InvalidRequest, match="neither yes nor no"):
        _begin(engine, "plot", x={"type": "sharpener: sharp", "values": "perhaps"})


def test_what_extensions_change_is_in_every_loop_once(engine: Engine) -> None:
    wanted = request(steps=2, extras={"sharpener": {"sharp": True}}).model_dump(mode="json")
    wanted["start"] = {"kind": "picture", "picture": _upload(engine), "strength": 0.8}
    done = _ended(engine, engine.series.begin(SeriesRequest.parse({"kind": "loopback", "request": wanted, "loops": 3})))
    assert [cell.request.prompt for cell in done.cells if cell.request] == ["a boat, sharp"] * 3


def test_a_loopback_starts_each_loop_from_the_last_picture(engine: Engine) -> None:
    start = _upload(engine, "blue")
    done = _ended(engine, _begin(engine, "loopback", start=start, loops=3, final_strength=0.4))
    assert done.status is SeriesStatus.DONE
    jobs = [engine.job(job) for job in done.jobs]
    starts = [job.request.model_dump()["start"] for job in jobs]
    assert [one["picture"] for one in starts] == [start, jobs[0].images[0], jobs[1].images[0]]
    assert [one["strength"] for one in starts] == pytest.approx([0.8, 0.6, 0.4])
    assert [job.request.seed for job in jobs] == [7, 8, 9]


def test_a_batch_makes_every_upload_and_no_grid(engine: Engine) -> None:
    pictures = [_upload(engine, colour) for colour in ("red", "green")]
    done = _ended(engine, _begin(engine, "batch", pictures=pictures))
    assert (done.status, done.picture, len(done.jobs)) == (SeriesStatus.DONE, None, 2)
    with pytest.raises(InvalidRequest, match="there is no picture"):
        _begin(engine, "batch", pictures=["f" * 32])


def test_cancelling_a_series_cancels_its_jobs(engine: Engine) -> None:
    series = _begin(engine, "plot", "slow boat", x={"type": "Steps", "values": "50, 60, 70"})
    wait_until(lambda: engine.job(series.jobs[0]).step >= 1)
    assert engine.series.cancel(series.id).status is SeriesStatus.CANCELLED
    wait_until(lambda: not any(engine.job(job).active for job in series.jobs))
    assert {engine.job(job).status.value for job in series.jobs} == {"cancelled"}
    assert engine.series.find(series.id).picture is None
    with pytest.raises(SeriesNotFound):
        engine.series.find("nosuch")


def test_everyone_hears_how_a_series_goes(engine: Engine) -> None:
    listening = engine.hub.subscribe(lambda: None)
    done = _ended(engine, _begin(engine, "plot", x=STEPS))
    told = [event.payload for event in listening.take() if event.type == "series"]
    engine.hub.unsubscribe(listening)
    assert [event["done"] for event in told if event["status"] == "running"][:1] == [0]
    assert told[-1]["status"] == "done"
    assert told[-1]["picture"] == done.picture
    assert told[-1]["width"] > 0


def test_a_series_is_gone_on_with_after_a_restart(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        series = _begin(engine, "plot", "slow boat", x={"type": "Steps", "values": "3, 4, 5"})
        other = _begin(engine, "plot", "slow boat", x=STEPS)
        wait_until(lambda: engine.job(series.jobs[0]).step >= 1)
    # As if the server had died before the last job was in the queue, and in the middle of cancelling another series.
    with sqlite3.connect(tmp_path / "data" / "darkroom.sqlite3") as database:
        database.execute("DELETE FROM jobs WHERE id = ?", (series.jobs[-1],))
        database.execute("UPDATE series SET status = 'cancelling' WHERE id = ?", (other.id,))
    database.close()
    with running_engine(tmp_path) as engine:
        done = _ended(engine, series)
        assert done.status is SeriesStatus.DONE
        assert done.jobs == series.jobs
        assert [engine.job(job).request.steps for job in done.jobs] == [3, 4, 5]
        assert _open(engine, done.picture).width >= 3 * 64
        assert [one.id for one in engine.series.recent()] == [other.id, series.id]
        assert _ended(engine, other).status is SeriesStatus.CANCELLED
        assert {engine.job(job).status.value for job in other.jobs} == {"cancelled"}
