import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.files import gradient
from webui.generation.ways import InpaintArea, ResizeMode
from webui.imaging.masked_area import masked_area
from webui.imaging.masks import blurred, is_blank, read_mask
from webui.imaging.pasting import pasted


def _noise(seed: int, width: int, height: int) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8))


@settings(max_examples=150, deadline=None)
@given(
    sides=st.tuples(st.integers(2, 70), st.integers(2, 70)),
    size=st.sampled_from([(64, 64), (64, 128), (136, 64)]),
    area=st.sampled_from(InpaintArea),
    resize=st.sampled_from(ResizeMode),
    padding=st.integers(0, 40),
    inverted=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_outside_a_hard_mask_the_picture_is_unchanged_byte_for_byte(
    sides: tuple[int, int],
    size: tuple[int, int],
    area: InpaintArea,
    resize: ResizeMode,
    padding: int,
    inverted: bool,
    seed: int,
) -> None:
    draw = np.random.default_rng(seed)
    original = _noise(seed, *(sides if area is InpaintArea.MASKED else size))
    corners = np.sort(draw.uniform(0, 1, (2, 2)), axis=0) * original.size
    painted = Image.new("L", original.size)
    painted.paste(255, tuple(corners.round().astype(int).ravel().tolist()))
    mask = blurred(read_mask(painted, original.size, inverted=inverted).image, 0)
    if is_blank(mask):
        return
    prepared = masked_area(original, mask, size=size, area=area, resize=resize, padding=padding)
    assert prepared.image.size == prepared.mask.size == size
    made = Image.new("RGB", size, (255, 0, 255))
    whole = np.asarray(prepared.pasted(made))
    outside = np.asarray(mask) == 0
    assert np.array_equal(whole[outside], np.asarray(original)[outside])
    assert (whole[~outside] == (255, 0, 255)).all()


def test_a_result_lands_where_it_was_cut_out() -> None:
    original = gradient(80, 60)
    mask = Image.new("L", (80, 60))
    mask.paste(255, (30, 20, 50, 40))
    prepared = masked_area(original, mask, size=(64, 64), area=InpaintArea.MASKED, resize=ResizeMode.STRETCH, padding=6)
    assert prepared.box == (24, 14, 56, 46)
    assert prepared.image.size == (64, 64)
    unchanged = np.asarray(prepared.pasted(prepared.image), np.int16) - np.asarray(original, np.int16)
    assert np.abs(unchanged).max() <= 4


def test_the_whole_picture_is_resized_and_stays_so() -> None:
    original = _noise(2, 100, 50)
    mask = Image.new("L", (100, 50), 255)
    prepared = masked_area(original, mask, size=(64, 64), area=InpaintArea.WHOLE, resize=ResizeMode.CROP, padding=32)
    assert prepared.box is None
    assert prepared.pasted(Image.new("RGB", (64, 64), "red")).getcolors() == [(4096, (255, 0, 0))]


def test_what_was_masked_before_a_blur_shows_the_result_alone_and_far_away_nothing_of_it() -> None:
    original = Image.new("RGB", (128, 64), "white")
    mask = Image.new("L", (128, 64))
    mask.paste(255, (64, 0, 128, 64))
    prepared = masked_area(
        original, blurred(mask, 4), size=(128, 64), area=InpaintArea.WHOLE, resize=ResizeMode.STRETCH, padding=0
    )
    pixels = np.asarray(prepared.pasted(Image.new("RGB", (128, 64), "black")))[0, :, 0].astype(int)
    assert (pixels[64:] == 0).all()
    assert (pixels[:54] == 255).all()
    assert (np.diff(pixels[54:64]) < 0).all()


def test_an_overlay_of_another_size_is_a_fault() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pasted(_noise(0, 8, 8), _noise(1, 8, 8), Image.new("L", (9, 8)))


def test_pasting_leaves_the_original_as_it_was() -> None:
    original = _noise(3, 8, 8)
    before = original.tobytes()
    pasted(_noise(4, 8, 8), original, Image.new("L", (8, 8), 255))
    assert original.tobytes() == before
