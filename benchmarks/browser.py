"""What a person sees: the first sight after a start, the page, and how fresh a preview is. Needs Chromium."""

import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.figure import Figure
from benchmarks.jobs import PROMPT
from benchmarks.served import served
from webui.settings import ROOT

STARTS = 3
RECORD_DRAWINGS = """() => {
  const canvas = document.querySelector('[data-testid=canvas]');
  window.drawn = {};
  new MutationObserver(() => {
    if (canvas.dataset.final !== 'true')
      (window.drawn[canvas.dataset.job] ??= {})[canvas.dataset.step] ??= performance.timeOrigin + performance.now();
  }).observe(canvas, {attributes: true, attributeFilter: ['data-step', 'data-job']});
}"""


def measure() -> list[Figure]:
    """Start-up through launch.sh (installed before), and the way of a preview into a drawn picture."""
    with chromium() as browser:
        return [*_start_up(browser), *_previews(browser)]


def _start_up(browser: Browser) -> list[Figure]:
    runs = [_start(browser) for _ in range(STARTS)]
    sight, usable, first, later = (statistics.median(column) for column in zip(*runs, strict=True))
    library = statistics.median(_seconds_of("import gradio") for _ in range(STARTS))
    return [
        Figure(name="launch.sh, second start: something to see", value=sight, unit="s", goal=2),
        Figure(name="launch.sh, second start: page usable in Chromium", value=usable, unit="s", goal=6),
        Figure(name="import gradio alone", value=library, unit="s"),
        Figure(name="first click, as soon as possible, to the picture drawn", value=first, unit="s", goal=10),
        Figure(name="second click to the picture drawn", value=later, unit="s", goal=4),
    ]


def _start(browser: Browser) -> tuple[float, float, float, float]:
    """Seconds from calling launch.sh to the first page served and to a Generate button that can be pressed; then from
    pressing it at once to the picture, and the same again. The data folder is new: nothing is remembered.
    """
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        command = ["bash", "launch.sh", "--no-browser", "--port", "0", "--data-dir", folder]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found is not None
            httpx.get(found.group(), timeout=30).raise_for_status()
            sight = time.perf_counter() - start
            page = browser.new_page()
            page.goto(found.group())
            page.locator("#generate").click(trial=True, timeout=60_000)
            usable = time.perf_counter() - start
            first, later = _click_to_picture(page), _click_to_picture(page)
            page.close()
        finally:
            process.terminate()
            process.wait(30)
    return sight, usable, first, later


def _click_to_picture(page: Page) -> float:
    """Seconds from a click on Generate, with everything as it stands on a first visit, to the finished picture."""
    canvas = page.get_by_test_id("canvas")
    before = canvas.get_attribute("data-job")
    start = time.perf_counter()
    page.locator("#generate").click()
    page.wait_for_function(
        """before => {
          const shown = document.querySelector('[data-testid=canvas]').dataset;
          return shown.final === 'true' && shown.job !== before;
        }""",
        arg=before,
        timeout=120_000,
    )
    return time.perf_counter() - start


def _seconds_of(code: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - start


def _previews(browser: Browser) -> list[Figure]:
    delays: list[float] = []
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server:
        page = browser.new_page()
        page.goto(server.address)
        page.locator("#generate").wait_for()
        page.evaluate(RECORD_DRAWINGS)
        for seed in range(4):
            job = server.submit(prompt=PROMPT, seed=seed, steps=20)
            server.finished(job)
            page.wait_for_timeout(500)
            drawn = page.evaluate(f"window.drawn['{job}'] ?? {{}}")
            steps = server.times(job)["steps"]
            delays += [moment - 1000 * steps[int(step) - 1] for step, moment in drawn.items()]
    return [
        Figure(name="step done to preview drawn (median)", value=statistics.median(delays), unit="ms", goal=30),
        Figure(name="step done to preview drawn (95 of 100)", value=sorted(delays)[int(0.95 * len(delays))], unit="ms"),
        Figure(name="previews drawn of 80 steps", value=len(delays), unit=""),
    ]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser, without a window and without a graphics card."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()
