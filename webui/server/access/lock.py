"""What opens the door: the accounts, passwords and tokens that the server was started with."""

import hmac
import threading
from collections.abc import Iterable

from pydantic import SecretStr

from webui.access.account_file import AccountFile, check_account
from webui.access.accounts import Accounts
from webui.access.attempts import Attempts
from webui.access.principal import Principal
from webui.access.roles import Role
from webui.errors import StartFailed, WebUIError
from webui.server.access.credentials import Credentials
from webui.server.at_this_machine import is_loopback
from webui.settings import Settings

PROGRAM = Principal(Role.ADMIN, "", name="a program with the token")
MIN_TOKEN = 16
TRIES_AT_HOME = 30
"""How many wrong passwords may come from this computer: everybody behind a proxy here has one address with it."""


class WrongPassword(WebUIError):
    """Nobody has that name with that password, or that token: 401."""


class TooManyTries(WebUIError):
    """Too many wrong passwords came from there, or for that name: 429. `seconds`: when to try again."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, round(seconds))
        super().__init__("Too many wrong passwords.", hint=f"Try again in {_duration(self.seconds)}.")


class Lock:
    """Judges names, passwords and tokens, and makes guessing slow. Safe to ask from any thread; may take 0.1 s.

    Args:
        accounts: who may log in.
        token: the token for programs; None is none.
    """

    def __init__(self, accounts: Accounts, token: str | None) -> None:
        self.accounts = accounts
        self._names = Attempts()
        self._unseen = Attempts()
        """Tries that were not looked at: they may not find out either what is known."""
        self._addresses = Attempts()
        self._neighbours = Attempts(free=TRIES_AT_HOME)
        self._token = token
        self._judging = threading.Lock()

    @property
    def locked(self) -> bool:
        """Whether anything opens it; if not, being at this computer is enough."""
        return self._token is not None or self.accounts.exist

    def known(self, credentials: Credentials) -> Principal | None:
        """As `judge`, at once, for the token and for what was found to be right lately; None for everything else.

        So whoever is right goes on where others at the same address guess. For a name that is guessed nobody is known.
        """
        if credentials.name is None:
            return PROGRAM if self._is_token(credentials.secret) else None
        if self._names.wait_s(credentials.name) or self._unseen.wait_s(credentials.name):
            return None
        account = self.accounts.known(credentials.name, credentials.secret)
        return account.principal if account else None

    def judge(self, credentials: Credentials, address: str) -> Principal | None:
        """Who somebody is who comes from an address; None is nobody. One after the other, so that none slips through.

        Raises:
            TooManyTries: there were too many wrong ones, so this one was not looked at.
        """
        name, addresses = credentials.name, self._neighbours if is_loopback(address) else self._addresses
        if name is None:  # a token is too long to be guessed
            return self.known(credentials)
        with self._judging:
            found = self.known(credentials)
            if found is not None:
                return found
            wait = max(self._names.wait_s(name), addresses.wait_s(address))
            if wait:
                self._unseen.failed(name)
                raise TooManyTries(wait)
            account = self.accounts.check(name, credentials.secret)
            for attempts, key in ((self._names, name), (addresses, address)):
                (attempts.failed if account is None else attempts.succeeded)(key)
            return account.principal if account else None

    def _is_token(self, secret: str) -> bool:
        given = secret.encode(errors="surrogatepass")
        return self._token is not None and hmac.compare_digest(given, self._token.encode())


def main_lock(settings: Settings) -> Lock:
    """The lock of everything.

    Raises:
        StartFailed: an account, a password or the token cannot be used.
    """
    password = settings.password.get_secret_value() if settings.password else None
    accounts = Accounts(AccountFile(settings.data_dir), _named(settings.auth, "auth"), password or None)
    return Lock(accounts, _token(settings))


def api_lock(settings: Settings) -> Lock | None:
    """The lock of the APIs of other programs (`--api-auth`); None where they have none of their own.

    Raises:
        StartFailed: a name or password cannot be used.
    """
    named = _named(settings.api_auth, "api-auth")
    return Lock(Accounts(None, named), None) if named else None


def _named(given: Iterable[SecretStr], flag: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in given:
        name, colon, password = each.get_secret_value().partition(":")
        if not colon:
            raise StartFailed(f"--{flag} needs a name and a password, as in --{flag} NAME:PASSWORD.", field=flag)
        check_account(name, password)
        found[name] = password
    return found


def _token(settings: Settings) -> str | None:
    token = settings.token.get_secret_value().strip() if settings.token else ""
    if settings.token_file is not None:
        try:
            token = settings.token_file.read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise StartFailed(
                f"The token in {settings.token_file} cannot be read.", hint="Give a text file with one line.",
                field="token-file",
            ) from error  # fmt: skip
        if not token:
            raise StartFailed(f"{settings.token_file} has no token in it.", field="token-file")
    if token and (len(token) < MIN_TOKEN or ":" in token or not token.isascii() or not token.isprintable()):
        raise StartFailed(
            f"A token needs at least {MIN_TOKEN} signs of plain text and no colon.",
            hint="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(32))'", field="token",
        )  # fmt: skip
    return token or None


def _duration(seconds: int) -> str:
    return f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"
