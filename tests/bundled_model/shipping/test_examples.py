"""The prompts of the contact sheets."""

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.drawing.painter import SIZES
from bundled_model.shipping.examples import EXAMPLES, FILES


def test_there_are_examples_of_every_size_that_fill_their_rows() -> None:
    assert set(EXAMPLES) == set(FILES) == set(SIZES)
    for size, prompts in EXAMPLES.items():
        assert len(prompts) % FILES[size][1] == 0
        assert len(set(prompts)) == len(prompts)
