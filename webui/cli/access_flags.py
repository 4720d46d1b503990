"""What `webui serve` is told of who may come in."""

import argparse
from pathlib import Path
from typing import Any


def add_access_flags(command: argparse.ArgumentParser) -> None:
    """Adds the flags."""
    flags = command.add_argument_group("who may come in")
    flags.add_argument(
        "--listen", action="store_true",
        help="let other computers in; needs an account, DARKROOM_PASSWORD or a token",
    )  # fmt: skip
    flags.add_argument(
        "--auth", action="append", metavar="NAME:PASSWORD",
        help="an administrator for this start; others on this computer can read it, so prefer `webui accounts add`",
    )  # fmt: skip
    flags.add_argument(
        "--api-auth", action="append", metavar="NAME:PASSWORD",
        help="what /sdapi, /v1 and /mcp want to be shown, also by programs on this computer; may be given often",
    )  # fmt: skip
    flags.add_argument(
        "--token-file", type=Path, metavar="FILE", help="a file with a token that lets programs in (as Bearer)"
    )
    flags.add_argument(
        "--allowed-host", action="append", metavar="NAME", help="a further name that this server is reached by"
    )
    flags.add_argument(
        "--cors-origin", action="append", metavar="ORIGIN", help="a web page that may ask, like https://example.org"
    )
    flags.add_argument("--mcp", action="store_true", help="answer the Model Context Protocol at /mcp")
    flags.add_argument(
        "--allow-image-urls", action="store_true", help="let requests name pictures by an address in the net"
    )


def access_settings(options: argparse.Namespace) -> dict[str, Any]:
    """What `add_access_flags` was told, as settings; None is not given."""
    return {
        "host": "0.0.0.0" if options.listen else None,
        "auth": options.auth,
        "api_auth": options.api_auth,
        "token_file": options.token_file,
        "allowed_hosts": options.allowed_host,
        "cors_origins": options.cors_origin,
        "mcp": options.mcp or None,
        "allow_image_urls": options.allow_image_urls or None,
    }
