"""Why there is no link, or nobody comes in by it."""

from webui.errors import WebUIError


class TunnelFailed(WebUIError):
    """A tunnel could not be opened; nothing of it is left."""


class LinkBusy(WebUIError):
    """A link is open already, or is being opened."""


class LinkFull(WebUIError):
    """As many guests as a link takes have come by it."""


class GuestNotFound(WebUIError, LookupError):
    """No such guest has come by the link that is open."""
