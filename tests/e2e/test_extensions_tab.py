"""The Extensions tab against a real server: what comes in, is looked at, switched on, used, updated and taken away."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageStat
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import open_page
from tests.e2e.extension_files import FILES, NAME, TITLE, write_zip
from tests.e2e.making import canvas_shows, files_of, finished, generate, open_tab, set_fields
from tests.e2e.real_server import ServerProcess, running_server
from tests.extensions.installing.git_server import GitServer, make_repository

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Place:
    """A server with no extensions yet, a git server beside it, and the file that the extension writes when it runs."""

    server: ServerProcess
    git: GitServer
    repository: Path
    marker: Path
    folder: Path


@pytest.fixture(scope="module")
def place(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("extensions")
    repository = folder / "repositories" / NAME
    make_repository(repository, dict(FILES))
    with GitServer(folder / "repositories", folder) as git:
        environment = {
            "DARKROOM_EXTENSIONS_DIR": str(folder / "installed"),
            "DARKROOM_EXTENSIONS_CA_FILE": str(git.ca_file),
            "DARKROOM_DOWNLOADS_FROM_THIS_COMPUTER": "true",
            "RED_LIGHT_MARKER": str(folder / "marker"),
        }
        with running_server(data_dir=folder / "data", models_dir=tiny_models_dir, **environment) as server:
            yield Place(server, git, repository, folder / "marker", folder / "installed")


@pytest.fixture(scope="module")
def server(place: Place) -> ServerProcess:
    """The one that the browser's pages are opened from."""
    return place.server


def _card(page: Page) -> Locator:
    return page.locator(f"[data-testid=extension-card][data-extension={NAME}]")


def _install(page: Page) -> Locator:
    page.get_by_test_id("offer-install").click()
    card = _card(page)
    expect(card).to_have_attribute("data-status", "off")
    return card


def _switch_on(card: Locator) -> None:
    card.get_by_test_id("card-switch").click()
    card.get_by_test_id("enable-yes").click()
    expect(card).to_have_attribute("data-status", "on")
    expect(card.get_by_test_id("card-switch")).to_have_attribute("aria-checked", "true")


def _remove(page: Page, place: Place) -> None:
    card = _card(page)
    card.get_by_test_id("card-remove").click()
    card.get_by_test_id("remove-yes").click()
    expect(card).to_have_count(0)
    assert not (place.folder / NAME).exists()


def _make(page: Page, server: ServerProcess) -> tuple[dict[str, object], Image.Image]:
    """Have a picture made by the button; its request's extras, and the picture."""
    job = generate(page, server)
    assert finished(server, job)["status"] == "done"
    canvas_shows(page, job)
    (file,) = files_of(server, job)
    return server.get(f"/api/v1/jobs/{job['id']}")["request"]["extras"], Image.open(file).convert("RGB")


def _redness(picture: Image.Image) -> float:
    red, green, blue = ImageStat.Stat(picture).mean
    return red / (red + green + blue)


