import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.imaging.files import gradient
from webui.generation.ways import Margins
from webui.imaging.outpainting import SEAM, extended

_MARGIN = st.sampled_from([0, 8, 64, 136])


@settings(max_examples=40, deadline=None)
@given(
    size=st.tuples(st.integers(1, 90), st.integers(1, 90)),
    margins=st.builds(Margins, left=_MARGIN, top=_MARGIN, right=_MARGIN, bottom=_MARGIN),
)
def test_the_old_picture_is_in_its_place_and_the_mask_covers_all_that_is_new(
    size: tuple[int, int], margins: Margins
) -> None:
    image = gradient(*size)
    larger = extended(image, margins, seed=1)
    box = (margins.left, margins.top, margins.left + size[0], margins.top + size[1])
    assert larger.image.size == larger.mask.size == (box[2] + margins.right, box[3] + margins.bottom)
    assert larger.image.crop(box).tobytes() == image.tobytes()
    new = np.ones(larger.mask.size[::-1], bool)
    new[box[1] : box[3], box[0] : box[2]] = False
    mask = np.asarray(larger.mask)
    assert (mask[new] == 255).all()
    assert (mask[~new] < 255).all()
    assert bool(margins) or not mask.any()


def test_the_seam_falls_evenly_into_the_old_picture_and_ends() -> None:
    larger = extended(Image.new("RGB", (200, 200)), Margins(right=64), seed=1)
    row = np.asarray(larger.mask, int)[100]
    assert (row[: 200 - SEAM] == 0).all()
    assert (row[200:] == 255).all()
    steps = np.diff(row[200 - SEAM - 1 : 201])
    assert steps.min() >= 7
    assert steps.max() <= 8


def test_a_small_picture_keeps_something_of_itself() -> None:
    larger = extended(Image.new("RGB", (30, 30)), Margins(left=64, right=64), seed=1)
    assert (np.asarray(larger.mask)[:, 74:84] == 0).all()


def test_colours_go_on_across_the_edge_and_get_rougher_outwards() -> None:
    image = Image.new("RGB", (128, 128), (60, 90, 120))
    image.paste((200, 30, 30), (0, 64, 128, 128))
    pixels = np.asarray(extended(image, Margins(left=128), seed=3).image, np.float32)
    upper, lower = pixels[:32, :128], pixels[96:, :128]
    assert np.abs(upper.mean(axis=(0, 1)) - (60, 90, 120)).max() < 25
    assert np.abs(lower.mean(axis=(0, 1)) - (200, 30, 30)).max() < 25
    assert pixels[:32, 124:128].std(axis=0).mean() < 4 < 8 < pixels[:32, :64].std(axis=0).mean()


def test_the_same_seed_gives_the_same_picture() -> None:
    pictures = [extended(gradient(), Margins(top=32), seed=seed).image.tobytes() for seed in (5, 5, 6)]
    assert pictures[0] == pictures[1] != pictures[2]


def test_what_else_is_masked_joins_what_is_new() -> None:
    mask = Image.new("L", (24, 16))
    mask.putpixel((20, 3), 255)
    larger = extended(gradient(), Margins(left=8, top=16), seed=1, mask=mask)
    assert larger.mask.getpixel((28, 19)) == 255
    assert larger.mask.getpixel((0, 0)) == 255
    assert larger.mask.getpixel((31, 31)) == 0


@pytest.mark.parametrize("seam", [0, 1])
def test_a_seam_may_be_left_out(seam: int) -> None:
    mask = np.asarray(extended(Image.new("RGB", (64, 64)), Margins(bottom=8), seed=1, seam=seam).mask)
    assert (mask[: 64 - seam] == 0).all()
    assert (mask[64:] == 255).all()
