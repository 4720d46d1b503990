"""Chromium and a real server on small real models."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.e2e.real_server import ServerProcess, running_server

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
TIMEOUT_MS = 60_000
EXPECT_TIMEOUT_MS = 20_000
"""Machines are shared: what a browser needs a tenth of a second for can take several."""


@pytest.fixture(scope="session")
def server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with running_server(data_dir=tmp_path_factory.mktemp("e2e") / "data", models_dir=tiny_models_dir) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path, "the browser tests need Chromium (Debian: apt install chromium)"
    expect.set_options(timeout=EXPECT_TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _visitor(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    yield context
    context.close()


@pytest.fixture
def context(_visitor: BrowserContext, server: ServerProcess) -> Iterator[BrowserContext]:
    """A browser that has the page's scripts from earlier visits, so that pages open in half the time, and no more."""
    page = _visitor.new_page()
    page.goto(f"{server.address}/hub.js")  # what is no page, script or style has no storage
    page.evaluate("localStorage.clear()")
    page.close()
    yield _visitor
    for page in _visitor.pages:
        page.close()


@pytest.fixture
def page(context: BrowserContext, server: ServerProcess) -> Page:
    page = context.new_page()
    open_page(page, server)
    return page


def open_page(page: Page, server: ServerProcess) -> None:
    """Goes to the page and waits until its fields hold the draft of last time."""
    page.goto(server.address)
    page.locator("html[data-ready=true]").wait_for()
    page.locator("#generate").wait_for()
