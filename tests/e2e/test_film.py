"""A film is played where pictures are shown, and can be downloaded."""

from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import open_page
from tests.e2e.real_server import running_server
from tests.tiny_pipelines import build_tiny_wan

pytestmark = pytest.mark.browser


def test_a_film_is_played_when_it_is_finished_and_again_when_it_is_chosen(browser: Browser, tmp_path: Path) -> None:
    build_tiny_wan(tmp_path / "models" / "checkpoints" / "tiny-film")
    with running_server(data_dir=tmp_path / "data", models_dir=tmp_path / "models") as server:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        open_page(page, server)
        request = {"prompt": "the cat", "steps": 2, "width": 64, "height": 64, "seed": 3}
        film = {"video": {"frames": 5, "fps": 4}, "model": "tiny-film"}
        answer = httpx.post(f"{server.address}/api/v1/jobs", json=request | film, timeout=60)
        assert answer.status_code < 300, answer.text
        player = page.get_by_test_id("player")
        expect(player).to_be_visible()
        page.wait_for_function("document.querySelector('[data-testid=player]').readyState >= 2")
        assert player.evaluate("video => [video.videoWidth, video.videoHeight, video.duration]") == [64, 64, 1.25]
        expect(page.get_by_test_id("canvas")).to_be_hidden()
        expect(page.get_by_test_id("download-film")).to_have_attribute(
            "href", f"{player.get_attribute('src')}?download=1"
        )
        page.reload()
        expect(player).to_be_visible()
        assert len(list((tmp_path / "data" / "outputs").rglob("*.mp4"))) == 1
        page.close()
