"""What tunnels have in common that are open as long as a program runs."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable

from webui.sharing.providers import Opened
from webui.sharing.refusals import TunnelFailed
from webui.sharing.tunnel_program import TunnelProgram


class ProgramTunnel(ABC):
    """One run of a program. Which one, and how its address is found in what it says, is its subclasses' to tell.

    Args:
        too_slow: what is told when it says no address in time, with `{seconds}` where that belongs.
        lost: what is told when it ends by itself.
        hint: what to do where it is too slow.
    """

    def __init__(self, *, too_slow: str, lost: str, hint: str) -> None:
        self._too_slow, self._lost, self._hint = too_slow, lost, hint
        self._lock = threading.Lock()
        self._closed = False
        self._program: TunnelProgram | None = None

    def open(self, port: int, timeout_s: float) -> Opened:
        """As every tunnel.

        Raises:
            TunnelFailed: it cannot be started, failed, or took too long; nothing of it runs any more.
        """
        program = self._begin(port, timeout_s)
        try:
            return Opened(self._address(program, timeout_s))
        except TimeoutError as error:
            self.close()
            raise TunnelFailed(self._too_slow.format(seconds=f"{timeout_s:g}"), hint=self._hint) from error
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """As every tunnel; gives up one that is being opened."""
        with self._lock:
            self._closed = True
            program = self._program
        if program is not None:
            program.stop()

    def on_lost(self, callback: Callable[[str], None]) -> None:
        """As every tunnel."""
        assert self._program is not None, "not open"
        self._program.on_end(lambda: callback(self._lost))

    @abstractmethod
    def _start(self, port: int, timeout_s: float) -> TunnelProgram:
        """The program, which was started just now."""

    @abstractmethod
    def _address(self, program: TunnelProgram, timeout_s: float) -> str:
        """Wait until it says its address.

        Raises:
            TimeoutError: it does not.
            TunnelFailed: it says why not, or has ended.
        """

    def _begin(self, port: int, timeout_s: float) -> TunnelProgram:
        with self._lock:
            if self._closed:
                raise TunnelFailed("It was given up.")
            self._program = self._start(port, timeout_s)
            return self._program
