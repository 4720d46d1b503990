"""What the browser tests of the making tabs do alike."""

from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from tests.e2e.real_server import ServerProcess

TAB_IDS = {
    "PNG Info": "pnginfo", "Step scrubber": "scrubber", "Explore": "explore", "Models": "models",
    "Extensions": "extensions", "Share": "share", "Settings": "settings",
}  # fmt: skip
"""The page's own names of the tabs whose words are others."""

DRAFT_HAS = """typed => {
  const [form] = window.darkroom.readDraft();
  return form && Object.entries(typed).every(([name, value]) => form[name] === value);
}"""


def set_fields(page: Page, **fields: Any) -> None:
    """Types values into fields by their names on the page (`start_strength` is `#field-start-strength`)."""
    for field, value in fields.items():
        block = page.locator(f"#field-{field}, #field-{field.replace('_', '-', 1)}").first
        _type(block.locator("textarea, input[type=number], input[type=text]").first, str(value))


def set_form(page: Page, **fields: Any) -> None:
    """Types values as `set_fields` does, and waits until the page's scripts know of them: a moment after the last.

    Raises:
        PlaywrightTimeout: a value never came to the scripts, though it was typed again.
    """
    for patience in (5_000, 10_000, None):
        set_fields(page, **fields)
        try:
            page.wait_for_function(DRAFT_HAS, arg=fields, timeout=patience)
            return
        except PlaywrightTimeout:  # a field that was just drawn has its first value once more, over what was typed
            if patience is None:
                raise


def _type(box: Locator, text: str) -> None:
    # Gradio sets a field's value once more within milliseconds of drawing it, which no hand can come before.
    for _ in range(3):
        box.fill(text)
        box.press("Tab")
        if box.input_value() == text:
            return


def open_tab(page: Page, name: str) -> None:
    """Turns to a tab by its words; on a phone the last ones are in the menu at the end of the row."""
    tab = page.get_by_role("tab", name=name, exact=True)
    menu = page.locator("#tabs .overflow-menu")
    entry = menu.get_by_role("button", name=name, exact=True)
    expect(tab.or_(menu.locator("> button")).first).to_be_visible()
    for _ in range(20):  # Gradio lays its row out anew after each turn, and closes the menu then
        chosen = tab if tab.count() else entry
        try:
            if chosen is entry:
                menu.locator("> button").click(timeout=2_000)
            chosen.click(timeout=2_000)
            break
        except PlaywrightTimeout:
            continue
    expect(page.locator("html")).to_have_attribute("data-tab", TAB_IDS.get(name, name))


def open_instrument(page: Page, name: str) -> Locator:
    """Turns to an instrument of the explorer by its name in addresses, and returns its panel when it is ready."""
    open_tab(page, "Explore")
    page.get_by_test_id(f"explore-tab-{name}").click()
    panel = page.get_by_test_id(f"explore-{name}")
    expect(panel).to_have_attribute("data-ready", "true")
    return panel


def generate(page: Page, server: ServerProcess, **fields: Any) -> dict[str, Any]:
    """Types values into fields, presses Generate and returns the job that this made."""
    set_fields(page, **fields)
    known = {job["id"] for job in server.get("/api/v1/jobs")}
    page.locator("#generate").click()
    is_new = lambda jobs: [job for job in jobs if job["id"] not in known]  # noqa: E731
    return is_new(server.wait_for("/api/v1/jobs", is_new))[0]


def finished(server: ServerProcess, job: dict[str, Any]) -> dict[str, Any]:
    """The job when it has ended."""
    return server.wait_for(f"/api/v1/jobs/{job['id']}", lambda now: now["status"] not in ("queued", "running"))


def canvas_shows(page: Page, job: dict[str, Any]) -> None:
    """Waits until the finished picture of this very job is on the canvas."""
    canvas = page.get_by_test_id("canvas")
    expect(canvas).to_have_attribute("data-job", job["id"])
    expect(canvas).to_have_attribute("data-final", "true")


def upload(server: ServerProcess, picture: Image.Image) -> str:
    """Puts a picture into the store of inputs; returns its id."""
    file = BytesIO()
    picture.save(file, format="PNG")
    answer = httpx.post(f"{server.address}/api/v1/pictures", content=file.getvalue(), timeout=30)
    return answer.json()["id"]


def files_of(server: ServerProcess, job: dict[str, Any]) -> list[Path]:
    """The files of a finished job's pictures; those of jobs that other tests left in the queue are not among them."""
    images = server.get(f"/api/v1/jobs/{job['id']}")["images"]
    return [server.data_dir / server.get(f"/api/v1/images/{image}/parameters")["path"] for image in images]


def make(server: ServerProcess, **request: Any) -> tuple[dict[str, Any], Path]:
    """Has a picture made through the API; returns its request, as the library keeps it, and its file."""
    job = finished(server, httpx.post(f"{server.address}/api/v1/jobs", json=request, timeout=30).json())
    assert job["status"] == "done"
    (file,) = files_of(server, job)
    return server.get(f"/api/v1/images/{job['images'][0]}/parameters")["request"], file
