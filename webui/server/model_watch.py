"""Looks for models that come and go while the server runs, and tells the page."""

import logging
import threading
import time

from webui.engine.event_hub import EventHub
from webui.engine.process_host import log_unexpected
from webui.model_manager.catalogue import Catalogue

LEAST_SECONDS, MOST_SECONDS = 2.0, 60.0
_SHARE = 30.0
"""A look may take this part of the time at most: slow disks are looked at less often."""
_log = logging.getLogger(__name__)


class ModelWatch:
    """A thread that lets the catalogue look at the disk; publishes `models_changed` when it knows something new.

    Args:
        catalogue: what is kept up to date.
        hub: hears of changes.
    """

    def __init__(self, catalogue: Catalogue, hub: EventHub) -> None:
        self._catalogue = catalogue
        self._hub = hub
        self._now = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._watch, name="model-watch", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread."""
        self._stopping = True
        self._now.set()
        self._thread.join(5.0)

    def look_now(self) -> None:
        """Do not wait for the next turn: a file has just come."""
        self._now.set()

    def _watch(self) -> None:
        told: int | None = None
        pause = 0.0
        while not self._stopping:
            self._now.wait(pause)
            self._now.clear()
            if self._stopping:
                return
            began = time.monotonic()
            try:
                self._catalogue.rescan()
                version = self._catalogue.version
                if told is not None and version != told:
                    self._hub.publish("models_changed", version=version)
                told = version
            except Exception:
                log_unexpected(_log, "looking for models failed")
            pause = min(max(_SHARE * (time.monotonic() - began), LEAST_SECONDS), MOST_SECONDS)
