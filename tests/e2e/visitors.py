"""People who come to a page: the host who shares it, and guests in browsers of their own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.e2e.conftest import TIMEOUT_MS
from tests.e2e.real_server import ServerProcess
from tests.sharing.ssh_server import SshServer

SHARE = "/api/v1/share"


@dataclass
class Visitor:
    """A browser of their own, and all that went wrong in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(TIMEOUT_MS)
        self.page.on("console", self._heed)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heed(self, told: ConsoleMessage) -> None:
        if told.type == "error":
            self.complaints.append(f"{told.text} {told.location['url']}")


@contextmanager
def visitor(browser: Browser) -> Iterator[Visitor]:
    """Somebody whose browser knows nothing of anybody else's."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield Visitor(context.new_page())
    context.close()


def come_in(guest: Visitor, link: dict[str, Any], name: str) -> None:
    """Open the link as a phone's camera does, and log in."""
    guest.page.goto(f"{link['url']}/login#key={link['password']}")
    guest.page.locator("input[name=name]").fill(name)
    guest.page.get_by_role("button", name="Come in").click()
    guest.page.locator("html[data-ready=true]").wait_for()


def open_link(server: ServerProcess, sshd: SshServer, **order: Any) -> dict[str, Any]:
    """Open a public link through an ssh tunnel; returns what the server tells of it."""
    wanted = {"provider": "ssh", "ssh": sshd.options, **order}
    answer = httpx.post(server.address + SHARE, json=wanted, timeout=60)
    assert answer.status_code == 201, answer.text
    return answer.json()


def close_link(server: ServerProcess) -> None:
    """Close it, whether or not one is open."""
    httpx.delete(server.address + SHARE, timeout=60)
