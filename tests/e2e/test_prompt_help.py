"""Typing a prompt in a real browser: tokens are counted, names are offered, what will not work is told."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import open_page
from tests.e2e.real_server import ServerProcess, running_server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def words_server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with a LoRA, two lists of words and a style."""
    folder = tmp_path_factory.mktemp("words")
    shutil.copytree(tiny_models_dir, folder / "models")
    _put(folder / "models" / "loras" / "ink-lines.safetensors", "")
    _put(folder / "data" / "wildcards" / "colours.txt", "red\n")
    _put(folder / "data" / "wildcards" / "birds" / "small.txt", "wren\n")
    _put(folder / "data" / "styles.csv", "name,prompt,negative_prompt\nWatercolour,watercolour of {prompt},\n")
    with running_server(data_dir=folder / "data", models_dir=folder / "models") as started:
        yield started


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def words_page(context: BrowserContext, words_server: ServerProcess) -> Page:
    page = context.new_page()
    open_page(page, words_server)
    page.locator("#field-prompt textarea").fill("")
    return page


def _typed(page: Page, text: str, field: str = "prompt") -> Locator:
    box = page.locator(f"#field-{field} textarea")
    box.press_sequentially(text)
    return box


def test_tokens_are_counted_while_typing(words_page: Page) -> None:
    count = words_page.get_by_test_id("token-count")
    words_page.locator("#field-prompt textarea").fill("the the the")
    expect(count).to_have_text("3/75")
    words_page.locator("#field-prompt textarea").fill("the " * 80)
    expect(count).to_have_text("80/150")
    _typed(words_page, "the", field="negative_prompt")
    expect(words_page.get_by_test_id("negative-token-count")).to_have_text("1/75")


def test_a_lora_that_is_not_there_is_told(words_page: Page) -> None:
    warnings = words_page.get_by_test_id("prompt-warnings")
    words_page.locator("#field-prompt textarea").fill("the <lora:gone:1>")
    expect(warnings).to_contain_text("no LoRA 'gone'")
    words_page.locator("#field-prompt textarea").fill("the")
    expect(warnings).to_have_text("")


def test_names_are_offered_and_taken_with_the_keyboard(words_page: Page) -> None:
    offers = words_page.get_by_role("listbox", name="Names").get_by_role("option")
    box = _typed(words_page, "a <lora:in")
    expect(offers).to_have_text([re.compile("ink-lines")])
    box.press("Enter")
    expect(box).to_have_value("a <lora:ink-lines:1>")
    expect(offers).to_have_count(0)
    _typed(words_page, " __")
    expect(offers).to_have_count(2)
    box.press("ArrowDown")
    expect(offers.nth(1)).to_have_attribute("aria-selected", "true")
    box.press("Tab")
    expect(box).to_have_value("a <lora:ink-lines:1> __colours__")
    expect(box).to_be_focused()


def test_escape_closes_the_list_and_leaves_the_text(words_page: Page) -> None:
    box = _typed(words_page, "__co")
    listbox = words_page.get_by_role("listbox", name="Names")
    expect(listbox).to_be_visible()
    box.press("Escape")
    expect(listbox).to_have_count(0)
    expect(box).to_have_value("__co")


def test_a_style_is_chosen_by_typing_its_name_and_goes_into_the_job(
    words_page: Page, words_server: ServerProcess
) -> None:
    box = _typed(words_page, "a wren wat")
    words_page.get_by_role("listbox", name="Names").get_by_text("Watercolour").click()
    expect(box).to_have_value("a wren ")
    expect(words_page.locator("#field-styles")).to_contain_text("Watercolour")
    words_page.locator("#generate").click()
    (job,) = words_server.wait_for("/api/v1/jobs", lambda jobs: jobs)
    assert job["request"]["prompt"] == "watercolour of a wren "
