"""Concept sliders: made and tried in the explorer, kept, and set in the form."""

import json

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.making import finished, generate, open_instrument, open_tab, set_form
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser

SEASON = {"low": "summer", "high": "winter", "value": 0.5, "start": 0.0, "end": 1.0}


def _keep(server: ServerProcess, name: str) -> None:
    assert httpx.put(f"{server.address}/api/v1/sliders/{name}", json=SEASON).status_code == 200


def _open_section(page: Page) -> None:
    page.locator("#section-sliders > .label-wrap").click()
    expect(page.get_by_test_id("concept-sliders")).to_be_visible()


def test_a_slider_is_tried_at_three_values_kept_and_taken_to_the_form(page: Page, server: ServerProcess) -> None:
    set_form(page, prompt="a boat", steps=2, seed=3, width=64, height=64)
    open_instrument(page, "sliders")
    expect(page.get_by_test_id("slider-prompt")).to_have_value("a boat")
    page.get_by_test_id("slider-low").fill("by day")
    page.get_by_test_id("slider-high").fill("at night")
    page.get_by_test_id("slider-try").click()
    pictures = page.locator(".trial-picture[data-state=done]")
    expect(pictures).to_have_count(3)
    shown = {each.get_attribute("src") for each in page.locator(".trial-picture img").all()}
    files = {httpx.get(f"{server.address}{address}").content for address in shown}
    assert len(files) == 3
    page.get_by_test_id("slider-name").fill("Day to night")
    page.get_by_test_id("slider-save").click()
    expect(page.get_by_test_id("slider-shelf").get_by_role("button")).to_have_text("Day to nightby day to at night")
    kept = json.loads((server.data_dir / "sliders" / "Day to night.json").read_text())
    assert (kept["low"], kept["high"]) == ("by day", "at night")
    pictures.first.click()
    page.get_by_test_id("slider-use").click()
    expect(page.get_by_test_id("slider-row")).to_have_count(1)
    expect(page.get_by_test_id("slider-number")).to_have_value("-1")
    job = generate(page, server)
    request = finished(server, job)["request"]
    assert (request["prompt"], request["sliders"]) == ("a boat", [{**kept, "name": "Day to night", "value": -1.0}])
    open_tab(page, "Explore")
    page.get_by_test_id("slider-delete").click()
    expect(page.get_by_test_id("slider-shelf").get_by_role("button")).to_have_count(0)
    assert not (server.data_dir / "sliders" / "Day to night.json").exists()


def test_a_name_that_cannot_be_kept_is_told_beside_it(page: Page) -> None:
    open_instrument(page, "sliders")
    page.get_by_test_id("slider-low").fill("by day")
    page.get_by_test_id("slider-save").click()
    expect(page.get_by_test_id("error-box")).to_contain_text("It needs a name")
    page.get_by_test_id("slider-name").fill("../day")
    page.get_by_test_id("slider-save").click()
    expect(page.get_by_test_id("error-box")).to_contain_text("'../day' cannot be a slider's name")


def test_several_sliders_of_the_form_go_into_the_request_and_come_back(page: Page, server: ServerProcess) -> None:
    _keep(server, "Season")
    set_form(page, prompt="a boat", steps=2, seed=3, width=64, height=64)
    _open_section(page)
    page.get_by_test_id("add-slider").select_option("Season")
    page.get_by_test_id("new-slider").click()
    rows = page.get_by_test_id("slider-row")
    expect(rows).to_have_count(2)
    own = rows.nth(1)
    own.locator("[data-field=low]").fill("calm")
    own.locator("[data-field=high]").fill("storm")
    own.locator("[data-field=end]").fill("0.5")
    own.get_by_test_id("slider-number").fill("-1.5")
    own.get_by_test_id("slider-number").press("Tab")
    expect(page.locator("#section-sliders > .label-wrap > span").first).to_have_attribute("data-changed", "2")
    request = finished(server, generate(page, server))["request"]
    mine = {"name": "", "low": "calm", "high": "storm", "value": -1.5, "start": 0.0, "end": 0.5}
    assert request["sliders"] == [{"name": "Season", **SEASON}, mine]
    rows.nth(0).get_by_role("button", name="Take Season out").click()
    expect(rows).to_have_count(1)
    page.evaluate("(request) => window.darkroom.fill({ fields: request, whole: true })", request)
    expect(rows).to_have_count(2)
    expect(rows.nth(0).get_by_test_id("slider-number")).to_have_value("0.5")
    again = finished(server, generate(page, server))["request"]
    assert again == request
    httpx.delete(f"{server.address}/api/v1/sliders/Season")
