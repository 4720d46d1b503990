"""Scripts on the real page: an X/Y/Z plot and a threshold sweep."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.making import open_tab, set_fields
from tests.e2e.real_server import ServerProcess
from webui.generation.infotext_form import split_layout

pytestmark = pytest.mark.browser


def _open_script(page: Page, name: str) -> None:
    page.locator("#section-scripts > .label-wrap").click()
    _choose(page, "#field-script", name)


def _choose(page: Page, field: str, name: str) -> None:
    page.locator(f"{field} input").click()
    page.get_by_role("option", name=name, exact=True).click()
    # On a busy machine it takes a moment to fade out, and the next list has the same names.
    expect(page.get_by_role("option")).to_have_count(0)


def _run(page: Page, server: ServerProcess) -> dict[str, Any]:
    """Presses Run script and returns the series that this made, when it has ended."""
    known = {series["id"] for series in server.get("/api/v1/series")}
    page.locator("#run-script").click()
    ended = lambda all_: [one for one in all_ if one["id"] not in known and one["status"] != "running"]  # noqa: E731
    (series,) = ended(server.wait_for("/api/v1/series", ended))
    expect(page.get_by_test_id("series-status")).to_have_attribute("data-state", series["status"])
    return server.get(f"/api/v1/series/{series['id']}")


def test_a_plot_of_three_by_three_becomes_nine_pictures_and_a_grid_with_legends(
    page: Page, server: ServerProcess
) -> None:
    set_fields(page, prompt="a boat", steps=2, seed=3, width=64, height=64)
    _open_script(page, "X/Y/Z plot")
    _choose(page, "#field-x-type", "Steps")
    _choose(page, "#field-y-type", "CFG Scale")
    set_fields(page, x="1-3", y="2-6 (+2)")
    done = _run(page, server)
    expect(page.get_by_test_id("series-picture")).to_be_visible()
    expect(page.get_by_text("X/Y/Z plot: 9 pictures are done")).to_be_visible()
    assert (done["status"], done["total"]) == ("done", 9)
    assert (done["result"]["x"][0], done["result"]["y"][-1]) == ("Steps: 1", "CFG Scale: 6")
    made = {image["id"]: image for image in server.get("/api/v1/images?limit=50")}
    cells = [made[cell["image"]] for cell in done["cells"]]
    assert len({cell["id"] for cell in cells}) == 9
    assert {cell["seed"] for cell in cells} == {3}
    grid = made[done["picture"]]
    pairs = split_layout(grid["infotext"]).pairs
    assert (pairs["Script"], pairs["X Type"], pairs["Y Values"]) == ("X/Y/Z plot", "Steps", "2-6 (+2)")
    shown = page.get_by_test_id("series-picture").get_attribute("href")
    with Image.open(BytesIO(httpx.get(f"{server.address}{shown}").content)) as image:
        assert image.size == (grid["width"], grid["height"])
        assert image.width > 3 * 64
    expect(page.get_by_test_id("filmstrip-item").and_(page.locator(f"[data-key='image:{grid['id']}']"))).to_have_count(
        1
    )


def test_a_bad_value_is_told_at_its_axis(page: Page, server: ServerProcess) -> None:
    before = len(server.get("/api/v1/series"))
    _open_script(page, "X/Y/Z plot")
    _choose(page, "#field-x-type", "Steps")
    set_fields(page, x="1, many")
    page.locator("#run-script").click()
    expect(page.get_by_text("X axis, Steps: 'many' is no whole number")).to_be_visible()
    expect(page.locator("#field-x")).to_have_class(re.compile(r"\bwrong\b"))
    assert len(server.get("/api/v1/series")) == before


def test_a_sweep_says_where_the_picture_tips_over(page: Page, server: ServerProcess, tmp_path: Path) -> None:
    picture = tmp_path / "start.png"
    Image.linear_gradient("L").resize((64, 64)).convert("RGB").save(picture)
    open_tab(page, "img2img")
    page.locator("#field-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#field-width input")).to_have_value("64")
    set_fields(page, prompt="a hill", steps=4, seed=5)
    _open_script(page, "Threshold sweep")
    set_fields(page, first=0.25, last=1, count=4)
    done = _run(page, server)
    assert done["result"]["strengths"] == [0.25, 0.5, 0.75, 1.0]
    assert len(done["result"]["distances"]) == 3
    expect(page.get_by_text(done["result"]["sentence"])).to_be_visible()
