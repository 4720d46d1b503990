"""Pictures in and out: what is read of a file, and the forms in which one is given."""

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from webui.imaging.metadata import embedded_text
from webui.library.encoding import encode_png
from webui.server.sdapi.encoded_pictures import grid_of, in_base64
from webui.server.sdapi.png_info import told_of
from webui.settings import A1111Options

INFOTEXT = 'a boat, café 日本\nNegative prompt: cars\nSteps: 3, Sampler: Euler a, Seed: 5, Size: 64x32, Version: "a, b"'


def _png(infotext: str = INFOTEXT) -> bytes:
    return encode_png(np.full((32, 64, 3), 90, np.uint8), infotext, "{}")


def test_a_png_file_is_given_as_it_is() -> None:
    assert base64.b64decode(in_base64(_png(), A1111Options())) == _png()


@pytest.mark.parametrize(("told", "form"), [("jpg", "JPEG"), ("jpeg", "JPEG"), ("webp", "WEBP")])
def test_other_formats_carry_the_same_parameters(told: str, form: str) -> None:
    content = base64.b64decode(in_base64(_png(), A1111Options.model_validate({"samples_format": told})))
    assert Image.open(BytesIO(content)).format == form
    assert embedded_text(content).infotext == INFOTEXT


def test_parameters_that_are_too_long_for_the_format_are_left_out() -> None:
    content = base64.b64decode(in_base64(_png("boat " * 20_000), A1111Options(samples_format="jpg")))
    assert embedded_text(content).infotext is None


@pytest.mark.parametrize(("count", "shape"), [(2, (2, 1)), (4, (2, 2)), (5, (3, 2)), (6, (3, 2))])
def test_a_grid_has_about_as_many_rows_as_columns(count: int, shape: tuple[int, int]) -> None:
    picture = encode_png(np.full((300, 300, 3), 90, np.uint8), INFOTEXT, "{}")
    grid = grid_of([picture] * count, INFOTEXT, "{}")
    width, height = Image.open(BytesIO(grid)).size
    assert (width // 300, height // 300) == shape
    assert embedded_text(grid).infotext == INFOTEXT


def test_a_pictures_parameters_are_told_as_text_as_pairs_and_beside_the_rest() -> None:
    told = told_of(_png())
    assert told["info"] == INFOTEXT
    assert told["items"] == {"darkroom": "{}"}
    assert told["parameters"] == {
        "Prompt": "a boat, café 日本", "Negative prompt": "cars", "Steps": "3", "Sampler": "Euler a", "Seed": "5",
        "Size-1": "64", "Size-2": "32", "Version": "a, b",
    }  # fmt: skip


def test_files_that_say_nothing_or_are_none_give_empty_texts() -> None:
    assert told_of(b"nothing") == {"info": "", "items": {}, "parameters": {}}
