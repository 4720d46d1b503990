"""What a new user does: start, open the page, press Generate without touching anything."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from tests.e2e.conftest import open_page
from tests.e2e.real_server import running_server
from tests.e2e.test_txt2img import COLLECT_PREVIEWS

pytestmark = pytest.mark.browser


def test_the_first_click_develops_a_picture_of_the_bundled_model(context: BrowserContext, tmp_path: Path) -> None:
    with running_server(data_dir=tmp_path / "data", models_dir=None) as server:
        page = context.new_page()
        open_page(page, server)
        prompt = page.locator("#field-prompt textarea")
        expect(prompt).not_to_have_value("")
        expect(page.get_by_test_id("example").first).to_be_visible()
        page.evaluate(COLLECT_PREVIEWS)
        page.locator("#generate").click()
        expect(page.get_by_test_id("canvas")).to_have_attribute("data-final", "true")
        assert len({shot["pixels"] for shot in page.evaluate("window.previews.filter(shot => !shot.final)")}) >= 3
        (saved,) = server.pictures()
    with Image.open(saved) as picture:
        assert picture.size == (256, 256)
        assert "Model: postcard" in picture.text["parameters"]
        assert np.asarray(picture).std() > 10
