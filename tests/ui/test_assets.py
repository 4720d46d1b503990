import re
from importlib import import_module
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from webui.ui import assets
from webui.ui.concept_sliders.concept_sliders import SCRIPTS as CONCEPT_SLIDERS_SCRIPTS
from webui.ui.extension_controls.extension_controls import SCRIPTS as EXTENSION_CONTROLS_SCRIPTS
from webui.ui.extensions_tab.extensions_tab import SCRIPTS as EXTENSIONS_SCRIPTS
from webui.ui.forward_diffusion.forward_diffusion import SCRIPTS as FORWARD_SCRIPTS
from webui.ui.job_view.job_view import SCRIPTS
from webui.ui.models_tab.models_tab import SCRIPTS as MODELS_SCRIPTS
from webui.ui.picture_input.picture_input import SCRIPTS as PICTURE_SCRIPTS
from webui.ui.settings_tab.settings_tab import SCRIPTS as SETTINGS_SCRIPTS
from webui.ui.share_tab.share_tab import SCRIPTS as SHARE_SCRIPTS
from webui.ui.step_scrubber.step_scrubber import SCRIPTS as SCRUBBER_SCRIPTS

UI = assets.FOLDER
TEXTS = sorted(path for path in UI.rglob("*") if path.suffix in (".css", ".js", ".html", ".svg"))
EXPLORERS = ("map", "journeys", "beyond", "seeds", "latents", "sliders")
COMPONENTS = ("job_view", "status_bar", "notice", "png_info", "picture_input", "series_status", "picture_list")
COMPONENTS += tuple(f"explore_tab/{panel}" for panel in EXPLORERS)


def _text(paths: list[Path]) -> str:
    return "\n".join(path.read_text("utf-8") for path in paths)


def test_every_style_sheet_and_script_is_used_and_exists() -> None:
    listed = {UI / name for name in (*assets.STYLES, *assets.SCRIPTS)} | {UI / "job_view" / name for name in SCRIPTS}
    listed |= {(UI / "picture_input" / name).resolve() for name in PICTURE_SCRIPTS}
    listed |= {(UI / "step_scrubber" / name).resolve() for name in SCRUBBER_SCRIPTS}
    listed |= {(UI / "forward_diffusion" / name).resolve() for name in FORWARD_SCRIPTS}
    listed |= {(UI / "settings_tab" / name).resolve() for name in SETTINGS_SCRIPTS}
    listed |= {(UI / "models_tab" / name).resolve() for name in MODELS_SCRIPTS}
    listed |= {UI / "concept_sliders" / name for name in CONCEPT_SLIDERS_SCRIPTS}
    listed |= {UI / "extension_controls" / name for name in EXTENSION_CONTROLS_SCRIPTS}
    listed |= {(UI / "extensions_tab" / name).resolve() for name in EXTENSIONS_SCRIPTS}
    listed |= {(UI / "share_tab" / name).resolve() for name in SHARE_SCRIPTS}
    for panel in EXPLORERS:
        scripts = import_module(f"webui.ui.explore_tab.{panel}.{panel}_panel").SCRIPTS
        listed |= {(UI / "explore_tab" / panel / name).resolve() for name in scripts}
    listed |= {UI / "explore_tab/explore_tab.js"}
    listed |= {UI / "extension_page/extension_page.js"}
    listed |= {UI / "form_filler/form_filler.js", UI / "png_info/png_info.js"}
    listed |= {UI / "what_is_this/what_is_this.js"}
    listed |= {UI / "series_status/series_status.js", UI / "picture_list/picture_list.js"}
    listed |= {UI / "status_bar/status_bar.js", UI / "notice/notice.js", UI / "static/hub.js", UI / "parts.js"}
    listed |= {UI / "static/login.css"}
    assert listed == {path for path in TEXTS if path.suffix in (".css", ".js")}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(UI).as_posix())
def test_no_asset_names_a_foreign_host(path: Path) -> None:
    addresses = re.findall(r"(?:https?:)?//[\w-]+\.[\w.-]+[^\s\"')]*", path.read_text("utf-8"))
    assert [address for address in addresses if address != "http://www.w3.org/2000/svg"] == []


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(UI).as_posix())
def test_files_stay_short(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 400


def test_every_icon_that_is_named_is_there() -> None:
    there = {path.stem for path in (UI / "static/icons").glob("*.svg")}
    sources = _text([path for path in UI.rglob("*") if path.suffix in (".js", ".html", ".py") and path.is_file()])
    named = set(re.findall(r"\bicon-([a-z][a-z0-9-]*)", sources)) | set(
        re.findall(r"\bicon\(\"([a-z0-9-]+)\"\)", sources)
    )
    named -= {"only"}  # a button with nothing but an icon
    assert named <= there
    assert "ISC licence" in _text(sorted((UI / "static/icons").glob("*.svg")))


@pytest.mark.parametrize("component", COMPONENTS)
def test_every_part_that_a_components_scripts_ask_for_is_in_its_markup(component: str) -> None:
    markup = (UI / component / "markup.html").read_text("utf-8")
    scripts = _text(sorted((UI / component).glob("*.js")))
    asked = set(re.findall(r"\bpart\(\"([\w-]+)\"\)", scripts))
    assert asked <= set(re.findall(r"data-part=\"([\w-]+)\"", markup))


@pytest.mark.parametrize("component", COMPONENTS)
def test_markup_holds_nothing_that_gradios_templates_would_run(component: str) -> None:
    markup = (UI / component / "markup.html").read_text("utf-8")
    assert "${" not in markup
    assert "{{" not in markup
    assert "<script" not in markup


def test_words_of_users_never_become_markup() -> None:
    scripts = _text([path for path in TEXTS if path.suffix == ".js"])
    for line in scripts.splitlines():
        if "innerHTML" in line or "insertAdjacentHTML" in line or "outerHTML" in line:
            assert re.search(r"innerHTML = '[^'$]*';$", line), line


def test_a_versioned_asset_may_be_kept_for_ever_and_another_may_not() -> None:
    app = FastAPI()
    assets.serve_assets(app)
    client = TestClient(app)
    for asset in (assets.style_sheet(), assets.script(), assets.favicon()):
        kept = client.get(asset.url)
        assert kept.status_code == 200
        assert kept.headers["content-type"].startswith(asset.media_type)
        assert "immutable" in kept.headers["cache-control"]
        assert client.get(f"/page/{asset.name}?v=old").headers["cache-control"] == "no-cache"
    assert client.get("/page/other.js").status_code == 404


def test_the_shared_workers_address_changes_with_its_script() -> None:
    assert re.search(r'hubAddress: "/hub\.js\?v=[0-9a-f]{12}"', assets.script().content.decode())
