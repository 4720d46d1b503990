"""The seams of repainted parts, and the cases they are measured on."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from PIL import Image

from bundled_model.judging.seams import CASES, MASKS, OUTLINE, mask_called, outlined, repaint_all, seam, shown
from bundled_model.shipping.product import Product

SQUARE = np.asarray(mask_called("middle box")) > 0


def noisy(level: float) -> np.ndarray:
    rng = np.random.default_rng(1)
    return np.clip(level + rng.normal(0, 20, (256, 256, 3)), 0, 255).astype(np.uint8)


def test_where_nothing_was_changed_there_is_no_seam() -> None:
    assert seam(noisy(120), SQUARE) == pytest.approx(1, abs=0.1)
    assert seam(np.full((256, 256, 3), 90, np.uint8), SQUARE) == 1


def test_a_part_that_is_brighter_than_the_rest_has_a_seam() -> None:
    for lighter in (20, 60):
        picture = np.where(SQUARE[..., None], 120 + lighter, 120).astype(np.uint8).repeat(3, axis=2)
        assert seam(picture, SQUARE) > 1 + lighter / 10


def test_every_change_is_made_of_a_drawn_and_of_a_generated_picture() -> None:
    assert len(CASES) == 20
    assert sum(case.drawn for case in CASES) == 10
    for case in CASES:
        before, after = case.scenes()
        assert before != after


def test_masks_cover_a_part_of_the_picture() -> None:
    for name in MASKS:
        assert 0.05 < (np.asarray(mask_called(name)) > 0).mean() < 0.7


def test_the_outline_runs_along_the_inside_of_the_mask() -> None:
    pixels = np.asarray(outlined(Image.new("RGB", (256, 256)), mask_called("middle oval")))
    marked = (pixels == OUTLINE).all(axis=2)
    assert marked.any()
    assert not marked[128, 128]
    assert not (marked & (np.asarray(mask_called("middle oval")) == 0)).any()


def test_the_program_repaints_what_is_masked_and_nothing_else(tiny_model: Path, tmp_path: Path) -> None:
    product = Product(tiny_model, tmp_path)
    drawn, painted = repaint_all(product, steps=2, guidance=2.0, cases=(CASES[0], CASES[16]))
    for done in (drawn, painted):
        changed = (np.asarray(done.source) != np.asarray(done.result)).any(axis=2)
        assert changed[np.asarray(done.mask) > 0].mean() > 0.5
    far = np.s_[200:]
    assert np.array_equal(np.asarray(drawn.source)[far], np.asarray(drawn.result)[far])
    assert len(shown([drawn, painted])) == 6
