import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.engines import LONG, request, running_engine, wait_until
from webui.access.principal import HOUSE
from webui.engine.engine import Engine
from webui.engine.jobs import JobStatus
from webui.errors import GenerationFailed, ModelNotFound
from webui.library.library import picture_id
from webui.server.making import Made, NotMade, make


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("making")) as engine:
        yield engine


class _Client(threading.Thread):
    """Waits in a thread for what is made, and may hang up."""

    def __init__(self, engine: Engine, **wanted: Any) -> None:
        super().__init__(daemon=True)
        self.result: Made | Exception | None = None
        self.stays = True
        self._engine = engine
        self._wanted = wanted
        self.start()

    def run(self) -> None:
        try:
            self.result = make(self._engine, request(**self._wanted), HOUSE, lambda: self.stays)
        except NotMade as error:
            self.result = error

    def hang_up(self) -> None:
        self.stays = False
        self.join(LONG)


def _job_called(engine: Engine, prompt: str) -> str:
    def found() -> list[str]:
        return [job.id for job in engine.jobs() if job.request.prompt == prompt and job.status is JobStatus.RUNNING]

    wait_until(found)
    return found()[0]


def test_the_pictures_of_a_job_come_in_their_order(engine: Engine) -> None:
    made = make(engine, request(batch_size=2, batch_count=2), HOUSE)
    assert made.job.status is JobStatus.DONE
    assert [picture.seed for picture in made.pictures] == [7, 8, 9, 10]
    assert all(picture_id(engine.library.read(picture.id)) == picture.id for picture in made.pictures)


def test_each_event_is_told_to_who_waits(engine: Engine) -> None:
    told: list[str] = []
    make(engine, request(steps=2), HOUSE, tell=lambda event: told.append(event["type"]))
    assert told[0] == "queued"
    assert told.count("step_done") == 2
    assert told[-1] == "finished"


def test_a_job_that_fails_is_told_in_its_own_sentence(engine: Engine) -> None:
    with pytest.raises(GenerationFailed, match="not numbers at step 2") as failed:
        make(engine, request("fail"), HOUSE)
    assert failed.value.hint == "Lower the CFG scale."


def test_what_cannot_be_accepted_is_told_at_once(engine: Engine) -> None:
    with pytest.raises(ModelNotFound):
        make(engine, request(model="none"), HOUSE)


def test_a_cancelled_job_gives_the_pictures_that_it_had(engine: Engine) -> None:
    client = _Client(engine, prompt="slow cancelled", steps=3, batch_count=50)
    job = _job_called(engine, "slow cancelled")
    wait_until(lambda: engine.job(job).images)
    engine.cancel(job)
    client.join(LONG)
    assert isinstance(client.result, Made)
    assert client.result.job.status is JobStatus.CANCELLED
    assert 0 < len(client.result.pictures) < 50


def test_a_client_that_hangs_up_takes_its_job_with_it(engine: Engine) -> None:
    client = _Client(engine, prompt="slow and left", steps=100)
    job = _job_called(engine, "slow and left")
    client.hang_up()
    assert isinstance(client.result, NotMade)
    wait_until(lambda: engine.job(job).status is JobStatus.CANCELLED)


def test_a_job_that_somebody_else_follows_goes_on(engine: Engine) -> None:
    client = _Client(engine, prompt="slow and followed", steps=8)
    job = _job_called(engine, "slow and followed")
    subscription = engine.hub.subscribe(lambda: None, job=job)
    client.hang_up()
    assert isinstance(client.result, NotMade)
    wait_until(lambda: not engine.job(job).active)
    engine.hub.unsubscribe(subscription)
    assert engine.job(job).status is JobStatus.DONE


def test_nothing_is_submitted_for_who_has_left_already(engine: Engine) -> None:
    before = len(engine.jobs())
    with pytest.raises(NotMade):
        make(engine, request("never"), HOUSE, lambda: False)
    assert len(engine.jobs()) == before


def test_a_server_that_stops_says_so_and_keeps_the_job(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        client = _Client(engine, prompt="slow to stop", steps=100)
        job = _job_called(engine, "slow to stop")
        engine.hub.close()
        client.join(LONG)
        assert isinstance(client.result, NotMade)
        assert "The server stops." in client.result.message
        assert engine.job(job).active
