import struct
import subprocess
import sys
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.files import file_of, gradient, png_of, srgb_profile, swapped_profile
from webui.errors import PictureUnreadable
from webui.imaging.reading import MAX_SIDE, flattened, read_picture

# pytest shows what the product itself has silenced.
pytestmark = [
    pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning"),
    pytest.mark.filterwarnings("ignore:Truncated File Read:UserWarning"),
]
PEAK_SCRIPT = """
import sys
from pathlib import Path
from webui.imaging.reading import read_picture

def peak():
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])

content = sys.stdin.buffer.read()
before = peak()
read = read_picture(content)
print(read.image.width, read.image.height, peak() - before)
"""


def _corners(image: Image.Image) -> list[tuple[int, ...]]:
    right, bottom = image.width - 1, image.height - 1
    return [image.getpixel(place) for place in ((0, 0), (right, 0), (0, bottom), (right, bottom))]  # type: ignore


@pytest.mark.parametrize("kind", ["PNG", "BMP", "TIFF"])
def test_a_plain_picture_comes_as_it_is(kind: str) -> None:
    read = read_picture(file_of(gradient(), kind))
    assert read.image.mode == "RGB"
    assert read.image.tobytes() == gradient().tobytes()
    assert read.notes == ()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF"])
def test_lossy_kinds_come_with_their_colours(kind: str) -> None:
    read = read_picture(file_of(gradient(64, 64), kind, quality=95))
    difference = np.asarray(read.image, np.float32) - np.asarray(gradient(64, 64), np.float32)
    assert np.abs(difference).mean() < 4


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright_as_its_exif_says(orientation: int) -> None:
    turned_by = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    held = gradient() if turned_by is None else gradient().transpose(turned_by)
    exif = Image.Exif()
    exif[0x0112] = orientation
    for kind in ("PNG", "TIFF"):
        read = read_picture(file_of(held, kind, exif=exif))
        assert read.image.tobytes() == gradient().tobytes()
    jpeg = read_picture(file_of(held, "JPEG", exif=exif, quality=95))
    assert jpeg.image.size == (24, 16)
    assert np.abs(np.subtract(_corners(jpeg.image), _corners(gradient()))).max() < 40


def test_sixteen_bits_of_grey_become_eight() -> None:
    levels = (0, 128, 129, 255, 257, 32768, 65534, 65535)
    rows = b"\0" + struct.pack(">8H", *levels)
    read = read_picture(png_of(8, 1, bits=16, colour_type=0, rows=rows))
    assert read.image.mode == "L"
    assert list(read.image.tobytes()) == [round(level / 257) for level in levels]
    assert "16 bits" in read.notes[0]


def test_sixteen_bits_of_colour_become_eight() -> None:
    rows = b"\0" + struct.pack(">6H", 65535, 0, 0x8000, 0x1234, 0xFFFF, 0)
    read = read_picture(png_of(2, 1, bits=16, colour_type=2, rows=rows))
    assert (read.image.mode, list(read.image.tobytes())) == ("RGB", [255, 0, 0x80, 0x12, 255, 0])
    assert "16 bits" in read.notes[0]


def test_sixteen_bits_of_colour_with_transparency_become_eight() -> None:
    rows = b"\0" + struct.pack(">4H", 65535, 0, 0x8000, 0x4000)
    read = read_picture(png_of(1, 1, bits=16, colour_type=6, rows=rows))
    assert (read.image.mode, list(read.image.tobytes())) == ("RGBA", [255, 0, 0x80, 0x40])


def test_print_colours_become_those_of_the_screen() -> None:
    read = read_picture(file_of(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=95))
    assert read.image.mode == "RGB"
    assert np.abs(np.subtract(read.image.getpixel((4, 4)), (255, 0, 0))).max() < 8


def test_a_palette_with_a_transparent_colour_keeps_it() -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((0, 0), 0)
    read = read_picture(file_of(image, transparency=0))
    assert read.image.mode == "RGBA"
    assert read.image.getpixel((0, 0)) == (255, 0, 0, 0)
    assert read.image.getpixel((1, 1)) == (0, 0, 255, 255)


def test_a_palette_without_one_is_colours() -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([255, 0, 0, 0, 0, 255])
    read = read_picture(file_of(image))
    assert (read.image.mode, read.image.getpixel((1, 1))) == ("RGB", (0, 0, 255))


