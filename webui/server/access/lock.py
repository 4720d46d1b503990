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
from webui.settings import Settings

PROGRAM = Principal(Role.ADMIN, "", name="a program with the token")
MIN_TOKEN = 16


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
        self.attempts = Attempts()
        self._token = token
        self._judging = threading.Lock()

    @property
    def locked(self) -> bool:
        """Whether anything opens it; if not, being at this computer is enough."""
        return self._token is not None or self.accounts.exist

    def known(self, credentials: Credentials, address: str) -> Principal | None:
        """As `judge`, at once, for what was found to be right lately; None for everything else.

        Raises:
            TooManyTries: as `judge`, or guesses could be made here.
        """
        self._check_tries(credentials, address)
        if credentials.name is None:
            return PROGRAM if self._is_token(credentials.secret) else None
        account = self.accounts.known(credentials.name, credentials.secret)
        return account.principal if account else None

    def judge(self, credentials: Credentials, address: str) -> Principal | None:
        """Who somebody is who comes from an address; None is nobody. One after the other, so that none slips through.

        Raises:
            TooManyTries: there were too many wrong ones, so this one was not looked at.
        """
        with self._judging:
            found = self.known(credentials, address)
            if found is not None:
                return found
            name = credentials.name
            account = None if name is None else self.accounts.check(name, credentials.secret)
            if account is None:
                self.attempts.failed(*_keys(credentials, address))
                return None
            self.attempts.succeeded(*_keys(credentials, address))
            return account.principal

    def _check_tries(self, credentials: Credentials, address: str) -> None:
        wait = self.attempts.wait_s(*_keys(credentials, address))
        if wait:
            raise TooManyTries(wait)

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


def _keys(credentials: Credentials, address: str) -> list[str]:
    """What wrong tries are counted by."""
    return [f"address {address}", *([] if credentials.name is None else [f"name {credentials.name}"])]


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
