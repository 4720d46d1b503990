"""Whether walks are recorded, and how much of the disk recordings may take; changed while the server runs."""

import threading
from collections.abc import Callable, Collection
from typing import get_args

from webui.engine.kept_settings import keep_settings
from webui.errors import InvalidRequest
from webui.library.trajectories import Trajectories
from webui.settings import MAX_RECORDING_MB, MIN_RECORDING_MB, Record, Settings

MEGABYTE = 1_000_000


class RecordingPolicy:
    """What the user wants of recordings. Threads may share it.

    Args:
        settings: what it begins with.
        trajectories: what it holds to its budget.
        needed: the recordings that jobs still wait to take up; these are not dropped.
    """

    def __init__(
        self, settings: Settings, trajectories: Trajectories, *, needed: Callable[[], Collection[str]] = tuple
    ) -> None:
        self._data_dir = settings.data_dir
        self._trajectories = trajectories
        self._needed = needed
        self._lock = threading.Lock()
        self.record: Record = settings.record
        self.budget_mb = settings.recording_budget_mb

    @property
    def budget_bytes(self) -> int:
        """What recordings may take of the disk."""
        return self.budget_mb * MEGABYTE

    def change(self, *, record: Record | None = None, budget_mb: int | None = None) -> None:
        """Change what is not None, for the jobs that begin from now on and for the next start.

        A smaller budget drops recordings at once.

        Raises:
            InvalidRequest: there is no such way of recording, or the budget is too small or too large.
            SaveFailed: the settings file cannot be written; nothing has changed.
        """
        if record is not None and record not in get_args(Record):
            raise InvalidRequest(
                f"record: {record!r:.40} cannot be used: it must be one of {', '.join(get_args(Record))}.",
                field="record",
            )
        if budget_mb is not None and not MIN_RECORDING_MB <= budget_mb <= MAX_RECORDING_MB:
            raise InvalidRequest(
                f"budget_mb: {budget_mb} cannot be used: it must be from {MIN_RECORDING_MB} to {MAX_RECORDING_MB:,}.",
                field="budget_mb",
            )
        given = {"record": record, "recording_budget_mb": budget_mb}
        changes = {name: value for name, value in given.items() if value is not None}
        with self._lock:
            if changes:
                keep_settings(self._data_dir, changes)
            self.record = record or self.record
            self.budget_mb = budget_mb or self.budget_mb
        self.enforce()

    def enforce(self) -> list[str]:
        """Drop the oldest recordings beyond the budget; returns their ids."""
        return self._trajectories.enforce(self.budget_bytes, needed=self._needed)
