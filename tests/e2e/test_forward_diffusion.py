"""From any picture: noise is dragged up in the browser, and a walk leads back from any level."""

import base64
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.making import make, open_tab
from tests.e2e.real_server import ServerProcess
from tests.e2e.test_png_info import DROP

pytestmark = pytest.mark.browser

PIXELS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return [canvas.width, canvas.height, ...data];
}"""


def _picture(width: int = 64, height: int = 64) -> bytes:
    """A smooth picture of two colours, as PNG."""
    across = np.linspace(0, 255, width, dtype=np.uint8)
    values = np.stack([np.tile(across, (height, 1)), np.full((height, width), 90), np.tile(255 - across, (height, 1))])
    file = BytesIO()
    Image.fromarray(values.transpose(1, 2, 0).astype(np.uint8)).save(file, format="PNG")
    return file.getvalue()


def _shown(page: Page, name: str) -> np.ndarray:
    """The pixels on one of the two canvases, (height, width, 3)."""
    width, height, *values = page.get_by_test_id(f"forward-{name}").evaluate(PIXELS)
    return np.array(values, dtype=np.float32).reshape(height, width, 4)[..., :3]


def _drop(page: Page, name: str, content: bytes) -> None:
    page.evaluate(DROP, ["[data-testid=forward]", name, base64.b64encode(content).decode()])


@pytest.fixture
def forward(page: Page) -> Page:
    """The section, with a picture dropped on it."""
    open_tab(page, "Step scrubber")
    page.get_by_test_id("to-forward").click()
    _drop(page, "two.png", _picture())
    expect(page.get_by_test_id("forward-desk")).to_be_visible()
    return page


def _level(page: Page, level: int) -> None:
    page.get_by_test_id("forward-slider").fill(str(level))
    expect(page.get_by_test_id("forward-pixels")).to_have_attribute("data-level", str(level))


def test_the_round_trip_through_the_latents_is_the_first_step(forward: Page) -> None:
    original = np.array(Image.open(BytesIO(_picture())), dtype=np.float32)
    np.testing.assert_array_equal(_shown(forward, "pixels"), original)
    error = ((_shown(forward, "latents") - original) ** 2).mean()
    psnr = 10 * np.log10(255**2 / error)
    expect(forward.get_by_test_id("forward-words")).to_contain_text(f"{psnr:.1f} dB PSNR")
    before = _shown(forward, "latents")
    forward.get_by_test_id("forward-show-difference").click()
    expect(forward.get_by_test_id("forward-latents")).to_have_attribute("data-shown", "difference")
    assert not np.array_equal(_shown(forward, "latents"), before)
    expect(forward.get_by_test_id("forward-start")).to_be_disabled()


def test_noise_is_dragged_up_without_a_request_in_pixels_and_in_latents(forward: Page) -> None:
    slider = forward.get_by_test_id("forward-slider")
    last = int(slider.get_attribute("max") or 0)
    box = slider.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    clean = _shown(forward, "pixels")
    forward.mouse.move(box["x"] + 8, middle)
    forward.mouse.down()
    asked: list[str] = []
    forward.on("request", lambda request: asked.append(request.url))
    distances = []
    for share in (0.2, 0.6, 0.99):
        forward.mouse.move(box["x"] + box["width"] * share, middle)
        forward.wait_for_timeout(300)  # longer than the rest after which a level is decoded
        distances.append(float(np.abs(_shown(forward, "pixels") - clean).mean()))
        assert not np.array_equal(_shown(forward, "latents"), _shown(forward, "pixels"))
    assert distances == sorted(distances)
    assert distances[-1] > 30
    expect(forward.get_by_test_id("forward-words")).to_contain_text("As good as pure noise")
    assert asked == []
    forward.mouse.up()
    expect(forward.get_by_test_id("forward-latents")).to_have_attribute("data-shown", "decoded")
    assert [url.rpartition("/levels/")[2] for url in asked] == [f"{last}.jpg"]


def test_denoising_back_makes_a_picture_from_that_level_and_opens_its_way(forward: Page, server: ServerProcess) -> None:
    _level(forward, 10)
    strength = forward.get_by_test_id("forward-facts").locator("dd").last.inner_text()
    forward.get_by_test_id("forward-prompt").fill("a cat")
    forward.get_by_test_id("forward-start").click()
    expect(forward.get_by_test_id("scrubber-desk")).to_be_visible()
    newest = server.get("/api/v1/trajectories?limit=1")[0]
    expect(forward.get_by_test_id("scrubber-canvas")).to_have_attribute("data-recording", newest["id"])
    expect(forward.get_by_test_id("scrubber-canvas")).to_have_attribute("data-position", "0")
    request = server.get(f"/api/v1/trajectories/{newest['id']}")["request"]
    assert request["start"]["kind"] == "picture"
    assert f"{request['start']['strength']:.2f}" == strength
    assert request["prompt"] == "a cat"
    assert newest["positions"] == 10


def test_the_picture_that_is_open_can_be_taken(page: Page, server: ServerProcess) -> None:
    make(server, prompt="a hill", seed=21, steps=2, width=64, height=64)
    image = server.get("/api/v1/images?limit=1")[0]
    page.evaluate("told => window.darkroom.openRecording(told)", {"trajectory": image["trajectory"]})
    expect(page.get_by_test_id("scrubber-canvas")).to_have_attribute("data-recording", image["trajectory"])
    page.get_by_test_id("to-forward").click()
    page.get_by_test_id("forward-take").click()
    expect(page.get_by_test_id("forward")).to_have_attribute("data-picture", image["id"])
    expect(page.get_by_test_id("forward-prompt")).to_have_value("a hill")


def test_another_shape_keeps_its_proportions(page: Page, tmp_path: Path) -> None:
    open_tab(page, "Step scrubber")
    page.get_by_test_id("to-forward").click()
    file = tmp_path / "wide.png"
    file.write_bytes(_picture(192, 96))
    page.get_by_test_id("forward-file").set_input_files(file)
    expect(page.get_by_test_id("forward-desk")).to_be_visible()
    height, width, _ = _shown(page, "pixels").shape
    assert width / height == pytest.approx(2, rel=0.15)


def test_a_file_that_is_no_picture_is_told_in_a_sentence(page: Page) -> None:
    open_tab(page, "Step scrubber")
    page.get_by_test_id("to-forward").click()
    _drop(page, "notes.png", b"just some words, no picture at all")
    expect(page.get_by_test_id("forward").get_by_test_id("error-box")).to_be_visible()
    expect(page.get_by_test_id("forward-desk")).to_be_hidden()
