"""Preview frames in memory: those of the last jobs, within a bound of bytes."""

import threading
from collections import OrderedDict

MAX_JOBS = 50
MAX_BYTES = 200 * 2**20

FrameKey = tuple[int, int, int]
"""Batch, step and picture within the batch."""


class FrameStore:
    """JPEG bytes by job, batch, step and picture; the oldest go first when there are too many.

    Args:
        max_jobs: how many jobs' frames are kept.
        max_bytes: how many bytes they may have in all.
    """

    def __init__(self, max_jobs: int = MAX_JOBS, max_bytes: int = MAX_BYTES) -> None:
        self._max_jobs = max_jobs
        self._max_bytes = max_bytes
        self._jobs: OrderedDict[str, OrderedDict[FrameKey, bytes]] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def put(self, job: str, batch: int, step: int, previews: tuple[bytes, ...]) -> list[str]:
        """Keep the previews of one step.

        Returns:
            Their addresses.
        """
        with self._lock:
            frames = self._jobs.setdefault(job, OrderedDict())
            for picture, jpeg in enumerate(previews):
                self._bytes += len(jpeg) - len(frames.get((batch, step, picture), b""))
                frames[(batch, step, picture)] = jpeg
            self._drop_old()
        return [f"/api/v1/jobs/{job}/frames/{batch}/{step}/{picture}.jpg" for picture in range(len(previews))]

    def get(self, job: str, batch: int, step: int, picture: int) -> bytes | None:
        """A frame, or None when it never was or is no longer kept."""
        with self._lock:
            return self._jobs.get(job, {}).get((batch, step, picture))

    def _drop_old(self) -> None:
        while len(self._jobs) > self._max_jobs:
            _, frames = self._jobs.popitem(last=False)
            self._bytes -= sum(map(len, frames.values()))
        while self._bytes > self._max_bytes:
            oldest = next(iter(self._jobs))
            frames = self._jobs[oldest]
            self._bytes -= len(frames.popitem(last=False)[1])
            if not frames:
                del self._jobs[oldest]
