"""Pictures of an exported model, here a tiny one."""

from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

import numpy as np

from bundled_model.judging.generated_store import generated
from bundled_model.judging.generating import Order, Sampling, Studio, weights_of
from bundled_model.learning.stopping import Stop

ORDERS = (
    Order("a castle", 1, (256, 256)),
    Order("the sea at night", 2, (384, 256)),
    Order("a red house", 3, (256, 256)),
)


def test_pictures_come_in_the_order_and_sizes_asked_for(tiny_model: Path) -> None:
    studio = Studio(Sampling(tiny_model, steps=1))
    made = studio.make(ORDERS)
    assert [picture.shape for picture in made] == [(256, 256, 3), (256, 384, 3), (256, 256, 3)]
    again = studio.make(ORDERS[1:2])
    assert np.abs(again[0].astype(int) - made[1]).mean() < 2


def test_what_was_stopped_goes_on_where_it_ended(tiny_model: Path, tmp_path: Path) -> None:
    sampling, stop = Sampling(tiny_model, steps=1), Stop()
    stop.asked = True
    assert generated(tmp_path, sampling, ORDERS, 1, stop) is None
    made = generated(tmp_path, sampling, ORDERS, 1, Stop())
    assert made is not None
    assert made.shape == (3, 128, 128, 3)
    stop.asked = True
    kept = generated(tmp_path, sampling, ORDERS, 1, stop)
    assert np.array_equal(made, kept)


def test_other_weights_have_another_name(tiny_model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    for file in tiny_model.rglob("*"):
        if file.is_file():
            (copy / file.relative_to(tiny_model)).parent.mkdir(parents=True, exist_ok=True)
            (copy / file.relative_to(tiny_model)).write_bytes(file.read_bytes())
    assert weights_of(copy) == weights_of(tiny_model)
    (copy / "README.md").write_text("told beside it")
    assert weights_of(copy) == weights_of(tiny_model)
    (copy / "unet" / "config.json").write_text("{}")
    assert weights_of(copy) != weights_of(tiny_model)
