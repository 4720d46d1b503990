"""The step scrubber in a real Chromium: how soon a frame follows the hand, what is asked of the server meanwhile, how
soon a recording opens, and what large pictures take of the memory.
"""

import re
import statistics
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import psutil
from PIL import Image
from playwright.sync_api import Browser, Page, Route, ViewportSize

from benchmarks.browser import chromium
from benchmarks.figure import Figure
from benchmarks.jobs import PROMPT
from benchmarks.served import Served, served

STEPS = 50
OPENED = 3
VIEWPORT: ViewportSize = {"width": 1280, "height": 800}
CANVAS = "[data-testid=scrubber-canvas]"

# The clock of an input event starts when the browser makes it; it stops when the pixels can be read back.
RECORD_FRAMES = """() => {
  const slider = document.querySelector('[data-testid=scrubber-slider]');
  const canvas = document.querySelector('[data-testid=scrubber-canvas]');
  const context = canvas.getContext('2d');
  window.frames_drawn = [];
  if (Object.hasOwn(context, 'drawImage')) return; // counted since the drag before
  const draw = context.drawImage;
  let input = null;
  slider.addEventListener('input', (event) => (input = event.timeStamp), true);
  context.drawImage = function (...told) {
    draw.apply(context, told);
    context.getImageData(0, 0, 1, 1); // makes the browser really draw what it would put off
    if (input !== null) window.frames_drawn.push({ms: performance.now() - input, width: told[0].width});
    input = null;
  };
}"""

COUNT_BITMAPS = """
  window.bitmap_bytes = window.most_bitmap_bytes = 0;
  const make = window.createImageBitmap;
  window.createImageBitmap = async (...told) => {
    const bitmap = await make(...told);
    window.bitmap_bytes += 4 * bitmap.width * bitmap.height;
    window.most_bitmap_bytes = Math.max(window.most_bitmap_bytes, window.bitmap_bytes);
    return bitmap;
  };
  const close = ImageBitmap.prototype.close;
  ImageBitmap.prototype.close = function () {
    window.bitmap_bytes -= 4 * this.width * this.height;
    close.call(this);
  };
"""

OPEN = """(id) => new Promise((done) => {
  const canvas = document.querySelector('[data-testid=scrubber-canvas]');
  const begun = performance.now();
  let first = null;
  const look = () => {
    const {recording, state, previews} = canvas.dataset;
    if (recording !== id) return;
    if (first === null && state !== 'waiting') first = performance.now() - begun;
    if (previews !== 'true') return;
    observer.disconnect();
    done([first, performance.now() - begun]);
  };
  const observer = new MutationObserver(look);
  observer.observe(canvas, {attributes: true});
  window.darkroom.openRecording({trajectory: id, picture: 0, position: null});
})"""


def measure() -> list[Figure]:
    """Opening recordings of the bundled model's own size, dragging over 50 frames of 512x512, and 60 of 1024x1024."""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server, chromium() as browser:
        first, *opened = [_recorded(server, steps=STEPS, seed=seed) for seed in range(1, 2 + OPENED)]
        page = _tab(browser.new_page(viewport=VIEWPORT), server, first)
        figures = _opening(page, opened)
        page.close()
        told = httpx.get(f"{server.address}/api/v1/trajectories/{first}", timeout=30).json()
        return [*figures, *_dragging(browser, server, told, side=512), *_large(browser, server, told)]


def _recorded(server: Served, **request: Any) -> str:
    """Has a picture made; the id of its recording."""
    job = server.submit(prompt=PROMPT, **request)
    server.finished(job)
    newest = httpx.get(f"{server.address}/api/v1/trajectories?limit=1", timeout=30).json()[0]
    assert newest["job"] == job
    return newest["id"]


def _tab(page: Page, server: Served, recording: str) -> Page:
    """The tab with a recording on it, its previews drawn."""
    page.goto(server.address)
    page.locator("html[data-ready=true]").wait_for()
    page.evaluate("id => window.darkroom.openRecording({trajectory: id, picture: 0, position: null})", recording)
    page.locator(f"{CANVAS}[data-recording='{recording}'][data-previews=true]").wait_for(timeout=60_000)
    return page


def _opening(page: Page, recordings: list[str]) -> list[Figure]:
    """Opens recordings that nobody looked at before."""
    times = [page.evaluate(OPEN, recording) for recording in recordings]
    first, previews = (statistics.median(column) for column in zip(*times, strict=True))
    return [
        Figure(name="recording of 50 steps opened: first frame", value=first, unit="ms", goal=300),
        Figure(name="recording of 50 steps opened: all previews", value=previews, unit="ms", goal=2000),
    ]


def _dragging(browser: Browser, server: Served, told: dict[str, Any], *, side: int) -> list[Figure]:
    """Drags the slider's thumb with the mouse from end to end and back, first while frames are missing, then over
    decoded ones.
    """
    page = _with_frames(browser, told, side=side, last=STEPS)
    _tab(page, server, told["id"])
    early, requests = _drag(page)
    _all_decoded(page)
    late, more = _drag(page)
    page.close()
    times = sorted(frame["ms"] for frame in late)
    return [
        Figure(name=f"{side}x{side}: input to frame (median)", value=statistics.median(times), unit="ms", goal=4),
        Figure(name=f"{side}x{side}: input to frame (95 of 100)", value=_slowest(late), unit="ms", goal=8),
        Figure(name=f"{side}x{side}: input to preview (95 of 100)", value=_slowest(early), unit="ms", goal=8),
        Figure(name=f"{side}x{side}: frames drawn, there and back", value=len(times), unit=""),
        Figure(name=f"{side}x{side}: of these at full size", value=sum(f["width"] == side for f in late), unit=""),
        Figure(name=f"{side}x{side}: requests during both drags", value=requests + more, unit="", goal=0),
    ]


