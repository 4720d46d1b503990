"""The two processes that an extension may have a file for."""

from enum import StrEnum


class Side(StrEnum):
    """Which process a file of an extension runs in; the value is the file's name without its ending."""

    WEB = "web"
    """The web process: the page, the API, requests. Without torch."""
    WORKER = "worker"
    """The worker process: models and the walk. Without the page."""

    @property
    def file(self) -> str:
        """The file's name in the extension's folder."""
        return f"{self.value}.py"
