import threading

import pytest

from webui.engine.looks import Answered, LookStrip, Question, Wanted, always
from webui.engine.view_cache import ViewCache
from webui.errors import LookFailed, LookGivenUp


def _question(number: int) -> Question:
    return LookStrip(trajectory=f"{number:032x}", view="x0")


class _Asked:
    """Answers, and counts how often it was asked."""

    def __init__(self, size: int = 10) -> None:
        self.count = 0
        self._size = size

    def __call__(self, anyone: Wanted = always) -> Answered:
        self.count += 1
        return Answered(parts=(b"x" * self._size,))


def test_the_same_question_is_asked_once() -> None:
    cache, ask = ViewCache(), _Asked()
    first = cache.answer(_question(1), ask)
    assert cache.answer(_question(1), ask) is first
    assert ask.count == 1
    cache.answer(_question(2), ask)
    assert ask.count == 2


def test_the_answers_that_were_not_asked_for_longest_go_first() -> None:
    cache, asked = ViewCache(max_bytes=30_000), [_Asked(10_000) for _ in range(4)]
    for number in (0, 1, 0, 2):  # two fit; 1 goes
        cache.answer(_question(number), asked[number])
    for number in (2, 0):
        cache.answer(_question(number), asked[number])
    cache.answer(_question(1), asked[1])
    assert [each.count for each in asked[:3]] == [1, 2, 1]


def test_an_answer_larger_than_the_memory_is_given_and_not_kept() -> None:
    cache, ask = ViewCache(max_bytes=100), _Asked(1_000)
    for _ in range(2):
        assert cache.answer(_question(1), ask).parts
    assert ask.count == 2


def test_an_error_is_told_and_the_question_can_be_asked_again() -> None:
    cache, ask = ViewCache(), _Asked()

    def fail(anyone: Wanted) -> Answered:
        raise LookFailed("The worker is busy.")

    with pytest.raises(LookFailed):
        cache.answer(_question(1), fail)
    assert cache.answer(_question(1), ask).parts


def test_what_is_asked_twice_at_once_is_answered_once() -> None:
    cache, ask, begun, go = ViewCache(), _Asked(), threading.Event(), threading.Event()
    answers: list[Answered] = []

    def slowly(anyone: Wanted) -> Answered:
        begun.set()
        assert go.wait(10)
        return ask()

    def want() -> None:
        answers.append(cache.answer(_question(1), slowly))

    threads = [threading.Thread(target=want) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert begun.wait(10)
    go.set()
    for thread in threads:
        thread.join()
    assert ask.count == 1
    assert len(answers) == 3


def test_nothing_is_left_after_clearing() -> None:
    cache, ask = ViewCache(), _Asked()
    cache.answer(_question(1), ask)
    cache.clear()
    cache.answer(_question(1), ask)
    assert ask.count == 2


class _Slow:
    """Answers when it may, unless nobody wants it any more."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()
        self.count = 0

    def __call__(self, anyone: Wanted) -> Answered:
        self.count += 1
        self.begun.set()
        while not self.go.wait(0.01):
            if not anyone():
                raise LookGivenUp("Nobody waits.")
        return Answered(parts=(b"x",))


def test_who_asked_first_may_leave_and_the_others_get_their_answer() -> None:
    cache, ask, left = ViewCache(), _Slow(), threading.Event()
    answers: list[Answered] = []
    first = threading.Thread(target=lambda: answers.append(cache.answer(_question(1), ask, lambda: not left.is_set())))
    other = threading.Thread(target=lambda: answers.append(cache.answer(_question(1), ask)))
    first.start()
    assert ask.begun.wait(10)
    other.start()
    left.set()
    ask.go.set()
    first.join()
    other.join()
    assert answers
    assert {each.parts for each in answers} == {(b"x",)}


def test_what_nobody_wants_is_given_up() -> None:
    cache, ask, left = ViewCache(), _Slow(), threading.Event()
    refused: list[LookGivenUp] = []

    def want() -> None:
        with pytest.raises(LookGivenUp) as raised:
            cache.answer(_question(1), ask, lambda: not left.is_set())
        refused.append(raised.value)

    threads = [threading.Thread(target=want) for _ in range(3)]
    for thread in threads:
        thread.start()
    assert ask.begun.wait(10)
    left.set()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    ask.go.set()
    assert cache.answer(_question(1), ask).parts