def test_a_colour_that_the_file_calls_transparent_is() -> None:
    read = read_picture(png_of(2, 1, bits=8, colour_type=2, rows=b"\0\1\2\3\4\5\6", tRNS=struct.pack(">3H", 1, 2, 3)))
    assert (read.image.mode, list(read.image.tobytes())) == ("RGBA", [1, 2, 3, 0, 4, 5, 6, 255])


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparency_is_kept(mode: str) -> None:
    image = Image.new(mode, (4, 4), (90, 128) if mode == "LA" else (90, 90, 90, 128))
    read = read_picture(file_of(image))
    assert (read.image.mode, read.image.getpixel((2, 2))) == ("RGBA", (90, 90, 90, 128))


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_transparency_that_hides_nothing_is_left_out(mode: str) -> None:
    read = read_picture(file_of(Image.new(mode, (4, 4), (90, 255) if mode == "LA" else (90, 90, 90, 255))))
    assert (read.image.mode, read.image.getpixel((2, 2))) == ("RGB", (90, 90, 90))


@pytest.mark.parametrize(("mode", "colour", "grey"), [("1", 1, 255), ("L", 77, 77)])
def test_grey_stays_grey(mode: str, colour: int, grey: int) -> None:
    read = read_picture(file_of(Image.new(mode, (4, 4), colour)))
    assert (read.image.mode, read.image.getpixel((2, 2))) == ("L", grey)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_the_first_frame_of_an_animation_is_used_and_said(kind: str) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    read = read_picture(file_of(frames[0], kind, save_all=True, append_images=frames[1:]))
    assert np.abs(np.subtract(read.image.getpixel((2, 2)), (255, 0, 0))).max() < 8
    assert read.notes == ("The picture is animated; its first frame is used.",)


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_an_embedded_colour_profile_is_applied(kind: str) -> None:
    image = Image.new("RGB", (4, 4), (250, 100, 5))
    read = read_picture(file_of(image, kind, icc_profile=swapped_profile()))
    assert np.abs(np.subtract(read.image.getpixel((1, 1)), (5, 100, 250))).max() <= 2


def test_a_profile_goes_with_transparency() -> None:
    read = read_picture(file_of(Image.new("RGBA", (4, 4), (250, 100, 5, 77)), icc_profile=swapped_profile()))
    assert read.image.mode == "RGBA"
    assert np.abs(np.subtract(read.image.getpixel((1, 1)), (5, 100, 250, 77))).max() <= 2


def test_the_profile_of_the_screen_changes_nothing() -> None:
    read = read_picture(file_of(gradient(), icc_profile=srgb_profile()))
    assert read.image.tobytes() == gradient().tobytes()


def test_a_damaged_colour_profile_does_no_harm() -> None:
    read = read_picture(file_of(gradient(), icc_profile=b"nonsense"))
    assert read.image.tobytes() == gradient().tobytes()


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 4097)])
def test_very_small_and_very_long_pictures_are_taken(size: tuple[int, int]) -> None:
    read = read_picture(file_of(Image.new("RGB", size, (9, 8, 7))))
    assert max(read.image.size) == min(MAX_SIDE, max(size))
    assert min(read.image.size) >= 1
    assert read.image.getpixel((0, 0)) == (9, 8, 7)
    assert bool(read.notes) == (max(size) > MAX_SIDE)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("mode", ["RGB", "P"])
def test_a_huge_picture_is_scaled_down_with_a_note(kind: str, mode: str) -> None:
    if (kind, mode) == ("JPEG", "P"):
        mode = "L"
    content = file_of(Image.new(mode, (12_000, 12_000), 1), kind)
    read = read_picture(content)
    assert read.image.size == (4096, 4096)
    assert read.notes == ("The picture was scaled down from 12,000 x 12,000 to 4,096 x 4,096 pixels.",)
    assert len(set(read.image.resize((64, 64)).get_flattened_data())) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak memory as Linux tells it, in KiB")
@pytest.mark.parametrize(("kind", "mebibytes"), [("PNG", 800), ("JPEG", 400)])
def test_a_huge_picture_takes_little_more_memory_than_its_pixels(kind: str, mebibytes: int) -> None:
    content = file_of(Image.new("RGB", (12_000, 12_000), "teal"), kind)
    done = subprocess.run([sys.executable, "-c", PEAK_SCRIPT], input=content, stdout=subprocess.PIPE, check=True)
    width, height, grown = map(int, done.stdout.split())
    assert (width, height) == (4096, 4096)
    assert grown < mebibytes * 1024


