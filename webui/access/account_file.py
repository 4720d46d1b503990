"""The file with accounts: names, roles and argon2 hashes; only its owner may read it."""

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webui.access.passwords import hashed
from webui.access.roles import Role
from webui.errors import StartFailed

FILE = "accounts.json"
ROLES = {"admin": Role.ADMIN, "user": Role.USER}
"""The roles that accounts can have, by their name in the file and on the command line."""

MAX_PASSWORD = 1024
_NAME = re.compile(r"[^\s:/\\\x00-\x1f\x7f](?:[^:/\\\x00-\x1f\x7f]{0,62}[^\s:/\\\x00-\x1f\x7f])?")


@dataclass(frozen=True)
class Kept:
    """What is kept of an account."""

    role: Role
    hash: str


class AccountFile:
    """Read again when it has changed, as accounts are added while the server runs.

    Args:
        data_dir: the folder it is in.
    """

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / FILE
        self._stamp: tuple[int, int] | None = None
        self._kept: Mapping[str, Kept] = {}

    def kept(self) -> Mapping[str, Kept]:
        """The accounts by name; where the file has become unreadable, those from before."""
        if self._stamp_now() != self._stamp:
            try:
                return self.read()
            except StartFailed:
                pass  # a file that was broken must lock nobody out, and above all let nobody in
        return self._kept

    def read(self) -> Mapping[str, Kept]:
        """The accounts by name.

        Raises:
            StartFailed: the file is there and cannot be read.
        """
        stamp = self._stamp_now()
        try:
            told = json.loads(self.path.read_text(encoding="utf-8")) if stamp else {"accounts": []}
            self._kept = {row["name"]: Kept(ROLES[row["role"]], str(row["hash"])) for row in told["accounts"]}
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise StartFailed(
                f"The accounts in {self.path} cannot be read: {type(error).__name__}.",
                hint="Correct the file, or remove it and add the accounts again with `webui accounts add NAME`.",
            ) from error
        self._stamp = stamp
        return self._kept

    def add(self, name: str, role: str, password: str) -> None:
        """Add an account, or give one another password and role.

        Raises:
            StartFailed: the name or the password cannot be used, or the file cannot be read or written.
        """
        check_account(name, password)
        self._write({**self.read(), name: Kept(ROLES[role], hashed(password))})

    def remove(self, name: str) -> None:
        """Remove an account.

        Raises:
            StartFailed: there is none of that name, or the file cannot be read or written.
        """
        kept = dict(self.read())
        if kept.pop(name, None) is None:
            raise StartFailed(f"There is no account {name}.", hint="See `webui accounts list`.", field="name")
        self._write(kept)

    def _write(self, kept: Mapping[str, Kept]) -> None:
        names = {role: name for name, role in ROLES.items()}
        rows: list[dict[str, Any]] = [
            {"name": name, "role": names[account.role], "hash": account.hash} for name, account in sorted(kept.items())
        ]
        temporary = self.path.with_name(f".{FILE}.saving")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.unlink(missing_ok=True)
            with os.fdopen(
                os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
            ) as file:
                file.write(json.dumps({"accounts": rows}, indent=1) + "\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(self.path)
        except OSError as error:
            raise StartFailed(
                f"The accounts cannot be written to {self.path}: {error.strerror}.",
                hint="Check the folder's permissions and the space on the disk.",
            ) from error

    def _stamp_now(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError:
            return (0, 0)
        return found.st_mtime_ns, found.st_ino


def check_account(name: str, password: str) -> None:
    """Refuse what cannot be a name or a password.

    Raises:
        StartFailed: the name or the password cannot be used.
    """
    if not _NAME.fullmatch(name):
        raise StartFailed(
            "A name has 1 to 64 signs, no colon, slash or line break, and no space at its ends.",
            hint="Choose another name.", field="name",
        )  # fmt: skip
    if not 0 < len(password) <= MAX_PASSWORD:
        raise StartFailed(
            f"The password of {name} is empty." if not password else f"The password of {name} is too long.",
            hint=f"A password has 1 to {MAX_PASSWORD:,} signs; 12 or more are hard to guess.", field="password",
        )  # fmt: skip
