"""A picture to start from: uploaded, or sent from the job view; the tabs share one form."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.making import canvas_shows, finished, generate, make, open_tab, set_fields, upload
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "start.png"
    Image.linear_gradient("L").resize((64, 64)).convert("RGB").save(path)
    return path


def test_an_uploaded_picture_is_what_img2img_starts_from(page: Page, server: ServerProcess, picture: Path) -> None:
    open_tab(page, "img2img")
    page.locator("#field-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#field-width input")).to_have_value("64")
    set_fields(page, prompt="a hill", steps=4, seed=5, start_strength=0.5)
    job = generate(page, server)
    start = job["request"]["start"]
    assert (start["kind"], start["strength"]) == ("picture", 0.5)
    assert finished(server, job)["status"] == "done"
    canvas_shows(page, job)


def test_turning_to_another_tab_keeps_prompt_and_settings(page: Page, server: ServerProcess) -> None:
    set_fields(page, prompt="kept everywhere", steps=2, seed=9, width=64, height=64)
    for tab in ("img2img", "inpaint", "PNG Info", "txt2img"):
        open_tab(page, tab)
        expect(page.locator("#workbench")).to_be_visible(visible=tab != "PNG Info")
        expect(page.locator("#field-picture")).to_be_visible(visible=tab in ("img2img", "inpaint"))
        expect(page.locator("#section-hires")).to_be_visible(visible=tab == "txt2img")
        expect(page.locator("#section-mask")).to_be_visible(visible=tab == "inpaint")
    request = generate(page, server)["request"]
    assert (request["prompt"], request["steps"], request["seed"]) == ("kept everywhere", 2, 9)
    assert request["start"] == {"kind": "noise"}


def test_img2img_without_a_picture_says_what_is_missing_where_it_is_missing(page: Page, server: ServerProcess) -> None:
    jobs = len(server.get("/api/v1/jobs"))
    open_tab(page, "img2img")
    page.locator("#generate").click()
    expect(page.get_by_text("There is no picture to start from.")).to_be_visible()
    expect(page.locator("#field-picture")).to_have_class(re.compile(r"\bwrong\b"))
    assert len(server.get("/api/v1/jobs")) == jobs


def test_a_made_picture_is_sent_to_img2img_and_its_parameters_to_txt2img(page: Page, server: ServerProcess) -> None:
    set_fields(page, prompt="a boat", steps=3, seed=21, width=64, height=64)
    first = generate(page, server)
    canvas_shows(page, first)
    page.get_by_test_id("to-img2img").click()
    expect(page.get_by_role("tab", name="img2img", exact=True)).to_have_attribute("aria-selected", "true")
    second = generate(page, server)
    made = server.get("/api/v1/images?limit=50")
    (source,) = [image["id"] for image in made if image["job"] == first["id"]]
    assert second["request"]["start"]["picture"] == source
    assert (second["request"]["prompt"], second["request"]["seed"]) == ("a boat", 21)
    canvas_shows(page, second)
    page.get_by_test_id("to-txt2img").click()
    expect(page.get_by_role("tab", name="txt2img", exact=True)).to_have_attribute("aria-selected", "true")
    assert generate(page, server)["request"]["start"] == {"kind": "noise"}


def test_reuse_all_turns_to_the_tab_that_made_the_picture(page: Page, server: ServerProcess, picture: Path) -> None:
    open_tab(page, "img2img")
    page.locator("#field-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#field-width input")).to_have_value("64")
    set_fields(page, prompt="again", steps=2, seed=8, start_strength=0.6)
    job = generate(page, server)
    canvas_shows(page, job)
    open_tab(page, "txt2img")
    page.get_by_test_id("reuse-all").click()
    expect(page.get_by_role("tab", name="img2img", exact=True)).to_have_attribute("aria-selected", "true")
    assert generate(page, server)["request"]["start"] == job["request"]["start"]


def test_what_was_done_otherwise_than_asked_is_noted_under_the_picture(page: Page, server: ServerProcess) -> None:
    picture, mask = (upload(server, Image.new("L", (side, side), "white")) for side in (64, 32))
    start = {"kind": "picture", "picture": picture}
    make(server, prompt="a hill", steps=2, width=64, height=64, start=start, mask={"picture": mask})
    expect(page.get_by_test_id("note-box")).to_contain_text("The mask was resized")


def test_the_form_and_its_tab_are_there_again_after_a_reload(page: Page, server: ServerProcess, picture: Path) -> None:
    open_tab(page, "img2img")
    page.locator("#field-picture input[type=file]").first.set_input_files(picture)
    expect(page.locator("#field-width input")).to_have_value("64")
    set_fields(page, prompt="kept", steps=2, start_strength=0.35)
    page.wait_for_function("() => (localStorage.getItem('darkroom.draft') ?? '').includes('\"start_strength\":0.35')")
    page.reload()
    page.locator("html[data-ready=true]").wait_for()
    expect(page.get_by_role("tab", name="img2img", exact=True)).to_have_attribute("aria-selected", "true")
    start = generate(page, server)["request"]["start"]
    assert (start["kind"], start["strength"]) == ("picture", 0.35)


def test_a_changed_field_has_a_number_at_its_accordion_and_a_way_back(page: Page) -> None:
    number = page.locator("#section-advanced [data-changed]")
    page.locator("#section-advanced > .label-wrap").click()
    set_fields(page, cfg_rescale=0.5)
    expect(number).to_have_attribute("data-changed", "1")
    page.locator("#field-cfg_rescale .field-reset").click()
    expect(page.locator("#field-cfg_rescale input[type=number]")).to_have_value("0")
    expect(number).to_have_attribute("data-changed", "")


def test_a_bad_value_in_a_closed_accordion_is_marked_and_the_accordion_opened(page: Page) -> None:
    page.locator("#section-variations > .label-wrap").click()
    set_fields(page, seed_resize_width=13, width=64, height=64)
    page.locator("#section-variations > .label-wrap").click()
    expect(page.locator("#field-seed_resize_width")).to_be_hidden()
    page.locator("#generate").click()
    expect(page.locator("#field-seed_resize_width")).to_be_visible()
    expect(page.locator("#field-seed_resize_width")).to_have_class(re.compile(r"\bwrong\b"))
