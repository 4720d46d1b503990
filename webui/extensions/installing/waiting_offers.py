"""The offers that were shown and wait for an answer; the oldest go when there are many."""

import threading

from webui.errors import InstallFailed
from webui.extensions.installing.difference import Difference
from webui.extensions.installing.offer import Offer
from webui.extensions.installing.staging import Staging

_MOST = 20


class WaitingOffers:
    """Offers by their ids, and the differences that some of them were shown as. Several threads may use it.

    Args:
        staging: where the offers' files lie.
    """

    def __init__(self, staging: Staging) -> None:
        self._staging = staging
        self._offers: dict[str, Offer] = {}
        self._differences: dict[str, Difference] = {}
        self._lock = threading.Lock()

    def add(self, offer: Offer) -> None:
        """Keep an offer."""
        with self._lock:
            self._offers[offer.id] = offer
            for identity in list(self._offers)[:-_MOST]:
                self._forget(identity)

    def add_difference(self, found: Difference) -> None:
        """Keep what an update's offer would change."""
        with self._lock:
            self._differences[found.id] = found

    def offer(self, identity: str) -> Offer:
        """An offer that waits.

        Raises:
            InstallFailed: it waits no more.
        """
        with self._lock:
            if identity not in self._offers:
                raise InstallFailed("What was fetched is not kept any more.", hint="Look at the extension again.")
            return self._offers[identity]

    def difference(self, identity: str) -> Difference:
        """A difference that waits.

        Raises:
            InstallFailed: it waits no more.
        """
        with self._lock:
            if identity not in self._differences:
                raise InstallFailed("What was fetched is not kept any more.", hint="Look for the update again.")
            return self._differences[identity]

    def forget(self, identity: str) -> None:
        """Discard an offer with its files; one that waits no more is no error."""
        with self._lock:
            self._forget(identity)

    def forget_named(self, name: str) -> None:
        """Discard the offers of an extension."""
        with self._lock:
            for identity in [each.id for each in self._offers.values() if each.name == name]:
                self._forget(identity)

    def _forget(self, identity: str) -> None:
        self._differences.pop(identity, None)
        if offer := self._offers.pop(identity, None):
            self._staging.discard(offer.folder)
