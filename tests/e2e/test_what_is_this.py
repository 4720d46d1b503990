""" "What is this?": a picture is read where it is looked at, and what is said of it goes into the prompt."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import TIMEOUT_MS, open_page
from tests.e2e.making import open_tab
from tests.e2e.real_server import ServerProcess, running_server
from tests.tiny_readers import add_tiny_encoder, write_tiny_clip_model

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def reading_server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server whose model can read, and nothing else beside it."""
    models = tmp_path_factory.mktemp("reading") / "models"
    shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", models / "checkpoints" / "tiny")
    add_tiny_encoder(models / "checkpoints" / "tiny")
    with running_server(data_dir=models.parent / "data", models_dir=models) as started:
        yield started


@pytest.fixture
def reading_page(browser: Browser, reading_server: ServerProcess) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    open_page(page, reading_server)
    yield page
    context.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "found.png"
    Image.radial_gradient("L").resize((96, 64)).convert("RGB").save(path)
    return path


def test_the_button_shows_bars_and_a_sentence_that_becomes_the_prompt(
    reading_page: Page, reading_server: ServerProcess, picture: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = reading_page
    open_tab(page, "PNG Info")
    page.get_by_test_id("png-info-file").set_input_files(picture)
    info = page.get_by_test_id("png-info")
    info.get_by_test_id("what-is-this").click()
    expect(info.get_by_test_id("reading-time")).to_have_text(re.compile(r"(day|night)\d+ %"))
    expect(info.locator("dt")).to_have_text(["subject", "count", "time"])
    expect(info.get_by_test_id("reader")).to_be_hidden()
    fits = """score => {
        score.textContent = "100 %";
        return score.scrollWidth <= score.clientWidth && score.clientHeight < 20;
    }"""
    assert info.locator(".reading-score").first.evaluate(fits), "the largest score needs a second line, or is cut off"
    sentence = info.get_by_test_id("reading-sentence").inner_text()
    info.get_by_test_id("reading-to-prompt").click()
    expect(page.locator("#field-prompt textarea")).to_have_value(sentence)
    expect(page.locator("html")).to_have_attribute("data-tab", "txt2img")

    write_tiny_clip_model(Path(reading_server.data_dir).parent / "models" / "readers" / "mine")
    open_tab(page, "img2img")
    page.locator("#field-picture input[type=file]").first.set_input_files(picture)
    source = page.get_by_test_id("picture-input")
    expect(source.get_by_test_id("reader")).to_have_value("mine")
    source.get_by_test_id("what-is-this").click()
    expect(source.get_by_test_id("reading-medium")).to_be_visible()
    source.get_by_test_id("reader").select_option("tiny")
    source.get_by_test_id("what-is-this").click()
    expect(source.get_by_test_id("reading-time")).to_be_visible()
    source.get_by_test_id("remove-picture").click()
    expect(source.get_by_test_id("what-is-this")).to_be_hidden()

    open_tab(page, "Explore")
    ideas = page.get_by_test_id("map-idea-words")
    expect(page.get_by_test_id("map-picture-idea")).to_be_visible()
    before = ideas.count()
    page.get_by_test_id("map-picture-idea-file").set_input_files(picture)
    expect(ideas).to_have_count(before + 1)


def test_where_there_is_no_reader_it_is_said_what_to_do(page: Page, picture: Path) -> None:
    open_tab(page, "PNG Info")
    page.get_by_test_id("png-info-file").set_input_files(picture)
    expect(page.get_by_test_id("png-info").get_by_test_id("no-reader")).to_contain_text("No reader is here:")
    expect(page.get_by_test_id("png-info").get_by_test_id("what-is-this")).to_be_hidden()
    open_tab(page, "img2img")
    page.locator("#field-picture input[type=file]").first.set_input_files(picture)
    expect(page.get_by_test_id("picture-size")).to_have_text("96 x 64")
    expect(page.get_by_test_id("picture-input").get_by_test_id("what-is-this")).to_be_hidden()