def test_an_extension_comes_in_as_a_zip_is_used_and_goes_again(page: Page, place: Place, tmp_path: Path) -> None:
    open_tab(page, "Extensions")
    expect(page.get_by_test_id("extensions-empty")).to_contain_text("An extension is a folder")
    page.get_by_test_id("zip-file").set_input_files(write_zip(tmp_path / "red_light.zip"))
    offer = page.get_by_test_id("offer")
    for words in (TITLE, "1.0.0", "Sees and changes pictures.", "finish_image", "register_tabs", f"{len(FILES)} files"):
        expect(offer).to_contain_text(words)
    card = _install(page)
    expect(offer).to_be_hidden()
    expect(card).to_contain_text("Turns finished pictures red.")
    expect(page.get_by_test_id("extensions-empty")).to_be_hidden()
    assert not place.marker.exists()

    card.get_by_test_id("card-switch").click()
    expect(card.get_by_test_id("card-panel")).to_contain_text("It is a program and runs with your rights.")
    card.get_by_test_id("enable-no").click()
    expect(card).to_have_attribute("data-status", "off")
    assert not place.marker.exists()
    _switch_on(card)
    assert place.marker.exists()

    # This page does not have its tab, and says so; it goes on working.
    news = page.get_by_test_id("page-news")
    expect(news).to_be_visible()
    assert page.get_by_role("tab", name="Lamp").count() == 0
    open_tab(page, "txt2img")
    set_fields(page, prompt="a hill", seed=3, steps=2, width=64, height=64)
    section = page.locator(f"#field-extras-{NAME}")
    section.locator("summary").click()
    section.get_by_label("Amount", exact=True).first.fill("0.8")
    section.get_by_label("Amount", exact=True).first.press("Tab")
    expect(section.locator("summary")).to_contain_text("1")
    extras, red = _make(page, place.server)
    assert extras == {NAME: {"amount": 0.8}}

    # What was set stays over a reload, which brings the tab.
    news.get_by_test_id("page-reload").click()
    page.locator("html[data-ready=true]").wait_for()
    section = page.locator(f"#field-extras-{NAME}")
    expect(section.locator("summary")).to_contain_text("1")
    page.get_by_role("tab", name="Lamp", exact=True).click()
    expect(page.locator("#lamp-said")).to_have_text(f"{NAME} at /api/v1/extensions/{NAME}/assets")
    expect(page.locator("#lamp-said")).to_have_css("color", "rgb(200, 0, 0)")
    page.locator("#lamp-half").click()
    open_tab(page, "txt2img")
    section.locator("summary").click()
    expect(section.locator("input[type=number]")).to_have_value("0.5")
    section.get_by_role("button", name="Back to 0").click()
    expect(section.locator(".changed-count")).to_be_hidden()
    extras, plain = _make(page, place.server)
    assert extras == {}
    assert _redness(red) > _redness(plain) + 0.2

    # Off again: its controls go at once, its values stay and are not sent.
    section.locator("input[type=number]").fill("0.4")
    section.locator("input[type=number]").press("Tab")
    open_tab(page, "Extensions")
    _card(page).get_by_test_id("card-switch").click()
    expect(_card(page)).to_have_attribute("data-status", "off")
    open_tab(page, "txt2img")
    expect(section).to_have_count(0)
    expect(page.get_by_test_id("kept-values")).to_contain_text(NAME)
    job = generate(page, place.server)
    assert place.server.get(f"/api/v1/jobs/{job['id']}")["request"]["extras"] == {}
    open_tab(page, "Extensions")
    _remove(page, place)
    expect(page.get_by_test_id("extensions-empty")).to_be_visible()


