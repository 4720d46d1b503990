"""The picture input as a user's hand finds it: upload, strokes, and the mask that arrives at the server."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.real_server import ServerProcess

BEFORE_SUBMIT = "async () => { for (const ready of window.darkroom.beforeSubmit) await ready(); }"
SET_SLIDER = """(slider, value) => {
  slider.value = value;
  slider.dispatchEvent(new Event('input', {bubbles: true}));
}"""


def checkered(path: Path, width: int, height: int) -> Path:
    """A picture with no two regions alike, so that a pixel that moved is a pixel that differs."""
    y, x = np.mgrid[0:height, 0:width]
    pixels = np.stack([x * 255 // width, y * 255 // height, (x // 8 + y // 8) % 2 * 120 + 60], axis=-1)
    Image.fromarray(pixels.astype(np.uint8)).save(path)
    return path


class Painting:
    """The picture input on the inpaint tab.

    Args:
        page: the open page.
        server: where pictures and masks arrive.
    """

    def __init__(self, page: Page, server: ServerProcess) -> None:
        self.page = page
        self.server = server
        self.box = page.get_by_test_id("picture-input")
        self.stage = page.get_by_test_id("picture-stage")
        page.evaluate("window.darkroom.showTab('inpaint')")
        expect(self.box).to_be_visible()

    def upload(self, path: Path) -> None:
        """Choose a file while there is no picture, and wait until it is shown."""
        expect(self.page.get_by_test_id("choose-picture")).to_be_visible()
        self.page.get_by_test_id("picture-file").set_input_files(path)
        expect(self.page.get_by_test_id("picture-name")).to_have_text(path.name)

    def at(self, across: float, down: float) -> tuple[float, float]:
        """The place in the window of a share of the shown picture's sides."""
        self.stage.scroll_into_view_if_needed()
        box = self.page.get_by_test_id("picture-image").bounding_box()
        assert box is not None
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def stroke(self, *places: tuple[float, float]) -> None:
        """Draw through these shares of the picture's sides with the mouse."""
        first, *others = [self.at(*place) for place in places]
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for place in others:
            self.page.mouse.move(*place, steps=6)
        self.page.mouse.up()

    def set_brush(self, **values: float) -> None:
        """Set the sliders: `size` (0 to 100, a logarithm), `strength` and `softness` in percent."""
        for name, value in values.items():
            self.page.get_by_test_id(f"brush-{name}").evaluate(SET_SLIDER, str(value))

    def press(self, key: str) -> None:
        """Press a key with the pointer over the picture."""
        self.page.mouse.move(*self.at(0.5, 0.5))
        self.page.keyboard.press(key)

    def kept(self, name: str) -> NDArray[np.uint8]:
        """The picture ("picture" or "mask") in the server's store."""
        picture = self.box.get_attribute(f"data-{name}")
        return pixels(self.server.data_dir / "inputs" / f"{picture}.png")

    def mask(self) -> NDArray[np.uint8]:
        """The mask as the server has it, as soon as it has the newest; black when nothing is painted."""
        self.page.evaluate(BEFORE_SUBMIT)
        if self.box.get_attribute("data-mask"):
            return self.kept("mask")
        return np.zeros(self.kept("picture").shape[:2], np.uint8)


class Fingers:
    """Touches of a page, through the browser's own input."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)

    def put(self, kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def pixels(path: Path) -> NDArray[np.uint8]:
    """The pixels of a file as they are."""
    with Image.open(path) as picture:
        return np.asarray(picture)
