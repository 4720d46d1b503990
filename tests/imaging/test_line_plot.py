import numpy as np
from PIL import Image

from webui.imaging.lettering import AMBER, AMBER_WASH
from webui.imaging.line_plot import WIDTH, Movement, movement_plot


def _movement(distances: list[float | None], marked: int | None, pictures: int = 3) -> Movement:
    return Movement(
        title="The picture tips over between 0.45 and 0.50.",
        labels=[f"0.{place}" for place in range(len(distances) + 1)],
        distances=distances,
        marked=marked,
        pictures=[Image.new("RGB", (40, 30), (0, 0, 250))] * pictures,
        across="denoising strength",
        up="distance",
    )


def _columns_of(image: Image.Image, colour: tuple[int, int, int]) -> np.ndarray:
    return np.nonzero((np.asarray(image) == colour).all(axis=2).any(axis=0))[0]


def test_the_largest_jump_is_marked_in_amber_where_it_is() -> None:
    left = _columns_of(movement_plot(_movement([0.5, 0.1], 0)), AMBER_WASH)
    right = _columns_of(movement_plot(_movement([0.1, 0.5], 1)), AMBER_WASH)
    assert left.max() <= right.min() + 4
    assert len(_columns_of(movement_plot(_movement([0.5, 0.1], 0)), AMBER)) > 0


def test_without_a_jump_nothing_is_amber() -> None:
    image = movement_plot(_movement([None, None], None, pictures=0))
    assert image.width == WIDTH
    assert len(_columns_of(image, AMBER)) == len(_columns_of(image, AMBER_WASH)) == 0


def test_the_pictures_stand_below_the_curve() -> None:
    assert len(_columns_of(movement_plot(_movement([0.5, 0.1], 0)), (0, 0, 250))) > 100


def test_a_hundred_pictures_can_be_drawn() -> None:
    assert movement_plot(_movement([0.01] * 99, 3, pictures=100)).width == WIDTH