def test_an_extension_comes_from_git_is_updated_and_rolled_back(page: Page, place: Place) -> None:
    open_tab(page, "Extensions")
    page.get_by_test_id("install-source").fill("https://localhost:1/nothing.git")
    page.get_by_test_id("install-look").click()
    expect(page.get_by_test_id("error-box")).to_be_visible()
    page.get_by_test_id("install-source").fill(f"{place.git.url}/{NAME}")
    page.get_by_test_id("install-look").click()
    expect(page.get_by_test_id("offer")).to_contain_text("Commit")
    expect(page.get_by_test_id("error-box")).to_be_hidden()
    card = _install(page)
    _switch_on(card)

    card.get_by_test_id("card-settings").click()
    card.get_by_role("checkbox", name="Dim the rest").check()
    expect(card.get_by_test_id("own-settings-saved")).to_have_text("Saved")
    assert place.server.get(f"/api/v1/extensions/{NAME}/settings")["values"] == {"dim": True}

    newer = {"extension.toml": FILES["extension.toml"].replace("1.0.0", "1.1.0"), "NEWS": "Redder."}
    make_repository(place.repository, dict(newer))
    card.get_by_test_id("card-update").click()
    panel = card.get_by_test_id("card-panel")
    expect(panel).to_contain_text("to 1.1.0")
    expect(panel).to_contain_text("NEWS")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 1280, "height": 800})
    card.get_by_test_id("update-take").click()
    expect(card).to_contain_text("1.1.0")
    expect(card).not_to_have_attribute("data-status", "on")
    card.get_by_test_id("card-rollback").click()
    card.get_by_test_id("rollback-yes").click()
    expect(card).to_contain_text("1.0.0")

    # A change that nobody asked for: it is not loaded, and asks again.
    if card.get_attribute("data-status") != "on":
        _switch_on(card)
    web = place.folder / NAME / "web.py"
    web.write_text(web.read_text() + "\n# more\n")
    page.reload()
    page.locator("html[data-ready=true]").wait_for()
    open_tab(page, "Extensions")
    expect(_card(page)).to_have_attribute("data-status", "changed")
    _card(page).get_by_test_id("card-again").click()
    _card(page).get_by_test_id("enable-yes").click()
    expect(_card(page)).to_have_attribute("data-status", "on")
    _remove(page, place)


def test_a_theme_of_an_extension_colours_every_page(page: Page, context: BrowserContext, place: Place) -> None:
    open_tab(page, "Extensions")
    page.get_by_test_id("install-source").fill(f"{place.git.url}/{NAME}")
    page.get_by_test_id("install-look").click()
    _switch_on(_install(page))
    other = context.new_page()
    open_page(other, place.server)
    page.evaluate("window.darkroom.theme.choose('dark')")
    open_tab(page, "Settings")
    page.get_by_test_id("setting-theme").select_option(label="Red lamp")
    expect(page.locator("body")).to_have_css("background-color", "rgb(32, 0, 0)")
    page.evaluate("window.darkroom.theme.choose('light')")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 224, 224)")
    other.reload()
    expect(other.locator("body")).to_have_css("background-color", "rgb(255, 224, 224)")
    page.get_by_test_id("setting-theme").select_option(label="Darkroom's own")
    expect(page.locator("body")).not_to_have_css("background-color", "rgb(255, 224, 224)")
    other.close()


def test_a_picture_is_prepared_by_an_extension_and_taken_back(page: Page, place: Place, tmp_path: Path) -> None:
    """Uses the extension that the test before has left on."""
    open_tab(page, "img2img")
    expect(page.get_by_test_id("prepare")).to_be_hidden()
    picture = Image.new("RGB", (64, 64), "blue")
    picture.paste("red", (0, 0, 32, 32))
    picture.save(tmp_path / "corner.png")
    page.get_by_test_id("picture-file").set_input_files(tmp_path / "corner.png")
    box = page.get_by_test_id("picture-input")
    prepare = page.get_by_test_id("prepare")
    prepare.locator("summary").click()
    place.server.wait_for("/api/v1/health", lambda health: health["worker"]["worker"] == "ready")
    expect(prepare).to_contain_text("Left is right.")
    first = box.get_attribute("data-picture")
    page.get_by_test_id("prepare-now").click()
    expect(box).not_to_have_attribute("data-picture", str(first))
    content = httpx.get(
        f"{place.server.address}/api/v1/pictures/{box.get_attribute('data-picture')}", timeout=30
    ).content
    assert Image.open(BytesIO(content)).convert("RGB").getpixel((0, 0)) == (0, 0, 255)
    page.get_by_role("button", name="Take it back").click()
    expect(box).to_have_attribute("data-picture", str(first))
    expect(page.get_by_test_id("picture-name")).to_have_text("corner.png")
    prepare.get_by_role("checkbox", name="Upside down").check()
    page.get_by_test_id("prepare-now").click()
    expect(box).not_to_have_attribute("data-picture", str(first))
    open_tab(page, "Extensions")
    _remove(page, place)
