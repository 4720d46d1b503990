from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from webui.engine.preview_encoding import encode_previews


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ((32, 32), (128, 128)),
        ((32, 48), (96, 144)),
        ((100, 60), (200, 120)),
        ((256, 256), (256, 256)),
        ((64, 512), (64, 512)),
    ],
)
def test_small_previews_are_enlarged_by_a_whole_factor(size: tuple[int, int], shown: tuple[int, int]) -> None:
    (jpeg,) = encode_previews(np.zeros((1, *size, 3), dtype=np.uint8))
    with Image.open(BytesIO(jpeg), formats=("JPEG",)) as picture:
        assert picture.size == shown[::-1]


def test_each_picture_of_a_batch_has_its_own_preview() -> None:
    levels = (0, 128, 255)
    batch = np.stack([np.full((32, 32, 3), level, dtype=np.uint8) for level in levels])
    means = []
    for jpeg in encode_previews(batch):
        with Image.open(BytesIO(jpeg), formats=("JPEG",)) as picture:
            means.append(float(np.asarray(picture).mean()))
    assert means == pytest.approx(levels, abs=2)
