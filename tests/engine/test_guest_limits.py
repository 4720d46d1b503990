import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine.engines import finished, request, running_engine, wait_until
from webui.engine.engine import Engine
from webui.engine.guest_limits import GuestLimits, JobLimits
from webui.errors import InvalidRequest, JobsRefused
from webui.generation.series import SeriesRequest
from webui.library.encoding import encode_png

ANN, BOB = "guest:ann", "guest:bob"
SLOW = "slow"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with running_engine(tmp_path) as engine:
        yield engine


def test_a_guest_waits_until_one_of_the_jobs_is_done(engine: Engine) -> None:
    engine.job_limits.allow(ANN, JobLimits(waiting=2))
    engine.submit(request(SLOW, steps=100))
    first = engine.submit(request("a"), ANN)
    engine.submit(request("b"), ANN)
    with pytest.raises(JobsRefused, match="You have 2 jobs waiting; wait until one is done"):
        engine.submit(request("c"), ANN)
    engine.cancel(first.id)
    engine.submit(request("c"), ANN)


def test_a_guest_has_so_many_jobs_in_all_and_others_their_own(engine: Engine) -> None:
    for owner in (ANN, BOB):
        engine.job_limits.allow(owner, JobLimits(in_all=1))
    finished(engine, engine.submit(request(), ANN))
    with pytest.raises(JobsRefused, match="gives each guest 1 job, and you have made 1"):
        engine.submit(request(), ANN)
    engine.submit(request(), BOB)
    engine.submit(request(), "account:cy")


def test_ten_requests_at_once_do_not_slip_past_the_limit(engine: Engine) -> None:
    engine.job_limits.allow(ANN, JobLimits(waiting=3))
    engine.submit(request(SLOW, steps=100))
    refused: list[JobsRefused] = []

    def submit() -> None:
        try:
            engine.submit(request(), ANN)
        except JobsRefused as error:
            refused.append(error)

    threads = [threading.Thread(target=submit) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    assert len(engine.jobs(ANN)) == 3


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("batch_count", {"batch_size": 4, "batch_count": 3}),
        ("batch_count", {"video": {"frames": 25}}),
        ("steps", {"steps": 61}),
        ("steps", {"hires": {"steps": 61, "scale": 1}}),
        ("width", {"width": 2048, "height": 2048}),
        ("width", {"width": 1024, "height": 1024, "hires": {"scale": 2}}),
        ("width", {"width": 64, "height": 2048, "hires": {"width": 1024}}),
    ],
)
def test_what_is_larger_than_guests_may_ask_for_is_refused_by_its_field(field: str, changes: dict[str, Any]) -> None:
    limits = GuestLimits(lambda _: (0, 0))
    limits.allow(ANN, JobLimits())
    with pytest.raises(InvalidRequest) as refused:
        limits.check(ANN, request(**changes))
    assert refused.value.field == field
    limits.check("account:cy", request(**changes))
    limits.check("", request(**changes))


def test_styles_and_lists_of_words_are_not_there_for_guests(engine: Engine) -> None:
    engine.job_limits.allow(ANN, JobLimits())
    engine.job_limits.allow(BOB, JobLimits(house_words=True))
    folder = engine.settings.data_dir / "wildcards"
    folder.mkdir(parents=True)
    (folder / "treasure.txt").write_text("gold\n")
    for asked, said in (
        (request(styles=("Of the house",)), "there is no style 'Of the house'"),
        (request("a __treasure__"), "there is no wildcard list 'treasure'"),
        (request(hires={"prompt": "a {__treasure__|x}"}), "there is no wildcard list 'treasure'"),
    ):
        with pytest.raises(InvalidRequest, match=said):
            engine.submit(asked, ANN)
    engine.submit(request("a __treasure__"), BOB)


def test_a_guest_brings_so_many_bytes_and_the_same_picture_counts_once(engine: Engine) -> None:
    engine.job_limits.allow(ANN, JobLimits(upload_bytes=200))
    first = engine.keep_picture(_noise(1), ANN).id
    with pytest.raises(JobsRefused, match="which is what guests may bring"):
        engine.keep_picture(_noise(2), ANN)
    for owner in ("", "account:cy"):
        for seed in (1, 2):
            engine.keep_picture(_noise(seed), owner)
    engine.job_limits.allow(BOB, JobLimits(upload_bytes=10**9))
    assert engine.keep_picture(_noise(1), BOB).id == first
    assert engine.keep_picture(_noise(1), BOB).id == first
    size = engine.inputs.path(first).stat().st_size
    engine.job_limits.allow(BOB, JobLimits(upload_bytes=size + 1))
    engine.keep_picture(_noise(2), BOB)


def _noise(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    return encode_png(pixels, "", "")


def test_a_series_counts_as_the_jobs_that_it_makes(engine: Engine) -> None:
    engine.job_limits.allow(ANN, JobLimits(waiting=3))
    values = {"kind": "plot", "request": request().model_dump(), "x": {"type": "Seed", "values": "1, 2, 3, 4"}}
    with pytest.raises(JobsRefused, match="This makes 4 jobs, and you may have 3 waiting"):
        engine.series.begin(SeriesRequest.parse(values), ANN)
    assert engine.series.recent() == [] and engine.jobs(ANN) == []


def test_whose_link_has_ended_makes_nothing_and_leaves_nothing(engine: Engine) -> None:
    engine.job_limits.allow(ANN, JobLimits())
    engine.submit(request(SLOW, steps=100))
    jobs = [engine.submit(request(), ANN).id, engine.submit(request(), ANN).id]
    other = engine.submit(request(), BOB.replace("guest", "account"))
    engine.job_limits.forget(ANN)
    engine.cancel_owned(ANN)
    assert [engine.job(job).status for job in jobs] == ["cancelled", "cancelled"]
    assert engine.job(other.id).active
    with pytest.raises(JobsRefused, match="has ended"):
        engine.submit(request(), ANN)


def test_all_series_and_jobs_of_one_owner_are_cancelled(engine: Engine) -> None:
    engine.submit(request(SLOW, steps=100))
    values = {"kind": "plot", "request": request().model_dump(), "x": {"type": "Seed", "values": "1, 2"}}
    own = engine.series.begin(SeriesRequest.parse(values), "account:ann")
    other = engine.series.begin(SeriesRequest.parse(values), "account:bob")
    engine.cancel_owned("account:ann")
    assert engine.series.find(own.id).status == "cancelled"
    assert engine.series.find(other.id).active
    assert {engine.job(job).status for job in own.jobs} == {"cancelled"}


def test_what_guests_left_is_not_made_after_a_restart(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        engine.job_limits.allow(ANN, JobLimits())
        slow = engine.submit(request(SLOW, steps=20)).id
        job = engine.submit(request(), ANN).id
        wait_until(lambda: engine.job(slow).status == "running")
    with running_engine(tmp_path) as engine:
        assert engine.job(job).status == "cancelled"
        assert engine.job(slow).active
