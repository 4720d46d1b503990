"""The address that guests type: a scheme, a name, perhaps a port, and nothing else."""

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]")


def base_address(text: str) -> str | None:
    """The address in its one spelling, or None where it is none. Without a scheme, https is meant.

    Whatever a tunnel says about itself goes through here: the name in it becomes one that our guard answers to.
    """
    stated = text.strip().rstrip("/")
    try:
        parts = urlsplit(stated if "://" in stated else f"https://{stated}")
        port = parts.port
    except ValueError:
        return None
    host = parts.netloc.lower().removesuffix(f":{port}")
    more = parts.path or parts.query or parts.fragment
    if parts.scheme not in ("http", "https") or more or not _HOST.fullmatch(host):
        return None
    usual = port is None or port == {"http": 80, "https": 443}[parts.scheme]  # browsers leave that one out
    return f"{parts.scheme}://{host}" if usual else f"{parts.scheme}://{host}:{port}"
