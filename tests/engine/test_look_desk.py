"""Questions to a real worker process with the fake generator."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.engines import finished, request, running_engine, wait_until
from webui.engine.engine import Engine
from webui.engine.look_desk import LookDesk
from webui.engine.looks import LookAttention, LookStep, LookStrip, question_of
from webui.engine.messages import Answer, Command, Look, LookAway, MalformedMessage
from webui.errors import LookFailed, LookGivenUp, ModelNotFound

ID = "a" * 32
STRIP = LookStrip(trajectory=ID, view="delta")
ENDLESS = LookAttention(trajectory=ID, step=1, model="fake")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("engine")) as engine:
        wait_until(lambda: engine.status()["worker"] == "ready")
        yield engine


def _step(model: str) -> LookStep:
    return LookStep(trajectory=ID, step=3, view="x0", model=model)


def test_a_question_is_answered_with_values_and_files(engine: Engine) -> None:
    answered = engine.look(STRIP)
    assert (answered.values["view"], answered.parts) == ("delta", (b"a strip",))


def test_strips_are_answered_while_a_job_runs_and_other_models_wait_for_its_end(engine: Engine) -> None:
    job = engine.submit(request(prompt="slow", steps=6))
    wait_until(lambda: engine.job(job.id).step >= 1)
    assert engine.look(STRIP).parts
    assert engine.look(_step("fake")).values["model"] == "fake"  # the model of the job: between two of its steps
    assert engine.job(job.id).active
    other = engine.look(_step("another"))
    ended = finished(engine, job)
    assert ended.finished is not None
    assert other.values["at"] > ended.finished - 0.5
    wait_until(lambda: engine.status()["model"] == "another")  # it is told which model is in memory now


def test_what_is_wrong_comes_back_as_the_error_it_is(engine: Engine) -> None:
    with pytest.raises(ModelNotFound, match="There is no model 'gone'") as raised:
        engine.look(_step("gone"))
    assert (raised.value.hint, raised.value.field) == ("Choose another one.", "model")


def test_an_unexpected_error_is_a_sentence_with_a_reference(engine: Engine) -> None:
    with pytest.raises(LookFailed, match="unexpected") as raised:
        engine.look(_step("break"))
    assert "reference" in raised.value.hint
    assert engine.look(STRIP).parts


def test_a_worker_that_dies_over_a_question_is_told_and_the_next_one_answers(engine: Engine) -> None:
    worker = engine.worker_pid
    with pytest.raises(LookFailed, match="stopped while it looked"):
        engine.look(_step("die"))
    wait_until(lambda: engine.worker_pid not in (None, worker) and engine.status()["worker"] == "ready")
    assert engine.look(STRIP).parts


def test_a_question_without_an_end_holds_up_neither_jobs_nor_other_views(engine: Engine) -> None:
    stop = threading.Event()

    def ask() -> None:
        with pytest.raises(LookGivenUp):
            engine.look(ENDLESS, wanted=lambda: not stop.is_set())

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.3)
    assert engine.look(LookStrip(trajectory=ID, view="x0")).parts
    assert engine.look(_step("fake").model_copy(update={"step": 5})).values["model"] == "fake"
    assert finished(engine, engine.submit(request())).status == "done"
    stop.set()
    asking.join()


def test_what_is_not_wanted_any_more_is_given_up_in_the_worker_too(engine: Engine) -> None:
    until = time.monotonic() + 0.5
    with pytest.raises(LookGivenUp):
        engine.look(ENDLESS, wanted=lambda: time.monotonic() < until)
    # Another model is not loaded before a question that was begun has ended.
    assert engine.look(_step("other"), timeout_s=10).values["model"] == "other"


class _Silent:
    """A worker that never answers."""

    def __init__(self) -> None:
        self.told: list[Command] = []

    def send(self, command: Command) -> None:
        self.told.append(command)


def test_who_does_not_want_to_wait_longer_is_told_why_and_the_worker_too() -> None:
    worker = _Silent()
    with pytest.raises(LookFailed, match="busy"):
        LookDesk().ask(worker, STRIP, timeout_s=0.01)
    look, away = worker.told
    assert isinstance(look, Look)
    assert away == LookAway(id=look.id)


def test_the_worker_is_told_at_once_what_is_not_wanted() -> None:
    worker = _Silent()
    with pytest.raises(LookGivenUp):
        LookDesk().ask(worker, STRIP, timeout_s=60, wanted=lambda: not worker.told)
    look, away = worker.told
    assert isinstance(look, Look)
    assert away == LookAway(id=look.id)


def test_without_a_worker_there_is_a_sentence_at_once() -> None:
    with pytest.raises(LookFailed, match="not running"):
        LookDesk().ask(None, STRIP, timeout_s=60)


def test_a_worker_that_died_before_it_was_asked_is_not_waited_for() -> None:
    desk, worker = LookDesk(), _Silent()
    desk.lose(worker, "it crashed")
    with pytest.raises(LookFailed, match="it crashed"):
        desk.ask(worker, STRIP, timeout_s=60)


def test_everyone_who_waits_for_a_dead_worker_is_told() -> None:
    desk, worker = LookDesk(), _Silent()
    causes: list[str] = []

    def ask() -> None:
        try:
            desk.ask(worker, STRIP, timeout_s=60)
        except LookFailed as error:
            causes.append(error.message)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    while len(worker.told) < 3:
        time.sleep(0.001)
    desk.lose(worker, "it crashed")
    for thread in threads:
        thread.join()
    assert len(causes) == 3


def test_an_answer_that_nobody_waits_for_is_dropped() -> None:
    LookDesk().take(Answer(id="unknown", values={}))


def test_a_question_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    for values in ({}, {"kind": "secrets"}, {**STRIP.model_dump(), "trajectory": "../../etc"}):
        with pytest.raises(MalformedMessage):
            question_of(values)
    assert question_of(STRIP.model_dump(mode="json")) == STRIP
