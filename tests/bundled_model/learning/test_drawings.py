"""The store of drawings: three sizes by their shares, and what each cell shows."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.painter import SIZES, paint
from bundled_model.drawing.parts import Part
from bundled_model.learning.drawings import (
    TURNS,
    DrawingStore,
    cells_of,
    drawn_scene,
    index_of,
    rows_of,
    size_of,
)
from bundled_model.learning.pictures import to_bytes
from bundled_model.learning.training import generator_for
from bundled_model.scenes.sampling import holds_out, numbered_scene


def test_every_drawing_has_one_row_on_the_shelf_of_its_size() -> None:
    sizes = Counter(size_of(index) for index in range(47))
    assert [rows_of(size, 47) for size in range(len(SIZES))] == [sizes[size] for size in range(len(SIZES))]
    found = [index_of(size, row) for size in range(len(SIZES)) for row in range(rows_of(size, 47))]
    assert sorted(found) == list(range(47))
    assert Counter(size_of(index) for index in range(20)) == dict(enumerate(TURNS))


def test_half_of_the_scenes_are_as_the_series_has_them_and_the_others_plainer() -> None:
    kept = [drawn_scene(index)[0] == numbered_scene(21, index)[0] for index in range(300)]
    assert 0.4 < sum(kept) / len(kept) < 0.65
    assert drawn_scene(7) == drawn_scene(7)


def test_no_scene_of_the_store_is_held_out() -> None:
    assert not [index for index in range(500) if holds_out(drawn_scene(index)[0])]


def test_a_cell_shows_what_covers_most_of_it() -> None:
    parts = np.full((16, 8), Part.SKY, np.uint8)
    parts[8:, :5] = Part.WATER
    assert cells_of(parts).tolist() == [[Part.SKY], [Part.WATER]]


def test_what_is_named_shows_in_a_cell_that_it_covers_a_third_of() -> None:
    parts = np.full((8, 24), Part.SKY, np.uint8)
    parts[:, :3] = Part.LIGHT
    parts[:, 8:11] = Part.SUBJECT
    parts[:, 16:18] = Part.SUBJECT
    assert cells_of(parts).tolist() == [[Part.LIGHT, Part.SUBJECT, Part.SKY]]


@pytest.mark.parametrize("size", range(len(SIZES)))
def test_a_row_holds_the_painting_of_its_scene(drawn_folder: Path, size: int) -> None:
    store = DrawingStore(drawn_folder, 64)
    painting = paint(*drawn_scene(index_of(size, 4)), SIZES[size])
    assert np.array_equal(store.pixels(size, [4])[0], painting.pixels)
    assert np.array_equal(store.parts(size, [4])[0], cells_of(painting.parts))
    assert store.scene(size, 4) == drawn_scene(index_of(size, 4))[0]


def test_a_batch_is_of_one_size_and_says_its_rows(drawn_folder: Path) -> None:
    store = DrawingStore(drawn_folder, 64)
    pictures, parts, rows = store.batch(1, 3, generator_for(1, 0))
    assert pictures.shape == (3, 3, 256, 384)
    assert parts.shape == (3, 32, 48)
    assert np.array_equal(to_bytes(pictures), store.pixels(1, rows))


def test_crops_come_from_all_sizes_and_are_the_same_for_the_same_chance(drawn_folder: Path) -> None:
    store = DrawingStore(drawn_folder, 64)
    crops = store.crops(5, 64, generator_for(1, 0))
    assert crops.shape == (5, 3, 64, 64)
    assert torch.equal(crops, store.crops(5, 64, generator_for(1, 0)))


def test_sizes_are_drawn_by_their_share(tmp_path: Path) -> None:
    store = DrawingStore(tmp_path, 640)
    generator = generator_for(1, 0)
    drawn = Counter(store.draw_size(generator) for _ in range(500))
    assert drawn[0] > 2 * (drawn[1] + drawn[2]) * 0.8
    assert min(drawn[1], drawn[2]) > 40
