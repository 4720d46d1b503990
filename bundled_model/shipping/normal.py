"""Measures the normal range of the model's pictures in latent space, for the file beside its weights."""

import random
import tempfile
from pathlib import Path

from bundled_model.captions.grammar import write_caption
from bundled_model.scenes.sampling import numbered_scene
from bundled_model.scenes.usual import made_usual
from bundled_model.shipping.product import Product
from webui.engine.normal_pictures import NORMAL_FILE, Measuring, normal_requests
from webui.exploring.normal_range import NormalRange
from webui.model_manager.kept_json import keep

SERIES = 91
"""Seed of the series of scenes whose pictures are normal."""


def normal_prompts(count: int) -> list[str]:
    """Captions of scenes of all kinds, every other one plainer than chance gives: all that it knows is normal for it.

    With plain prompts alone, a starless night at sea would be stranger than a picture that has fallen apart.
    """
    prompts = []
    for index in range(count):
        scene, seed = numbered_scene(SERIES, index)
        rng = random.Random(seed)
        prompts.append(write_caption(made_usual(scene, rng) if index % 2 else scene, rng))
    return prompts


def measure_normal_range(model: Path, count: int) -> NormalRange:
    """The range by so many pictures; it is written beside the model's weights.

    Args:
        model: its folder, in the folder `checkpoints` of a models folder.
        count: how many pictures.
    """
    with tempfile.TemporaryDirectory() as folder:
        product = Product(model, Path(folder))
        requests = normal_requests(product.loaded.entry, normal_prompts(count))
        measuring = Measuring([], requests, product.walks, lambda: product.loaded)
        while (found := measuring.call()) is None:
            pass
    keep(model / NORMAL_FILE, found.as_json())
    return found
