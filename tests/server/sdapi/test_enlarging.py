from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from webui.errors import InvalidRequest, PictureUnreadable
from webui.generation.offered import Upscaler
from webui.generation.offering import offer
from webui.imaging.png_text import png_info, png_texts
from webui.server.sdapi.bodies import ExtraSingleImage
from webui.server.sdapi.enlarging import check_extras, enlarged_file, upscaler_names


def _file(size: tuple[int, int] = (20, 10), *, see_through: bool = False, **texts: str) -> bytes:
    file, image = BytesIO(), Image.linear_gradient("L").resize(size)
    image = Image.merge("LA", (image, image)) if see_through else image.convert("RGB")
    image.save(file, format="PNG", pnginfo=png_info(texts))
    return file.getvalue()


def _enlarged(content: bytes, **posted: Any) -> tuple[Image.Image, str, bytes]:
    def nobody(picture: Image.Image, upscaler: str, size: tuple[int, int]) -> Image.Image:
        return Image.new("RGB", size, "lime")

    png, said = enlarged_file(content, ExtraSingleImage.model_validate(posted), nobody)
    return Image.open(BytesIO(png)), said, png


def test_a_factor_enlarges_and_the_parameters_stay() -> None:
    content = _file(parameters="a boat\nSteps: 3")
    image, said, png = _enlarged(content, upscaler_1="Lanczos", upscaling_resize=1.5)
    assert image.size == (30, 15)
    assert said == "Postprocess upscale by: 1.5, Postprocess upscaler: Lanczos"
    texts, _ = png_texts(png)
    assert texts == {"parameters": "a boat\nSteps: 3", "postprocessing": said}


def test_a_size_covers_and_is_cut_or_is_fitted_into() -> None:
    wanted = {"resize_mode": 1, "upscaling_resize_w": 40, "upscaling_resize_h": 40, "upscaler_1": "Nearest"}
    assert _enlarged(_file(), **wanted)[0].size == (40, 40)
    assert _enlarged(_file(), **wanted, upscaling_crop=False)[0].size == (40, 20)


def test_without_an_upscaler_the_picture_stays_as_it_is() -> None:
    image, said, _ = _enlarged(_file())
    assert image.size == (20, 10)
    assert said == ""


def test_transparency_stays() -> None:
    image, _, _ = _enlarged(_file(see_through=True), upscaler_1="lanczos")
    assert (image.mode, image.size) == ("RGBA", (40, 20))


def test_a_second_upscaler_is_blended_in() -> None:
    wanted = {"upscaler_1": "Nearest", "upscaler_2": "Green", "extras_upscaler_2_visibility": 0.5}
    plain = _enlarged(_file(), upscaler_1="Nearest")[0].getpixel((39, 19))
    with_drawn = offer("test", upscalers=[Upscaler(name="Green")])
    try:
        mixed = _enlarged(_file(), **wanted)[0].getpixel((39, 19))
    finally:
        with_drawn()
    assert isinstance(plain, tuple) and isinstance(mixed, tuple)
    assert mixed == (plain[0] // 2, (plain[1] + 255) // 2, plain[2] // 2)


def test_upscalers_of_extensions_are_among_those_that_there_are() -> None:
    assert upscaler_names() == ("None", "Lanczos", "Nearest")
    take_back = offer("test", upscalers=[Upscaler(name="Sharp 2x")])
    assert upscaler_names()[-1] == "Sharp 2x"
    take_back()


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"gfpgan_visibility": 0.5}, "gfpgan_visibility"),
        ({"codeformer_visibility": 1}, "codeformer_visibility"),
        ({"upscaler_1": "R-ESRGAN 4x+"}, "upscaler_1"),
        ({"upscaler_2": "Latent"}, "upscaler_2"),
    ],
)
def test_what_cannot_be_done_is_refused_by_its_field(posted: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_extras(ExtraSingleImage.model_validate(posted))
    assert refused.value.field == field


def test_a_picture_that_would_be_too_large_is_refused_before_it_is_made() -> None:
    with pytest.raises(InvalidRequest, match="pixels") as refused:
        _enlarged(_file((2000, 2000)), upscaler_1="Lanczos", upscaling_resize=16)
    assert refused.value.field == "upscaling_resize"
    with pytest.raises(PictureUnreadable):
        _enlarged(b"no picture", upscaler_1="Lanczos")
