"""Whatever people, files and models are called, and whatever is written into pictures: the browser sees texts."""

import base64
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import BrowserContext, Page, expect

from tests.e2e.conftest import open_page
from tests.e2e.hostile_texts import HOSTILE, HOSTILE_NAMES, Watch
from tests.e2e.making import open_tab
from tests.e2e.real_server import ServerProcess
from tests.e2e.test_png_info import DROP
from tests.e2e.visitors import close_link, open_link
from tests.engine.engines import wait_until
from tests.engine.fake_model import make_model
from tests.server.server_process import Server
from tests.sharing.ssh_server import ssh_server

pytestmark = pytest.mark.browser
MANIFEST = """[extension]
name = "odd"
title = '''{text}'''
version = "1.0.0"
author = '''{text}'''
licence = "MIT"
description = '''{text}'''
api = 1
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server in which everything that has a name has a hostile one; its pictures are specks."""
    folder = tmp_path_factory.mktemp("hostile")
    data, models = folder / "data", folder / "models"
    for name in HOSTILE_NAMES:
        make_model(models, name)
        _put(models / "loras" / f"{name}.safetensors", "no weights")
        _put(data / "wildcards" / f"{name}.txt", f"{name}\n")
    quoted = [text.replace('"', '""') for text in HOSTILE]
    styles = "".join(f'"{text}","{text}","{text}"\n' for text in quoted)
    _put(data / "styles.csv", f"name,prompt,negative_prompt\n{styles}")
    _put(folder / "extensions" / "odd" / "extension.toml", MANIFEST.format(text=HOSTILE[0]))
    _put(folder / "extensions" / "odd" / "web.py", "# nothing\n")
    factory = "tests.server.quick_generator:create"
    started = Server(folder, models=False, factory=factory, page=True, extensions_dir=str(folder / "extensions"))
    started.wait_ready()
    for text in HOSTILE:
        started.finished(started.submit(text, negative_prompt=text, model=HOSTILE_NAMES[0]))
    wait_until(lambda: started.client.get("/api/v1/health").json()["page"])
    yield ServerProcess(started.process, started.url, data)
    started.close()


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def watch(server: ServerProcess) -> Watch:
    return Watch(urlsplit(server.address).netloc)


@pytest.fixture
def page(context: BrowserContext, server: ServerProcess, watch: Watch) -> Page:
    page = watch.over(context.new_page())
    open_page(page, server)
    return page


def test_prompts_and_what_pictures_say_are_shown_as_texts(
    page: Page, context: BrowserContext, server: ServerProcess, watch: Watch
) -> None:
    items = page.get_by_test_id("filmstrip-item")
    expect(items).to_have_count(len(HOSTILE))
    for place in range(len(HOSTILE)):
        items.nth(place).click()
        items.nth(place).hover()
    for text in HOSTILE:
        page.locator("#field-prompt textarea").fill(text)
        page.locator("#field-negative_prompt textarea").fill(text)
        page.locator("#field-prompt textarea").press("Tab")
    open_tab(page, "Step scrubber")
    expect(page.locator("html")).to_have_attribute("data-tab", "scrubber")
    assert not watch.ran(context)
    assert watch.requests > 20


def _picture_that_says(text: str) -> str:
    """A PNG in base64 whose parameters are hostile, names and values alike."""
    info = PngInfo()
    told = f"{text}\nNegative prompt: {text}\nSteps: 1, Sampler: {text}, Model: {text}, {text}: {text}"
    info.add_itxt("parameters", told)
    content = BytesIO()
    Image.new("RGB", (64, 64)).save(content, "PNG", pnginfo=info)
    return base64.b64encode(content.getvalue()).decode()


def test_what_is_written_into_a_picture_is_shown_as_text(page: Page, context: BrowserContext, watch: Watch) -> None:
    open_tab(page, "PNG Info")
    for text in HOSTILE:
        page.evaluate(DROP, ["[data-testid=png-info]", f"{text}.png", _picture_that_says(text)])
        expect(page.get_by_test_id("png-info-text")).to_contain_text(text[:20])
    page.get_by_test_id("png-info-txt2img").click()
    expect(page.locator("#field-prompt textarea")).to_have_value(HOSTILE[-1])
    assert not watch.ran(context)


def test_names_of_models_styles_words_and_extensions_are_shown_as_texts(
    page: Page, context: BrowserContext, watch: Watch
) -> None:
    for name in ("Settings", "Share", "Models"):
        open_tab(page, name)
    expect(page.get_by_test_id("model-card").filter(has_text=HOSTILE_NAMES[0]).first).to_be_visible()
    open_tab(page, "Extensions")
    expect(page.get_by_test_id("extension-card").filter(has_text=HOSTILE[0]).first).to_be_visible()
    open_tab(page, "txt2img")
    prompt = page.locator("#field-prompt textarea")
    for typed in ("<lora:<", "__<", "<lora:{", "__{"):
        prompt.fill("")
        prompt.press_sequentially(typed)
        page.wait_for_timeout(300)
    assert not watch.ran(context)


def test_names_of_guests_are_shown_as_texts(
    page: Page, context: BrowserContext, server: ServerProcess, watch: Watch, tmp_path: Path
) -> None:
    with ssh_server(tmp_path) as sshd:
        link = open_link(server, sshd)
        for text in HOSTILE:
            come = {"name": text, "password": link["password"]}
            answer = httpx.post(f"{link['url']}/login", json=come, timeout=60)
            assert answer.status_code < 400, answer.text
        open_tab(page, "Share")
        expect(page.get_by_text(HOSTILE[1][:12]).first).to_be_visible()
        assert not watch.ran(context)
        close_link(server)
