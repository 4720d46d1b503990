"""The event hub: numbers what happens, keeps it for those who come late, and hands it to everyone who listens.

Publishing never waits: a listener that does not keep up is cut off, and finds the rest when it comes back.
"""

import json
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

ENDINGS = ("finished", "failed")
"""The types after which nothing more is said of a job."""
MAX_WAITING = 2_000
"""Events that may wait for one listener."""
MAX_JOBS = 50
MAX_JOB_EVENTS = 20_000
MAX_RECENT = 5_000


@dataclass(frozen=True, slots=True)
class Published:
    """An event with its number, once as values and once as JSON; `at` is when, in seconds since 1970."""

    seq: int
    job: str | None
    type: str
    payload: Mapping[str, Any]
    json: str
    at: float

    @property
    def ends_job(self) -> bool:
        """Whether nothing more will be said of its job."""
        return self.type in ENDINGS


class Subscription:
    """One listener's events since it came. Made by `EventHub.subscribe`; close it when done.

    Args:
        job: only events of this job; None for all.
        wake: called, from any thread, whenever there is something to `take`.
    """

    def __init__(self, job: str | None, wake: Callable[[], None]) -> None:
        self.job = job
        self.since = 0
        """The number of the last event before the first that `take` gives."""
        self.ended = False
        """Nothing more will come: the hub has closed, or this listener was too slow."""
        self._wake = wake
        self._waiting: deque[Published] = deque()
        self._limit = MAX_WAITING

    def take(self) -> list[Published]:
        """Everything that has come since the last time."""
        taken: list[Published] = []
        while self._waiting:
            taken.append(self._waiting.popleft())
        return taken

    def preload(self, events: list[Published]) -> None:
        """Events of the past, to be taken first."""
        self._waiting.extend(events)
        self._limit += len(events)

    def offer(self, event: Published) -> None:
        """Hand over an event, or cut the listener off when too many wait. Called by the hub."""
        if self.ended or (self.job is not None and event.job != self.job):
            return
        if len(self._waiting) >= self._limit:
            self.end()
            return
        self._waiting.append(event)
        self._wake()

    def end(self) -> None:
        """Nothing more will come."""
        self.ended = True
        self._wake()


class EventHub:
    """Every event of this process's life, as far as it is kept."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Numbers go on rising over restarts, so that a page that reconnects never takes a new event for an old one.
        self._seq = int(time.time() * 1000)
        self._recent: deque[Published] = deque(maxlen=MAX_RECENT)
        self._jobs: OrderedDict[str, list[Published]] = OrderedDict()
        self._subscriptions: set[Subscription] = set()
        self._closed = False

    def publish(self, kind: str, /, *, job: str | None = None, **fields: Any) -> int:
        """Tell everyone; returns the event's number."""
        with self._lock:
            self._seq += 1
            payload = {"seq": self._seq, "type": kind, **({"job": job} if job is not None else {}), **fields}
            event = Published(self._seq, job, kind, payload, json.dumps(payload, allow_nan=False), time.time())
            self._recent.append(event)
            if job is not None:
                self._jobs.setdefault(job, []).append(event)
                self._forget_old(job)
            for subscription in self._subscriptions:
                subscription.offer(event)
            return self._seq

    def subscribe(self, wake: Callable[[], None], *, job: str | None = None, after: int | None = None) -> Subscription:
        """Listen from now on.

        Args:
            wake: called from any thread whenever there is something to take; must not block.
            job: listen to this job only, from its beginning.
            after: listen from the event after this number on, if all of them are still kept.

        Returns:
            A subscription; `since` equals `after` when the past was given.
        """
        subscription = Subscription(job, wake)
        with self._lock:
            subscription.since = self._seq
            if job is not None:
                past = [event for event in self._jobs.get(job, []) if after is None or event.seq > after]
                subscription.preload(past)
            elif after is not None and self._has_all_after(after):
                subscription.preload([event for event in self._recent if event.seq > after])
                subscription.since = after
            if self._closed:
                subscription.ended = True
            self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """Stop listening."""
        with self._lock:
            self._subscriptions.discard(subscription)

    def followed(self, job: str) -> bool:
        """Whether somebody listens to this job alone."""
        with self._lock:
            return any(subscription.job == job for subscription in self._subscriptions)

    def past(self, job: str) -> list[Published]:
        """What was said of a job so far."""
        with self._lock:
            return list(self._jobs.get(job, []))

    def latest_job(self, wanted: Callable[[str], bool] = lambda _: True) -> str | None:
        """Of the jobs that are wanted, the one that something was said of last."""
        with self._lock:
            latest_first = list(reversed(self._jobs))
        return next(filter(wanted, latest_first), None)

    def follow(self, job: str) -> Iterator[Mapping[str, Any]]:
        """A job's events from its beginning to its end, for threads that may wait."""
        news = threading.Event()
        subscription = self.subscribe(news.set, job=job)
        try:
            while True:
                news.clear()
                for event in subscription.take():
                    yield event.payload
                    if event.ends_job:
                        return
                if subscription.ended:
                    return
                news.wait()
        finally:
            self.unsubscribe(subscription)

    def close(self) -> None:
        """End every subscription, and those to come: the server stops."""
        with self._lock:
            self._closed = True
            for subscription in self._subscriptions:
                subscription.end()

    def _has_all_after(self, seq: int) -> bool:
        if seq > self._seq:
            return False
        return seq == self._seq or (bool(self._recent) and self._recent[0].seq <= seq + 1)

    def _forget_old(self, job: str) -> None:
        self._jobs.move_to_end(job)
        while len(self._jobs) > MAX_JOBS:
            self._jobs.popitem(last=False)
        while len(self._jobs) > 1 and sum(map(len, self._jobs.values())) > MAX_JOB_EVENTS:
            self._jobs.popitem(last=False)
