"""Fetches the newest state of a git repository with the system's git, and lets it do nothing else.

git is told its arguments as a list, no configuration of this computer or of the repository is read, no hook, filter,
submodule or link is followed, only https is spoken, and only to addresses that were checked before.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from webui.errors import InstallFailed
from webui.extensions.faults import plain
from webui.extensions.installing.file_rules import measured
from webui.extensions.installing.limited_process import Ended, LimitReached, run_limited
from webui.extensions.installing.sources import GitSource
from webui.extensions.tree_hash import MAX_BYTES, MAX_FILES
from webui.public_addresses import may_be_asked

CLONE_SECONDS = 120.0
CLONE_MEMORY = 1_000_000_000
"""Bytes. A few kilobytes of a repository can stand for more files than any computer's memory can list."""
_CONFIGURATION = {
    "core.hooksPath": "/dev/null",
    "core.symlinks": "false",
    "core.fsmonitor": "false",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "credential.helper": "",
    "http.followRedirects": "false",
    "submodule.recurse": "false",
}
_WHY = {
    "could not read Username": "there is no such repository there, or it asks for a name and a password",
    "not found": "there is no such repository or branch there",
    "Remote branch": "there is no such repository or branch there",
    "certificate": "its certificate is not one that this computer trusts",
    "returned error: 30": "it leads to another address; give that one, often with .git at the end",
    "Connection refused": "nothing answers there",
    "Failed to connect": "nothing answers there",
}


class Git:
    """Clones repositories.

    Args:
        loopback: also take repositories that this computer itself serves by https.
        ca_file: certificates to trust in place of the system's (an own git server, or a test's).
        seconds: how long a clone may take.
        max_bytes: how much it may write.
        max_memory: bytes of memory that git may take.
    """

    def __init__(
        self,
        *,
        loopback: bool = False,
        ca_file: Path | None = None,
        seconds: float = CLONE_SECONDS,
        max_bytes: int = MAX_BYTES,
        max_memory: int = CLONE_MEMORY,
    ) -> None:
        self._loopback = loopback
        self._ca_file = ca_file.absolute() if ca_file else None
        self._seconds = seconds
        self._max_bytes = max_bytes
        self._max_memory = max_memory

    def clone(self, source: GitSource, target: Path) -> str:
        """Put a repository's files into a folder that is not there yet; git's own folder is not kept.

        Returns:
            The commit, in hexadecimal digits.

        Raises:
            InstallFailed: the address is not taken, there is no git, the repository could not be fetched, or it is too
                large; nothing is left.
        """
        target = target.absolute()  # git runs elsewhere
        pinned = self._checked_address(source.url)
        options = ["--depth=1", "--no-tags", "--no-recurse-submodules", "--single-branch", "--quiet", "--template="]
        branch = [f"--branch={source.branch}"] if source.branch else []
        try:
            self._run(["clone", *options, *branch, "--", source.url, str(target)], target, source.url, pinned)
            commit = self._run(["rev-parse", "HEAD"], target, source.url, pinned, at=target).output.strip()
            shutil.rmtree(target / ".git")
            return commit
        except BaseException:
            shutil.rmtree(target, ignore_errors=True)
            raise

    def _run(
        self, arguments: Sequence[str], target: Path, url: str, pinned: Sequence[str], *, at: Path | None = None
    ) -> Ended:
        program = shutil.which("git")
        if program is None:
            raise _failed("There is no git on this computer.", "Install git, or download the extension as a zip file.")
        told = [f"{name}={value}" for name, value in _CONFIGURATION.items()]
        told += [f"http.curloptResolve={each}" for each in pinned]
        configuration = [part for each in told for part in ("-c", each)]

        def too_much() -> str:
            files, size = measured(target)
            # git keeps everything once more, packed, beside what it writes out
            return "it is larger than is taken" if size > self._max_bytes or files > 2 * MAX_FILES else ""

        try:
            with tempfile.TemporaryDirectory(prefix="darkroom-git-") as home:
                ended = run_limited(
                    [program, *configuration, *arguments], folder=at or Path(home),
                    environment=self._environment(home), seconds=self._seconds, watch=too_much,
                    max_memory=self._max_memory,
                )  # fmt: skip
            if reason := too_much():  # it may have ended between two looks
                raise LimitReached(reason)
        except LimitReached as error:
            raise _failed(f"{url} was not fetched: {error}.", "Download it as a zip file, if you trust it.") from error
        except OSError as error:
            raise _failed(f"git could not be run: {error}.", "Install git, or download a zip file.") from error
        if ended.code:
            raise _failed(f"{url} could not be fetched: {_why(ended.errors)}.", "Check the address.")
        return ended

    def _environment(self, home: str) -> dict[str, str]:
        """All that git sees: nothing of what this process was started with but where programs are."""
        known = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TMPDIR") if name in os.environ}
        return known | {
            "HOME": home,
            "LC_ALL": "C",
            "GIT_ALLOW_PROTOCOL": "https",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_ATTR_NOSYSTEM": "1",
            "GIT_LFS_SKIP_SMUDGE": "1",
            **({"GIT_SSL_CAINFO": str(self._ca_file)} if self._ca_file else {}),
        }

    def _checked_address(self, url: str) -> list[str]:
        """What pins the machine's name to the addresses that were checked, in the form of curl's --resolve.

        Git older than 2.38 does not know that option and looks the name up once more.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 443
        try:
            found = sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)})
        except (OSError, UnicodeError) as error:
            raise _failed(f"There is no machine {host}, or no network.", "Check the address.") from error
        if not all(may_be_asked(address, loopback=self._loopback) for address in found):
            raise _failed(
                f"{host} is a machine of this network, and extensions are not fetched from there.",
                "Clone it yourself, and install the folder.",
            )
        if host in found:
            return []
        addresses = ",".join(f"[{each}]" if ":" in each else each for each in found)
        return [f"{host}:{port}:{addresses}"]


def _why(errors: str) -> str:
    for sign, reason in _WHY.items():
        if sign in errors:
            return reason
    lines = [line.strip() for line in errors.splitlines() if line.strip()]
    last = lines[-1] if lines else "git did not say why"
    return plain(last, 200).rstrip(".")


def _failed(message: str, hint: str) -> InstallFailed:
    return InstallFailed(message, hint=hint, field="source")