def _slowest(frames: list[dict[str, float]]) -> float:
    return sorted(frame["ms"] for frame in frames)[int(0.95 * len(frames))]


def _drag(page: Page) -> tuple[list[dict[str, float]], int]:
    """The frames drawn during a drag there and back, and how many requests were begun meanwhile."""
    asked: list[str] = []
    box = page.get_by_test_id("scrubber-slider").bounding_box()
    assert box is not None
    height, left, right = box["y"] + box["height"] / 2, box["x"] + 8, box["x"] + box["width"] - 8
    page.evaluate(RECORD_FRAMES)
    page.mouse.move(right, height)
    page.mouse.down()
    page.on("request", lambda request: asked.append(request.url))
    for ends in ((right, left), (left, right)):
        for share in np.linspace(0, 1, 4 * STEPS):
            page.mouse.move(float(ends[0] + share * (ends[1] - ends[0])), height)
    count = len(asked)
    page.mouse.up()
    return page.evaluate("window.frames_drawn"), count


def _all_decoded(page: Page) -> None:
    status = page.get_by_test_id("scrubber-status")
    for _ in range(600):
        if status.inner_text() == "decoded":
            page.wait_for_timeout(500)  # the last files become bitmaps
            return
        page.wait_for_timeout(200)
    raise TimeoutError(f"the frames were not decoded: {status.inner_text()}")


def _large(browser: Browser, server: Served, told: dict[str, Any]) -> list[Figure]:
    """What 60 frames of 1024x1024 take of the memory, and whether dragging over them stays quick."""
    page = _with_frames(browser, told, side=1024, last=59)
    page.add_init_script(COUNT_BITMAPS)
    _tab(page, server, told["id"])
    _all_decoded(page)
    drawn, requests = _drag(page)
    page.context.new_cdp_session(page).send("HeapProfiler.collectGarbage")
    most = page.evaluate("window.most_bitmap_bytes")
    memory = max(process.memory_full_info().uss for process in _renderers())
    page.close()
    return [
        Figure(name="1024x1024 x 60: memory of the page's process", value=memory / 1e6, unit="MB", goal=300),
        Figure(name="1024x1024 x 60: bitmaps at most", value=most / 1e6, unit="MB"),
        Figure(name="1024x1024 x 60: input to frame (95 of 100)", value=_slowest(drawn), unit="ms", goal=8),
        Figure(name="1024x1024 x 60: requests during the drag", value=requests, unit="", goal=0),
    ]


def _renderers() -> list[psutil.Process]:
    """The browser's processes that hold a page each."""
    children = psutil.Process().children(recursive=True)
    return [child for child in children if any("--type=renderer" in part for part in child.cmdline())]


def _with_frames(browser: Browser, told: dict[str, Any], *, side: int, last: int) -> Page:
    """A page to which a recording looks larger than it is. Its frames are made here: what is measured is the page, and
    decoding as many takes a processor minutes.
    """
    page = browser.new_page(viewport=VIEWPORT)
    frames = [_noise(step, side) for step in range(last + 1)]
    large = _enlarged(told, side=side, last=last)

    def answer(route: Route) -> None:
        path = route.request.url
        step = re.search(r"/steps/(\d+)/", path)
        if step:
            route.fulfill(body=frames[int(step[1])], content_type="image/jpeg")
        elif "/strips/" in path:
            route.fulfill(body=_jpeg(np.full((8 * side // 8, side, 3), 99)), content_type="image/jpeg")
        elif path.endswith("/family"):
            route.fulfill(json={"nodes": []})
        else:
            route.fulfill(json=large)

    page.route(re.compile(f"/api/v1/trajectories/{told['id']}"), answer)
    return page


def _enlarged(told: dict[str, Any], *, side: int, last: int) -> dict[str, Any]:
    sigmas = np.geomspace(14.6, 0.03, last)
    return told | {
        "width": side,
        "height": side,
        "positions": last,
        "sigmas": [*sigmas.tolist(), 0],
        "snr_db": [*(-20 * np.log10(sigmas)).tolist(), None],
        "timesteps": list(range(last)),
        "movement": [0.1] * last,
        "latent": {"width": side // 8, "height": side // 8, "channels": 4},
        "pictures": [picture | {"url": None} for picture in told["pictures"]],
    }


def _noise(step: int, side: int) -> bytes:
    """A picture whose file is about as large as a photo's."""
    grain = np.random.default_rng(step).integers(0, 255, (side // 4, side // 4, 3))
    return _jpeg(np.kron(grain, np.ones((4, 4, 1))))


def _jpeg(pixels: np.ndarray) -> bytes:
    file = BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(file, format="JPEG", quality=80)
    return file.getvalue()
