import threading
import time

from webui.engine import event_hub
from webui.engine.event_hub import EventHub


def _nothing() -> None:
    pass


def test_numbers_rise_by_one() -> None:
    hub = EventHub()
    first = hub.publish("status", worker="ready")
    assert [hub.publish("status") for _ in range(3)] == [first + 1, first + 2, first + 3]


def test_numbers_go_on_rising_after_a_restart() -> None:
    before = EventHub().publish("status")
    time.sleep(0.01)
    assert EventHub().publish("status") > before


def test_a_listener_gets_what_happens_after_it_came() -> None:
    hub = EventHub()
    hub.publish("status", worker="starting")
    subscription = hub.subscribe(_nothing)
    hub.publish("status", worker="ready")
    assert [event.payload["worker"] for event in subscription.take()] == ["ready"]
    assert subscription.take() == []


def test_a_listener_that_was_away_gets_what_it_missed() -> None:
    hub = EventHub()
    seen = hub.publish("status", n=0)
    for n in (1, 2):
        hub.publish("status", n=n)
    subscription = hub.subscribe(_nothing, after=seen)
    hub.publish("status", n=3)
    assert [event.payload["n"] for event in subscription.take()] == [1, 2, 3]
    assert subscription.since == seen


def test_a_number_that_is_too_old_or_from_the_future_gives_no_past() -> None:
    hub = EventHub()
    last = hub.publish("status")
    for unknown in (last - 100_000, last + 1):
        subscription = hub.subscribe(_nothing, after=unknown)
        assert subscription.since == last
        assert subscription.take() == []


def test_a_jobs_listener_gets_that_job_from_its_beginning() -> None:
    hub = EventHub()
    hub.publish("queued", job="a")
    hub.publish("queued", job="b")
    subscription = hub.subscribe(_nothing, job="a")
    hub.publish("started", job="b")
    hub.publish("started", job="a")
    hub.publish("status")
    assert [(event.type, event.job) for event in subscription.take()] == [("queued", "a"), ("started", "a")]


def test_following_a_job_ends_with_it() -> None:
    hub = EventHub()
    hub.publish("queued", job="a")

    def work() -> None:
        time.sleep(0.05)
        hub.publish("started", job="a")
        hub.publish("failed", job="a", error="no")
        hub.publish("queued", job="a")

    threading.Thread(target=work).start()
    assert [event["type"] for event in hub.follow("a")] == ["queued", "started", "failed"]


def test_following_ends_when_the_hub_closes() -> None:
    hub = EventHub()
    hub.publish("queued", job="a")
    threading.Timer(0.05, hub.close).start()
    assert [event["type"] for event in hub.follow("a")] == ["queued"]


def test_a_slow_listener_is_cut_off_and_others_are_not() -> None:
    hub = EventHub()
    slow, quick = hub.subscribe(_nothing), hub.subscribe(_nothing)
    got = 0
    for _ in range(event_hub.MAX_WAITING + 10):
        hub.publish("status")
        got += len(quick.take())
    assert slow.ended
    assert len(slow.take()) == event_hub.MAX_WAITING
    assert not quick.ended
    assert got == event_hub.MAX_WAITING + 10


def test_a_listener_with_much_past_is_not_cut_off_for_it() -> None:
    hub = EventHub()
    for _ in range(event_hub.MAX_WAITING + 10):
        hub.publish("step_done", job="a")
    subscription = hub.subscribe(_nothing, job="a")
    hub.publish("finished", job="a")
    assert not subscription.ended
    assert len(subscription.take()) == event_hub.MAX_WAITING + 11


def test_only_so_many_jobs_are_remembered() -> None:
    hub = EventHub()
    for n in range(event_hub.MAX_JOBS + 5):
        hub.publish("queued", job=str(n))
    assert hub.past("0") == []
    assert hub.past(str(event_hub.MAX_JOBS + 4)) != []


def test_many_threads_can_publish_at_once() -> None:
    hub = EventHub()
    subscription = hub.subscribe(_nothing)
    threads = [threading.Thread(target=lambda: [hub.publish("status") for _ in range(100)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = [event.seq for event in subscription.take()]
    assert numbers == list(range(numbers[0], numbers[0] + 800))
