"""Where `ssh -R` leads: what people say of it, checked so that nothing of it can be an option or a command."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest
from webui.sharing.addresses import base_address

_DESTINATION = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_.+-]{0,63}@)?(?P<host>[A-Za-z0-9][A-Za-z0-9._-]{0,253})")
_BIND = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,253}|\*|\[[0-9a-fA-F:.]+\]|")
_MAX_PATTERN = 200
_WORDS = {
    "destination": "The destination", "port": "The port", "key": "The key", "bind": "The address to listen on",
    "remote_port": "The port over there", "address": "The address for guests", "pattern": "The pattern",
}  # fmt: skip
"""What people are told of the fields."""
_DESTINATION_AND_PORT = re.compile(r"(?P<destination>[^:]+)(:(?P<port>\d{1,5}))?")


@dataclass(frozen=True, slots=True)
class SshPlace:
    """A server that takes remote forwards.

    Args:
        destination: "user@host", or a name of the person's own ssh configuration.
        port: where its ssh listens; None is as ssh has it.
        key: the file of a private key; None takes those that ssh finds, or an agent's.
        bind: the address that it listens on over there; "" leaves that to it.
        remote_port: the port over there; 0 lets it choose one.
        address: what guests type, where that is not http://HOST:PORT; {port} stands for the port over there.
        pattern: for services that say the address themselves: a regular expression that finds it in what they say.
    """

    destination: str
    port: int | None = None
    key: Path | None = None
    bind: str = ""
    remote_port: int = 0
    address: str = ""
    pattern: str = ""

    def __post_init__(self) -> None:
        if not _DESTINATION.fullmatch(self.destination):
            raise _cannot("destination", "user@host, in letters, digits, dots and dashes")
        if self.port is not None and not 1 <= self.port <= 65535:
            raise _cannot("port", "a port from 1 to 65535")
        if not 0 <= self.remote_port <= 65535:
            raise _cannot("remote_port", "a port, or 0 for any")
        if not _BIND.fullmatch(self.bind):
            raise _cannot("bind", "an address, a name or *")
        if self.key is not None and not self.key.is_file():
            raise InvalidRequest("There is no such key file.", hint="Give the path of a private key.", field="ssh.key")
        if self.address and self.public_address(1) is None:
            raise _cannot("address", "like https://pictures.example.org or http://example.org:{port}")
        _checked_pattern(self.pattern)

    @property
    def host(self) -> str:
        """The server's name."""
        match = _DESTINATION.fullmatch(self.destination)
        assert match is not None
        return match["host"]

    def public_address(self, port: int) -> str | None:
        """What guests type when that port is open over there; None where it makes no address."""
        return base_address((self.address or "http://" + self.host + ":{port}").replace("{port}", str(port)))

    def said_address(self, line: str) -> str | None:
        """The address in what a service says, or None where there is none in this line."""
        match = re.search(self.pattern, line)
        if match is None:
            return None
        return base_address((match[1] if match.re.groups else match[0]) or "")

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "SshPlace":
        """As the API takes it.

        Raises:
            InvalidRequest: a value cannot be used.
        """
        for name in values:
            if name not in _WORDS:
                raise InvalidRequest(f"ssh.{name[:60]}: there is no such field.", field=f"ssh.{name[:60]}")
        key = _text(values, "key")
        return cls(
            destination=_text(values, "destination"),
            port=_whole(values, "port"),
            key=Path(key).expanduser().absolute() if key else None,
            bind=_text(values, "bind"),
            remote_port=_whole(values, "remote_port") or 0,
            address=_text(values, "address"),
            pattern=_text(values, "pattern"),
        )


def as_options(destination: str, key: Path | None = None) -> dict[str, Any]:
    """What "user@host:port" means in an order.

    Raises:
        InvalidRequest: it is something else.
    """
    match = _DESTINATION_AND_PORT.fullmatch(destination)
    if match is None:
        raise _cannot("destination", "user@host, or user@host:port")
    port = int(match["port"]) if match["port"] else None
    return {"destination": match["destination"], "port": port, "key": str(key) if key else None}


def _checked_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise _cannot("pattern", f"a regular expression ({error})") from error
    if len(pattern) > _MAX_PATTERN:
        raise _cannot("pattern", f"at most {_MAX_PATTERN} characters")


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if value is not None and (not isinstance(value, str) or "\0" in value):
        raise _cannot(name, "a text")
    return value or ""


def _whole(values: Mapping[str, Any], name: str) -> int | None:
    value = values.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise _cannot(name, "a whole number")
    return value


def _cannot(name: str, wanted: str) -> InvalidRequest:
    return InvalidRequest(f"{_WORDS[name]} must be {wanted}.", field=f"ssh.{name}")
