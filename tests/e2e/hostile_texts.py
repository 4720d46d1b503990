"""Texts that are programs to a page which does not show them as texts, and a browser that notices when one runs."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

CANARY = "canary.invalid"
HOSTILE = (
    '<img src=x onerror="window.ran=1;alert(1)">',
    "<script>window.ran=1;alert(1)</script>",
    "<svg/onload=window.ran=1>",
    f'"><img src=http://{CANARY}/a onerror=window.ran=1>',
    "'><iframe srcdoc='<script>parent.ran=1</script>'></iframe>",
    "</textarea></title></script><script>window.ran=1</script>",
    '<a href="javascript:window.ran=1" autofocus onfocus=window.ran=1>here</a>',
    "<details open ontoggle=window.ran=1>",
    f"<style>@import 'http://{CANARY}/a.css';</style><link rel=stylesheet href=//{CANARY}/b.css>",
    f"<base href=http://{CANARY}/><form action=http://{CANARY}/><button autofocus onfocus=window.ran=1>",
    f"![picture](http://{CANARY}/a.png) [link](javascript:window.ran=1)",
    f"$$\\href{{javascript:window.ran=1}}{{x}}$$ $$\\includegraphics{{http://{CANARY}/b.png}}$$",
    "{{constructor.constructor('window.ran=1')()}} ${window.ran=1} #{window.ran=1}",
)
HOSTILE_NAMES = tuple(text for text in HOSTILE if "/" not in text)
"""Those that a file or a folder can be called."""


@dataclass
class Watch:
    """What a browser does that nobody asked for: dialogs, requests to other hosts, what its policy had to stop."""

    own_host: str
    noticed: list[str] = field(default_factory=list)
    requests: int = 0

    def over(self, page: Page) -> Page:
        """Watch a page from now on."""
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("console", self._console)
        return page

    def ran(self, context: BrowserContext) -> list[str]:
        """Everything that was noticed in all pages."""
        running = [f"{page.url} ran a text" for page in context.pages if page.evaluate("'ran' in window")]
        return self.noticed + running

    def _dialog(self, dialog: Dialog) -> None:
        self.noticed.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        self.requests += 1
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != self.own_host:
            self.noticed.append(f"a request: {request.url}")

    def _console(self, told: ConsoleMessage) -> None:
        if CANARY in told.text or "Content Security Policy" in told.text:
            self.noticed.append(f"stopped by the policy: {told.text}")
