"""Which addresses are machines of the open net, and not this computer or its network."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

_NAT64 = IPv6Network("64:ff9b::/96")
_NEVER_PUBLIC = tuple(ip_network(each) for each in ("192.0.0.0/24", "64:ff9b:1::/48", "3fff::/20", "5f00::/16"))
"""Reserved for special purposes (RFC 6890, 8215, 9637, 9602), which older Pythons take for global."""
_Address = IPv4Address | IPv6Address


def is_public(address: _Address) -> bool:
    """Whether an address is one of the open net, also inside IPv6 addresses that stand for IPv4 ones."""
    if isinstance(address, IPv6Address):
        inner = _carried(address)
        if inner is not None:
            return is_public(inner)
    if any(address in network for network in _NEVER_PUBLIC):
        return False
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
