"""What an extension may ask for, and what people are told of it."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """What an extension asks for in its extension.toml. A hook is called only where its permission was asked for."""

    PAGE = "page"
    REQUESTS = "requests"
    PICTURES = "pictures"
    SAMPLING = "sampling"
    ROUTES = "routes"
    NETWORK = "network"
    FILES = "files"

    @property
    def meaning(self) -> str:
        """What it allows, in a sentence for the page."""
        return _MEANINGS[self]


_MEANINGS: Mapping[Permission, str] = {
    Permission.PAGE: "Adds tabs and themes to the page.",
    Permission.REQUESTS: "Reads and changes what is asked for before a picture is made, and its infotext.",
    Permission.PICTURES: "Sees and changes pictures.",
    Permission.SAMPLING: "Changes how pictures are made: samplers, schedules, models, the walk itself.",
    Permission.ROUTES: "Adds addresses to the server, ways to make a public link, and commands to the command line.",
    Permission.NETWORK: "Says that it uses the network. This is its author's word: Darkroom cannot enforce it.",
    Permission.FILES: "Says that it uses other files. This is its author's word: Darkroom cannot enforce it.",
}
