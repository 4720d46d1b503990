"""Which addresses are machines of the open net, and not this computer or its network."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")
_Address = IPv4Address | IPv6Address


def is_public(address: _Address) -> bool:
    """Whether an address is one of the open net, also inside IPv6 addresses that stand for IPv4 ones."""
    if isinstance(address, IPv6Address):
        inner = _carried(address)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def may_be_asked(text: str, *, loopback: bool) -> bool:
    """Whether a connection may be made to an address that a name led to.

    Args:
        text: the address as `socket.getaddrinfo` gives it, perhaps with a scope.
        loopback: this computer itself may be asked, too.
    """
    address = ip_address(text.partition("%")[0])
    return is_public(address) or (loopback and address.is_loopback)


def _carried(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to (RFC 4291, 3056, 4380, 6052)."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None
