"""The explorer's map in a real Chromium: how soon a click is seen, and how soon the plane is full of pictures."""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.browser import chromium
from benchmarks.figure import Figure
from benchmarks.served import served

CLICKS = ((0.5, 0.42), (0.3, 0.55), (0.66, 0.3), (0.45, 0.7), (0.58, 0.6))
"""Where the plane is clicked, as shares of its sides."""
SIDES = 5
PATIENCE_MS = 300_000

# The clock starts with the click and stops when the canvas has been drawn on.
WATCH = """() => {
  const plane = document.querySelector('[data-testid=map-plane]');
  const canvas = document.querySelector('[data-testid=map-canvas]');
  window.seen = null;
  plane.addEventListener('pointerup', (event) => (window.seen = {begun: event.timeStamp}));
  new MutationObserver(() => {
    const {state} = canvas.dataset;
    if (window.seen && state !== 'waiting') window.seen[state] ??= performance.now() - window.seen.begun;
  }).observe(canvas, {attributes: true, attributeFilter: ['data-state']});
}"""


def measure() -> list[Figure]:
    """Clicks on the map of a first visit, with the bundled model and its own settings; then the whole map."""
    with chromium() as browser, tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server:
        page = _map(browser, server.address)
        _click(page, 0.6, 0.5)  # the first one of a worker; it is no later than others, but warms the browser
        clicks = [_click(page, across, down) for across, down in CLICKS]
        full = _fill(page)
    preview, picture = (statistics.median(column) for column in zip(*clicks, strict=True))
    return [
        Figure(name="click on the map to the first preview drawn (median of 5)", value=preview, unit="s", goal=0.7),
        Figure(name="click on the map to the picture drawn (median of 5)", value=picture, unit="s", goal=3.5),
        Figure(name=f"a map of {SIDES} x {SIDES} pictures filled", value=full, unit="s", goal=60),
    ]


def _map(browser: Browser, address: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(address)
    page.locator("html[data-ready=true]").wait_for()
    page.evaluate("window.darkroom.showTab('explore')")
    page.locator("[data-testid=map-plane][data-projected=true]").wait_for()
    page.evaluate(WATCH)
    return page


def _click(page: Page, across: float, down: float) -> tuple[float, float]:
    """Seconds from a click at a place of the plane to the first preview, and to the picture."""
    plane = page.get_by_test_id("map-plane")
    box = plane.bounding_box()
    assert box
    page.evaluate("window.seen = null")
    plane.click(position={"x": across * box["width"], "y": down * box["height"]})
    page.wait_for_function("window.seen?.done", timeout=PATIENCE_MS)
    seen = page.evaluate("window.seen")
    page.wait_for_timeout(1000)  # what is told of the vector
    return seen["preview"] / 1000, seen["done"] / 1000


def _fill(page: Page) -> float:
    """Seconds from pressing the button to the last of the pictures."""
    return page.evaluate(
        """(pictures) => new Promise((full) => {
          const plane = document.querySelector('[data-testid=map-plane]');
          const begun = performance.now();
          new MutationObserver(() => {
            if (Number(plane.dataset.filled) === pictures) full((performance.now() - begun) / 1000);
          }).observe(plane, {attributes: true, attributeFilter: ['data-filled']});
          document.querySelector('[data-testid=map-fill]').click();
        })""",
        SIDES * SIDES,
    )
