"""Whether somebody sits at this computer: what installs programs is refused to everybody else.

A proxy or a tunnel on this computer speaks from loopback for people who are elsewhere, so that three things must agree:
the connection's other end, the name that was asked for, and that nothing says it was passed on.
"""

from ipaddress import ip_address

from starlette.requests import HTTPConnection

from webui.errors import WebUIError
from webui.server.guard import LOOPBACK, is_same_origin
from webui.server.link_entrance import link_of

REFUSAL = "Extensions can only be installed and switched on at the computer that Darkroom runs on."
HINT = "Open the page there as http://127.0.0.1, or start the server with --allow-remote-extensions."
_PASSED_ON = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "x-original-host"})
_PASSED_ON_PREFIXES = ("x-forwarded-", "cf-", "fly-", "x-envoy-", "x-ngrok-", "ngrok-", "x-cluster-client-ip")


class NotAtThisMachine(WebUIError):
    """Something was asked from elsewhere that is only done for people who sit at this computer: 403."""


def at_this_machine(request: HTTPConnection) -> bool:
    """Whether the request comes from a program on this computer that nobody elsewhere speaks through."""
    client = request.client
    near = client is not None and is_loopback(client.host) and link_of(request.scope) is None
    return near and _asks_for_here(request) and not _is_passed_on(request)


def check_at_this_machine(request: HTTPConnection, *, from_afar: bool) -> None:
    """Refuse a request from elsewhere, unless the server was started to take it.

    Another web page in a browser on this computer, which may ask for pictures (`--cors-origin`), is elsewhere, too.

    Raises:
        NotAtThisMachine: it comes from elsewhere.
    """
    if not from_afar and not (at_this_machine(request) and _is_our_own_page(request)):
        raise NotAtThisMachine(REFUSAL, hint=HINT)


def is_loopback(host: str) -> bool:
    """Whether an address, or the name that stands for it, is this computer's own."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def _asks_for_here(request: HTTPConnection) -> bool:
    hosts = request.headers.getlist("host")
    name = hosts[0].rpartition(":")[0] if hosts and hosts[0].rpartition(":")[2].isdecimal() else "".join(hosts)
    return len(hosts) == 1 and name.lower() in LOOPBACK


def _is_our_own_page(request: HTTPConnection) -> bool:
    """Whether our own page sent it, or no page at all."""
    host = request.headers.get("host", "")
    return all(is_same_origin(origin, host) for origin in request.headers.getlist("origin"))


def _is_passed_on(request: HTTPConnection) -> bool:
    return any(name in _PASSED_ON or name.startswith(_PASSED_ON_PREFIXES) for name in request.headers)
