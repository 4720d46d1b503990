"""A worker's questions without its threads: what is worked on, and when."""

import pytest

from webui.engine.looks import Answered, LookAttention, Looking, LookStep, LookStrip, Question
from webui.engine.messages import Answer, Look
from webui.engine.worker_looks import WorkerLooks
from webui.generation.request import GenerationRequest

ID = "a" * 32
CALLS = 5
WORDS = LookAttention(trajectory=ID, step=1, model="fake", of="influence")
SHARP = LookStep(trajectory=ID, step=1, view="x0", model="fake")
STRIP = LookStrip(trajectory=ID, view="x0")


class _Generator:
    """Needs `CALLS` calls of its model for words, one for other views of steps, and none for strips."""

    def __init__(self) -> None:
        self.called: list[str] = []

    def describe(self) -> dict[str, str | None]:
        return {"model": "fake"}

    def looking(self, question: Question) -> Looking:
        for call in range(CALLS if question.kind == "attention" else 1):
            if call:
                yield
            self.called.append(question.kind)
        return Answered(values={"kind": question.kind})


class _Desk:
    """What came to a worker, and what it answered."""

    def __init__(self) -> None:
        self.generator = _Generator()
        self.answers: list[str] = []
        self.looks = WorkerLooks(self._answered)

    def ask(self, look: str, question: Question) -> None:
        self.looks.take(Look(id=look, question=question.model_dump(mode="json")))

    def work(self) -> bool:
        return self.looks.answer_when_idle(self.generator)

    def _answered(self, answer: Answer) -> None:
        assert not answer.error
        self.answers.append(answer.id)


@pytest.fixture
def desk() -> _Desk:
    return _Desk()


def test_a_question_of_many_calls_is_worked_on_call_by_call_until_it_is_answered(desk: _Desk) -> None:
    desk.ask("words", WORDS)
    assert [desk.work() for _ in range(CALLS)] == [True] * (CALLS - 1) + [False]
    assert (desk.answers, desk.generator.called) == (["words"], ["attention"] * CALLS)
    assert not desk.work()


def test_others_wait_for_one_call_of_it_only(desk: _Desk) -> None:
    desk.ask("words", WORDS)
    desk.work()
    for look, question in (("sharp", SHARP), ("strip", STRIP)):
        desk.ask(look, question)
    for _ in range(CALLS + 1):
        desk.work()
    assert desk.answers == ["strip", "sharp", "words"]
    assert desk.generator.called == ["attention", "strip", "attention", "step", *["attention"] * (CALLS - 2)]


def test_what_nobody_waits_for_ends_between_two_calls(desk: _Desk) -> None:
    desk.ask("words", WORDS)
    desk.work()
    desk.looks.forget("words")
    assert not desk.work()
    assert (desk.answers, desk.generator.called) == ([], ["attention"])


def test_what_is_left_while_the_model_is_called_for_it_is_not_called_again(desk: _Desk) -> None:
    desk.ask("words", WORDS)

    class Leaving(_Generator):
        def looking(self, question: Question) -> Looking:
            desk.looks.forget("words")
            return super().looking(question)

    desk.generator = Leaving()
    assert not desk.work()
    assert not desk.work()
    assert (desk.answers, desk.generator.called) == ([], ["attention"])


def test_a_job_waits_for_one_call_at_a_time(desk: _Desk) -> None:
    desk.ask("words", WORDS)
    desk.looks.answer_between_steps(desk.generator, GenerationRequest(prompt="a boat"))
    assert desk.generator.called == ["attention"]
    while desk.work():
        pass
    assert (desk.answers, desk.generator.called) == (["words"], ["attention"] * CALLS)
