"""Counts the processes that died inside an extension, and switches it off at the second one."""

import logging

from webui.errors import SaveFailed
from webui.extensions.call_mark import Call
from webui.extensions.log_files import log_of
from webui.extensions.manifest import NAME
from webui.extensions.places import Places
from webui.extensions.store import ExtensionStore

MOST_CRASHES = 2
_LOG = logging.getLogger(__name__)


class Crashes:
    """The counters, kept in the records. A start that ends in order sets them back."""

    def __init__(self, store: ExtensionStore, places: Places) -> None:
        self._store, self._places = store, places

    def count(self, call: Call, what: str) -> bool:
        """Count one; true where the extension is switched off for it.

        Args:
            call: what the process was in when it died.
            what: which process that was, as "the server".
        """
        name = call.extension
        if not NAME.fullmatch(name) or not self._store.record(name).enabled:
            return False
        crashes = self._store.record(name).crashes + 1
        log_of(name, self._places.log(name)).error("%s died in %s", what, call.hook)
        self._keep(name, crashes=crashes)
        if crashes < MOST_CRASHES:
            return False
        self.switch_off(name, f"It was switched off: {what} died {crashes} times while it was in {call.hook}.")
        return True

    def switch_off(self, name: str, why: str) -> None:
        """Keep that an extension is not to be loaded until somebody enables it again; `why` is a sentence."""
        log_of(name, self._places.log(name)).error("%s", why)
        self._keep(name, switched_off=why)

    def forget(self) -> None:
        """Set all counters back: the program ended in order."""
        for name in self._store.names():
            if self._store.record(name).crashes and not self._store.record(name).switched_off:
                self._keep(name, crashes=0)

    def _keep(self, name: str, **changes: object) -> None:
        try:
            self._store.update(name, **changes)
        except SaveFailed as error:
            _LOG.warning("%s", error)