def test_scaling_down_in_bands_leaves_no_seams() -> None:
    wave = np.arange(9000, dtype=np.float32)[:, None] / 9000 * 255
    image = Image.fromarray(np.repeat(wave, 8, axis=1).astype(np.uint8))
    read = read_picture(file_of(image))
    steps = np.diff(np.asarray(read.image, np.int16)[:, 0])
    assert read.image.size == (4, 4096)
    assert steps.min() >= 0
    assert steps.max() <= 1


def test_a_turned_huge_photo_tells_its_sizes_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    read = read_picture(file_of(Image.new("RGB", (5000, 1000)), "JPEG", exif=exif))
    assert read.image.size == (819, 4096)
    assert read.notes == ("The picture was scaled down from 1,000 x 5,000 to 819 x 4,096 pixels.",)


@pytest.mark.parametrize("size", [(15_000, 15_000), (60_000, 60_000), (2**31 - 1, 1)])
def test_more_than_two_hundred_megapixels_are_refused_from_the_header(size: tuple[int, int]) -> None:
    with pytest.raises(PictureUnreadable, match="more than 200 megapixels") as told:
        read_picture(png_of(*size, bits=8, colour_type=2, rows=b""))
    assert told.value.field == "picture"
    assert told.value.hint


def test_floating_point_numbers_are_told_for_what_they_are() -> None:
    with pytest.raises(PictureUnreadable, match="floating-point"):
        read_picture(file_of(Image.new("F", (4, 4)), "TIFF"))


def test_a_text_bomb_in_a_png_is_refused() -> None:
    bomb = b"Comment\0\0" + zlib.compress(bytes(2**27))
    with pytest.raises(PictureUnreadable):
        read_picture(png_of(1, 1, bits=8, colour_type=0, rows=b"\0\0", zTXt=bomb))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"hello\n", "The file is a text, not a picture."),
        ("Grüße".encode() * 3000, "The file is a text, not a picture."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "The file is an SVG drawing, not a picture made of pixels."),
        (b"<?xml version='1.0'?>\n<svg/>", "The file is an SVG drawing, not a picture made of pixels."),
        (b"<!DOCTYPE html><title>x</title>", "The file is a web page, not a picture."),
        (b"%PDF-1.7\n", "The file is a PDF document, not a picture."),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "The file is a HEIC photo, which cannot be read here."),
        (b"\x89PNG\r\n\x1a\n", "The picture file is damaged or ends too early."),
        (bytes(100), "The file is not a picture of a kind that can be read."),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "The file is a text, not a picture."),
    ],
)
def test_what_is_no_picture_is_told_for_what_it_is(content: bytes, sentence: str) -> None:
    with pytest.raises(PictureUnreadable) as told:
        read_picture(content)
    assert told.value.message == sentence
    assert told.value.hint


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.9])
def test_a_file_that_ends_too_early_is_told(kind: str, share: float) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    content = file_of(Image.fromarray(pixels), kind)
    with pytest.raises(PictureUnreadable, match=r"damaged or ends too early|not a picture"):
        read_picture(content[: int(len(content) * share)])


@settings(max_examples=150, deadline=None)
@given(
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]),
    changes=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8),
)
def test_a_file_with_some_bytes_changed_is_read_or_told(kind: str, changes: list[tuple[float, int]]) -> None:
    content = bytearray(file_of(gradient(), kind))
    for place, value in changes:
        content[int(place * len(content))] = value
    try:
        read = read_picture(bytes(content))
    except PictureUnreadable as error:
        assert error.message.endswith(".")
    else:
        assert read.image.mode in ("L", "RGB", "RGBA")


def test_flattening_shows_white_where_nothing_is() -> None:
    image = Image.new("RGBA", (2, 1), (10, 20, 30, 255))
    image.putpixel((1, 0), (10, 20, 30, 0))
    flat = flattened(image)
    assert (flat.mode, flat.getpixel((0, 0)), flat.getpixel((1, 0))) == ("RGB", (10, 20, 30), (255, 255, 255))
    assert flattened(Image.new("L", (1, 1), 5)).getpixel((0, 0)) == (5, 5, 5)


def test_what_a_file_said_beside_its_pixels_is_gone() -> None:
    image = gradient()
    with Image.open(BytesIO(file_of(image, dpi=(300, 300), icc_profile=b"x"))) as opened:
        assert opened.info
    assert read_picture(file_of(image, dpi=(300, 300), icc_profile=b"x")).image.info == {}
