"""How a run is stopped: by a signal, after the piece of work under way."""

import signal
from types import FrameType


class Stop:
    """Turns the first SIGINT or SIGTERM into a request to stop after the step under way."""

    def __init__(self) -> None:
        """Not asked yet."""
        self.asked = False

    def listen(self) -> None:
        """Take over both signals for the rest of the process."""
        signal.signal(signal.SIGINT, self._ask)
        signal.signal(signal.SIGTERM, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True
