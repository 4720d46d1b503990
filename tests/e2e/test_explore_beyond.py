"""Lines past where prompts lead: faults of expressions, the pictures with their plot, a point sent to txt2img."""

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.making import finished, generate, open_instrument, set_form
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser

MEASURING_MS = 90_000
"""What is normal for the model is measured before the first line."""


@pytest.fixture
def panel(page: Page) -> Locator:
    """The panel as a first visit finds it, with small pictures of few steps."""
    set_form(page, width=64, height=64, steps=2, seed=7)
    return open_instrument(page, "beyond")


def _carets_under(fault: Locator) -> str:
    """The part of the shown line that the carets stand under."""
    line, carets = fault.locator("pre").inner_text().split("\n")[:2]
    return line[len(carets) - len(carets.lstrip()) : len(carets)]


def _draw(panel: Locator, *, to: float, pictures: int) -> None:
    page = panel.page
    page.get_by_test_id("beyond-from").fill("0")
    page.get_by_test_id("beyond-to").fill(str(to))
    page.get_by_test_id("beyond-count").fill(str(pictures))
    page.get_by_test_id("beyond-draw").click()
    expect(panel).to_have_attribute("data-state", "drawn", timeout=MEASURING_MS)


def test_a_fault_of_an_expression_is_told_with_a_caret_under_it(panel: Locator) -> None:
    page = panel.page
    direction, fault = page.get_by_test_id("beyond-direction"), page.get_by_test_id("beyond-direction-fault")
    expect(fault).to_be_hidden()
    direction.fill("B - Z")
    expect(fault).to_contain_text("no name Z")
    assert _carets_under(fault) == "Z"
    direction.fill('B - 0.5 * (A - "a dog" * "a cat")')
    expect(fault).to_contain_text("cannot be multiplied")
    assert _carets_under(fault) == "*"
    expect(direction).to_have_attribute("aria-invalid", "true")
    page.get_by_test_id("beyond-draw").click()
    expect(direction).to_be_focused()
    assert direction.evaluate("box => box.value.slice(box.selectionStart, box.selectionEnd)") == "*"
    direction.fill("B - A")
    expect(fault).to_be_hidden()


def test_a_line_has_its_pictures_its_plot_and_the_edge_of_the_normal(panel: Locator) -> None:
    page = panel.page
    _draw(panel, to=2, pictures=3)
    pictures = page.get_by_test_id("beyond-pictures").locator("img")
    expect(pictures).to_have_count(3)
    addresses = [picture.get_attribute("src") for picture in pictures.all()]
    assert len(set(addresses)) == 3
    expect(page.get_by_test_id("beyond-edge")).to_have_count(1)  # a level line has no height, and is not "visible"
    expect(page.get_by_test_id("beyond-plot").locator(".plot-dot")).to_have_count(3)
    expect(page.get_by_test_id("beyond-verdict")).to_contain_text("normal")
    page.get_by_test_id("beyond-plot-point").nth(2).click()
    expect(page.get_by_test_id("beyond-picture")).to_have_attribute("src", addresses[2] or "")
    expect(page.get_by_test_id("beyond-text")).to_contain_text('2.0 * "a sailboat on the sea at night"')


def test_a_point_is_sent_to_txt2img_as_the_exact_request(panel: Locator, server: ServerProcess) -> None:
    page = panel.page
    page.get_by_test_id("beyond-begin-past").click()
    page.get_by_test_id("beyond-idea-A").fill("a cat")
    page.get_by_test_id("beyond-idea-B").fill("a dog")
    _draw(panel, to=1.5, pictures=2)
    page.get_by_test_id("beyond-point").nth(1).click()
    page.get_by_test_id("beyond-to-txt2img").click()
    expect(page.locator("html")).to_have_attribute("data-tab", "txt2img")
    request = finished(server, generate(page, server))["request"]
    assert request["blend"] == {"ideas": _ideas(**{"a cat": -0.5, "a dog": 1.5}), "way": "linear"}
    assert (request["seed"], request["steps"], request["width"]) == (7, 2, 64)


def _ideas(**weights: float) -> list[dict[str, Any]]:
    return [{"prompt": prompt, "weight": weight} for prompt, weight in weights.items()]
