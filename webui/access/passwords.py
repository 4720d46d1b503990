"""Passwords are kept as argon2 hashes alone."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argon2 import PasswordHasher


@cache
def hasher() -> "PasswordHasher":
    """What hashes, with the costs that are recommended; brought in by the first password, as most servers have none."""
    from argon2 import PasswordHasher

    return PasswordHasher()


def hashed(password: str) -> str:
    """The hash to keep: argon2id with its own salt and costs inside."""
    return hasher().hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; takes as long where there is no hash."""
    from argon2.exceptions import Argon2Error, InvalidHashError

    try:
        return hasher().verify(kept or _of_nobody(), password) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _of_nobody() -> str:
    """What is compared for names that nobody has, so that they take as long as others."""
    return hashed("nobody has this password")
