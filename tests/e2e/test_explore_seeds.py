"""The seed explorer: neighbours around a picture, steps from one to the next, and the way back."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.making import finished, generate, open_instrument, set_form
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser

CELLS = 9
MIDDLE = 4


def _begin(page: Page) -> None:
    set_form(page, prompt="a boat", steps=2, seed=3, width=64, height=64)
    open_instrument(page, "seeds")
    page.get_by_test_id("seeds-begin").click()
    _filled(page)


def _filled(page: Page) -> None:
    expect(page.locator(".seeds-cell[data-state=done]")).to_have_count(CELLS)
    expect(page.get_by_test_id("seeds-status")).to_have_text("")


def _addresses(page: Page) -> list[str]:
    return [each.get_attribute("src") or "" for each in page.locator(".seeds-cell img").all()]


def _sent(page: Page, server: ServerProcess) -> dict[str, Any]:
    page.get_by_test_id("seeds-to-txt2img").click()
    expect(page.locator("html")).to_have_attribute("data-tab", "txt2img")
    return finished(server, generate(page, server))["request"]


def test_a_neighbour_becomes_the_middle_and_the_path_leads_back(page: Page) -> None:
    _begin(page)
    first = _addresses(page)
    assert len(set(first)) == CELLS
    page.get_by_test_id("seeds-cell").nth(2).click()
    expect(page.get_by_test_id("seeds-step")).to_have_count(2)
    _filled(page)
    second = _addresses(page)
    assert second[MIDDLE] == first[2]
    assert set(second) & set(first) == {first[2]}
    expect(page.get_by_test_id("seeds-facts")).to_contain_text("noise turned once")
    page.get_by_test_id("seeds-step").first.click()
    _filled(page)
    assert _addresses(page) == first
    expect(page.get_by_test_id("seeds-step")).to_have_count(2)


def test_the_middle_is_what_the_form_would_make_blend_and_turns_too(page: Page, server: ServerProcess) -> None:
    written = {"blend": '"a boat" + 0.5 * "a tree"', "blend_way": "linear", "noise_turns": "0.3 to 77"}
    page.evaluate("form => window.darkroom.fill({ form })", written)
    _begin(page)
    expect(page.get_by_test_id("seeds-facts")).to_contain_text("noise turned once")
    request = _sent(page, server)
    assert [idea["weight"] for idea in request["blend"]["ideas"]] == [1, 0.5]
    assert [(turn["share"], turn["seed"]) for turn in request["noise_turns"]] == [(0.3, 77)]


def test_the_picture_in_the_middle_is_sent_as_an_exact_request(page: Page, server: ServerProcess) -> None:
    _begin(page)
    page.get_by_test_id("seeds-cell").nth(MIDDLE).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("seeds-step")).to_have_count(2)
    request = _sent(page, server)
    (turn,) = request["noise_turns"]
    assert (request["prompt"], request["seed"], turn["share"]) == ("a boat", 3, 0.4)


def test_other_neighbours_and_another_spread_keep_the_middle(page: Page) -> None:
    _begin(page)
    first = _addresses(page)
    page.get_by_test_id("seeds-others").click()
    _filled(page)
    others = _addresses(page)
    page.get_by_test_id("seeds-spread").press("ArrowRight")
    _filled(page)
    farther = _addresses(page)
    assert first[MIDDLE] == others[MIDDLE] == farther[MIDDLE]
    assert set(first) & set(others) & set(farther) == {first[MIDDLE]}
    expect(page.get_by_test_id("seeds-step")).to_have_count(1)
