"""What a program shows of itself with a request: a name and a password, or a token."""

import base64
import binascii
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import Scope


@dataclass(frozen=True)
class Credentials:
    """What was in the header Authorization. `name` is None where it was one text alone."""

    name: str | None
    secret: str


def credentials_in(scope: Scope) -> Credentials | None:
    """What a request carries, by HTTP Basic or as a Bearer; None where it carries nothing, or something else.

    A Bearer "NAME:PASSWORD" is a name and a password, too: clients of OpenAI's API can send nothing else.
    """
    scheme, _, told = Headers(scope=scope).get("authorization", "").strip().partition(" ")
    if scheme.lower() == "basic":
        return _pair(_decoded(told))
    if scheme.lower() == "bearer" and told.strip():
        return _pair(told.strip()) or Credentials(None, told.strip())
    return None


def _pair(text: str) -> Credentials | None:
    name, colon, secret = text.partition(":")
    return Credentials(name, secret) if colon else None


def _decoded(told: str) -> str:
    try:
        return base64.b64decode(told, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
