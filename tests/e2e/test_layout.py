"""Nothing is cut off, at the size of a laptop and of a phone, in both themes, on every tab."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import TIMEOUT_MS, open_page
from tests.e2e.making import open_tab
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser

OPEN_ALL = "() => document.querySelectorAll('.section > .label-wrap:not(.open)').forEach((heading) => heading.click())"
HANGING_OUT = """() => [...document.querySelectorAll("#bench *, .png-info *")]
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && !one.closest(".visually-hidden, .options"))
  .filter((one) => { const {left, right, width} = one.getBoundingClientRect();
                     return width > 0 && (left < -1 || right > document.documentElement.clientWidth + 1); })
  .map((one) => `${one.tagName} ${one.id} ${one.className}`)"""


def _open(browser: Browser, server: ServerProcess, width: int, height: int, scheme: str) -> Page:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    open_page(page, server)
    return page


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize(("width", "height"), [(1280, 800), (390, 844)])
def test_nothing_hangs_out_sideways_on_any_tab_and_generate_is_in_view(
    browser: Browser, server: ServerProcess, width: int, height: int, scheme: str
) -> None:
    page = _open(browser, server, width, height, scheme)
    for tab in ("txt2img", "img2img", "inpaint", "PNG Info"):
        open_tab(page, tab)
        if tab != "PNG Info":
            expect(page.locator("#generate")).to_be_in_viewport(ratio=1)
            expect(page.locator(".job-view .stage")).to_be_in_viewport(ratio=0.9)
    page.evaluate(OPEN_ALL)
    for tab in ("txt2img", "img2img", "inpaint"):
        open_tab(page, tab)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(HANGING_OUT) == []
    page.context.close()


def test_prompt_generate_picture_and_slider_are_in_view_together_on_a_laptop(
    browser: Browser, server: ServerProcess
) -> None:
    page = _open(browser, server, 1280, 800, "dark")
    for part in ("#field-prompt", "#generate", ".job-view .stage", "[data-testid=step-slider]"):
        expect(page.locator(part)).to_be_in_viewport(ratio=1)
    page.context.close()


def test_the_picture_stays_in_view_while_the_settings_scroll(browser: Browser, server: ServerProcess) -> None:
    page = _open(browser, server, 1280, 800, "dark")
    page.evaluate(OPEN_ALL)
    page.locator("#section-advanced").scroll_into_view_if_needed()
    page.mouse.move(200, 400)
    page.mouse.wheel(0, 5000)
    expect(page.locator("#field-prompt")).not_to_be_in_viewport()
    expect(page.locator(".job-view .stage")).to_be_in_viewport(ratio=0.9)
    page.context.close()


def test_on_a_phone_the_way_to_the_scrubber_is_found_though_a_panel_has_a_button_of_its_name(
    browser: Browser, server: ServerProcess
) -> None:
    page = _open(browser, server, 390, 844, "dark")
    open_tab(page, "PNG Info")  # its panel has a button "Step scrubber", too, which is hidden
    open_tab(page, "txt2img")
    page.evaluate("window.darkroom.showTab('scrubber')")
    expect(page.locator("html")).to_have_attribute("data-tab", "scrubber")
    expect(page.locator("#step-scrubber")).to_be_visible()
    page.context.close()
