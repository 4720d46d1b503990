from dataclasses import replace

from webui.engine.look_queue import MOST_WAITING, LookQueue, Waiting
from webui.engine.looks import Answered, LookAttention, Looking, LookNormal, LookPoints, LookRead, LookStep, LookStrip
from webui.generation.request import GenerationRequest

ID = "a" * 32


def _strip(look: str) -> Waiting:
    return Waiting(look, LookStrip(trajectory=ID, view="x0"))


def _step(look: str, model: str = "postcard") -> Waiting:
    return Waiting(look, LookStep(trajectory=ID, step=1, view="x0", model=model))


def _queue(*waiting: Waiting, now: list[float] | None = None) -> LookQueue:
    queue = LookQueue(clock=lambda: (now or [0.0])[0])
    for each in waiting:
        queue.put(each)
    return queue


def _ids(found: Waiting | None) -> str | None:
    return found.id if found else None


def test_what_needs_no_model_is_answered_first_and_the_rest_in_its_order() -> None:
    queue = _queue(_step("a"), _step("b", "other"), _strip("c"))
    assert [_ids(queue.take()) for _ in range(4)] == ["c", "a", "b", None]


def test_what_was_clicked_on_goes_before_steps_that_are_to_be_sharpened() -> None:
    attention = Waiting("c", LookAttention(trajectory=ID, step=1, model="postcard"))
    guidance = Waiting("d", LookStep(trajectory=ID, step=1, view="guidance", model="postcard"))
    queue = _queue(_step("a"), _step("b"), attention, guidance, _strip("e"))
    assert [_ids(queue.take()) for _ in range(5)] == ["e", "c", "d", "a", "b"]


def test_between_steps_only_the_model_in_memory_is_asked() -> None:
    queue = _queue(_step("a", "other"), _step("b"))
    assert _ids(queue.take_between_steps("postcard")) == "b"
    assert queue.take_between_steps("postcard") is None
    assert _ids(queue.take()) == "a"


def test_between_steps_without_a_model_only_strips_are_answered() -> None:
    queue = _queue(_step("a"), _strip("b"))
    assert [_ids(queue.take_between_steps(None)) for _ in range(2)] == ["b", None]


def test_the_model_is_not_borrowed_again_before_the_job_had_its_time() -> None:
    now = [10.0]
    queue = _queue(_step("a"), _step("b"), _strip("c"), now=now)
    queue.rest(2.0)
    assert _ids(queue.take_between_steps("postcard")) == "c"
    assert queue.take_between_steps("postcard") is None
    now[0] = 12.0
    assert _ids(queue.take_between_steps("postcard")) == "a"


def test_a_question_that_nobody_waits_for_is_not_answered() -> None:
    queue = _queue(_step("a"), _step("b"))
    queue.remove("a")
    assert _ids(queue.take()) == "b"


def test_the_oldest_of_too_many_is_given_up() -> None:
    queue = _queue(*(_step(str(number)) for number in range(MOST_WAITING)))
    assert _ids(queue.put(_step("last"))) == "0"
    assert _ids(queue.take()) == "1"


def _words(look: str, model: str = "postcard") -> Waiting:
    return Waiting(look, LookAttention(trajectory=ID, step=1, model=model, of="influence"))


def _begun(waiting: Waiting) -> Waiting:
    def work() -> Looking:
        yield
        return Answered()

    return replace(waiting, begun=work())


def test_what_takes_many_calls_takes_turns_with_the_others() -> None:
    queue = _queue(_words("a"), _step("b"), _step("c"))
    taken = queue.take()
    assert _ids(taken) == "a"
    assert taken
    assert queue.put_back(_begun(taken))
    queue.put(_words("d"))
    queue.put(_strip("e"))
    assert [_ids(queue.take()) for _ in range(6)] == ["e", "d", "b", "c", "a", None]


def test_it_is_gone_on_with_before_another_model_is_loaded() -> None:
    queue = _queue(_words("a"), _step("b"), _step("c", "other"))
    taken = queue.take()
    assert taken
    assert queue.put_back(_begun(taken))
    assert [_ids(queue.take()) for _ in range(3)] == ["b", "a", "c"]


def test_what_nobody_waits_for_any_more_is_not_gone_on_with() -> None:
    queue = _queue(_words("a"), _words("b"))
    taken = queue.take()
    assert taken
    queue.remove("a")
    assert not queue.put_back(_begun(taken))
    taken = queue.take()
    assert taken
    assert queue.put_back(_begun(taken))
    queue.remove("b")
    assert queue.take() is None


def _points(look: str, model: str = "postcard") -> Waiting:
    return Waiting(look, LookPoints(model=model, request=GenerationRequest(prompt=look, seed=1)))


def test_pictures_of_points_come_behind_every_other_question() -> None:
    queue = _queue(_points("a"), _step("b"), _words("c"), _strip("d"))
    assert [_ids(queue.take()) for _ in range(5)] == ["d", "c", "b", "a", None]


def test_no_pictures_of_points_are_walked_while_a_job_is_between_its_steps() -> None:
    queue = _queue(_points("a"), Waiting("b", LookNormal(model="postcard")), _step("c"))
    assert [_ids(queue.take_between_steps("postcard")) for _ in range(2)] == ["c", None]
    assert [_ids(queue.take()) for _ in range(2)] == ["a", "b"]


def test_one_walk_of_points_comes_to_its_end_before_the_next_begins() -> None:
    queue = _queue(_points("a"), _points("b"))
    taken = queue.take()
    assert taken
    assert queue.put_back(_begun(taken))
    queue.put(_step("c"))
    assert [_ids(queue.take()) for _ in range(3)] == ["c", "a", "b"]


def test_a_walk_of_points_that_nobody_waits_for_any_more_ends_between_two_calls() -> None:
    queue = _queue(_points("a"))
    taken = queue.take()
    assert taken
    queue.remove("a")
    assert not queue.put_back(_begun(taken))
    assert queue.take() is None


def test_a_reader_has_its_turn_between_steps_and_then_lets_the_job_go_on() -> None:
    now = [0.0]
    queue = _queue(Waiting("a", LookRead(picture=ID, reader="own")), _strip("b"), _strip("c"), now=now)
    assert [_ids(queue.take_between_steps(None)) for _ in range(3)] == ["b", "c", "a"]
    queue.put(Waiting("d", LookRead(picture=ID, reader="own")))
    queue.rest(2.0)
    assert queue.take_between_steps("postcard") is None
    now[0] = 2.5
    assert _ids(queue.take_between_steps("postcard")) == "d"


def test_while_a_job_waits_to_begin_no_network_is_asked() -> None:
    queue = _queue(_step("a"), Waiting("b", LookRead(picture=ID, reader="own")), _strip("c"))
    assert [_ids(queue.take_quick()) for _ in range(2)] == ["c", None]
