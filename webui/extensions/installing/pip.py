"""Runs this environment's pip in a way that it can only fetch and unpack wheels."""

import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from webui.errors import InstallFailed
from webui.extensions.installing.limited_process import Ended, LimitReached, run_limited

_ALWAYS = ("--only-binary", ":all:", "--no-input", "--disable-pip-version-check", "--no-color", "--progress-bar", "off")
_KEPT = frozenset(
    f"PIP_{name}"
    for name in (
        "CACHE_DIR", "CERT", "CLIENT_CERT", "CONFIG_FILE", "DEFAULT_TIMEOUT", "EXTRA_INDEX_URL", "FIND_LINKS",
        "INDEX_URL", "NO_INDEX", "PROXY", "RETRIES", "TIMEOUT", "TRUSTED_HOST",
    )
)  # fmt: skip
"""Where packages come from is this computer's own choice; what would change where they go, or what runs, is not."""
_MAX_OUTPUT = 1 << 20


class Pip:
    """`pip install` with what is always so.

    Args:
        find_links: a folder with wheels, used in place of any index.
        seconds: how long it may take.
    """

    def __init__(self, *, find_links: Path | None, seconds: float) -> None:
        self._places = ["--no-index", "--find-links", str(find_links.absolute())] if find_links else []
        self._seconds = seconds

    def run(self, arguments: Sequence[str], log: Callable[[str], None]) -> Ended:
        """Run it and log what it printed.

        Raises:
            InstallFailed: it took too long, or there is no pip.
        """
        # -I: neither PYTHONPATH nor the folder it runs in can put a module before pip's own
        command = [sys.executable, "-I", "-m", "pip", "install", *_ALWAYS, *self._places, *arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_") or name in _KEPT}
        try:
            with tempfile.TemporaryDirectory(prefix="darkroom-pip-") as folder:
                ended = run_limited(
                    command, folder=Path(folder), environment=kept, seconds=self._seconds, max_output=_MAX_OUTPUT
                )
        except (LimitReached, OSError) as error:
            raise InstallFailed(
                f"What this extension needs was not installed: {error}.", hint="Try again.", field="requirements"
            ) from error
        log(f"pip install {' '.join(arguments)}\n{ended.output}{ended.errors}")
        return ended
