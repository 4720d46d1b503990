"""Passwords are kept as argon2 hashes alone."""

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_HASHER = PasswordHasher()
_OF_NOBODY = _HASHER.hash("nobody has this password")
"""What is compared for names that nobody has, so that they take as long as others."""


def hashed(password: str) -> str:
    """The hash to keep: argon2id with its own salt and costs inside."""
    return _HASHER.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed; takes as long where there is no hash."""
    try:
        return _HASHER.verify(kept or _OF_NOBODY, password) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False
