from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from webui.library.encoding import INFOTEXT_KEY, REQUEST_KEY, encode_png

PIXELS = np.arange(16 * 24 * 3, dtype=np.uint8).reshape(16, 24, 3)


def _texts(png: bytes) -> dict[str, str]:
    with Image.open(BytesIO(png), formats=("PNG",)) as picture:
        picture.load()
        return dict(picture.text)


def test_pixels_and_texts_come_back() -> None:
    png = encode_png(PIXELS, "a boat\nSteps: 20", '{"prompt":"a boat"}')
    with Image.open(BytesIO(png), formats=("PNG",)) as picture:
        assert np.array_equal(np.asarray(picture), PIXELS)
    assert _texts(png) == {INFOTEXT_KEY: "a boat\nSteps: 20", REQUEST_KEY: '{"prompt":"a boat"}'}


def test_the_same_input_gives_the_same_bytes() -> None:
    assert encode_png(PIXELS, "text", "{}") == encode_png(PIXELS.copy(), "text", "{}")


@pytest.mark.parametrize("text", ["", "Übersee", "日本の海", "🦊 at night", "a" * 20_000, "line\nline\n"])
def test_any_prompt_can_be_written(text: str) -> None:
    assert _texts(encode_png(PIXELS, text, f'"{text}"'))[INFOTEXT_KEY] == text


@pytest.mark.parametrize("pixels", [PIXELS.astype(np.float32), PIXELS[..., :1], PIXELS[0]])
def test_what_is_no_picture_is_refused(pixels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="height x width x 3"):
        encode_png(pixels, "", "")
