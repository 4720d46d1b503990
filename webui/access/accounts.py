"""The accounts that people log in with: those in a file of the data folder, and those given for this start."""

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from webui.access.account_file import AccountFile, Kept
from webui.access.passwords import fits, hashed
from webui.access.principal import Principal
from webui.access.roles import Role

_REMEMBERED = 1000


@dataclass(frozen=True)
class Account:
    """Somebody with a name and a password. All administrators own what the house owns."""

    name: str
    role: Role

    @property
    def principal(self) -> Principal:
        """Who acts when this account is used."""
        owner = "" if self.role is Role.ADMIN else f"account:{self.name}"
        return Principal(self.role, owner, name=self.name)


class Accounts:
    """Safe to ask from any thread; one password is looked at after the other, as each takes 64 MB.

    Args:
        file: where people add accounts; None where only those count that are given.
        given: names and passwords of administrators for this start.
        any_name: a password of an administrator with whatever name; None is none.

    Raises:
        StartFailed: the file cannot be read.
    """

    def __init__(
        self, file: AccountFile | None, given: Mapping[str, str] | None = None, any_name: str | None = None
    ) -> None:
        self._file = file
        if file is not None:
            file.read()
        self._given = {name: Kept(Role.ADMIN, hashed(password)) for name, password in (given or {}).items()}
        self._any_name = None if any_name is None else Kept(Role.ADMIN, hashed(any_name))
        self._lock = threading.Lock()
        self._key = secrets.token_bytes(32)
        self._good: OrderedDict[bytes, Kept] = OrderedDict()

    @property
    def exist(self) -> bool:
        """Whether anybody can log in with a password."""
        return bool(self._given or self._any_name or self._in_file())

    def have(self, name: str | None) -> bool:
        """Whether there is an account of that very name."""
        return name in self._given or name in self._in_file()

    def check(self, name: str, password: str) -> Account | None:
        """The account with that name and password; None where there is none. Unknown names take as long as others."""
        with self._lock:
            kept = self._kept(name)
            if fits(kept.hash if kept else None, password):
                assert kept is not None
                self._remember(name, password, kept)
                return Account(name, kept.role)
        return None

    def known(self, name: str, password: str) -> Account | None:
        """As `check`, at once, for what was found to be right lately: programs send it with every request."""
        kept = self._kept(name)
        right = kept is not None and self._good.get(self._digest(name, password)) == kept
        return Account(name, kept.role) if right and kept is not None else None

    def proof_of(self, principal: Principal) -> str:
        """What changes with somebody's password; "" where there is no such account with that role (any more)."""
        kept = self._kept(principal.name)
        return kept.hash if kept is not None and kept.role is principal.role else ""

    def _kept(self, name: str) -> Kept | None:
        return self._given.get(name) or self._in_file().get(name) or self._any_name

    def _in_file(self) -> Mapping[str, Kept]:
        return self._file.kept() if self._file is not None else {}

    def _remember(self, name: str, password: str, kept: Kept) -> None:
        self._good[self._digest(name, password)] = kept
        while len(self._good) > _REMEMBERED:
            self._good.popitem(last=False)

    def _digest(self, name: str, password: str) -> bytes:
        return hmac.digest(self._key, f"{name}\0{password}".encode(errors="surrogatepass"), hashlib.sha256)
