"""Measures the normal range of the model's pictures in latent space, for the file beside its weights."""

import tempfile
from pathlib import Path

from bundled_model.shipping.product import Product
from webui.engine.normal_pictures import NORMAL_FILE, PROMPTS, Measuring, normal_requests
from webui.exploring.normal_range import NormalRange
from webui.model_manager.kept_json import keep

STYLES = ("", "a watercolour of ", "a paper cut-out of ", "pixel art of ", "an ink drawing of ")
"""How prompts begin for each of the model's styles; the usual one is not named. Any of them is normal."""


def measure_normal_range(model: Path, seeds: int) -> NormalRange:
    """The range by so many pictures of each plain prompt in each style; it is written beside the model's weights.

    Args:
        model: its folder, in the folder `checkpoints` of a models folder.
        seeds: how many pictures of each prompt in each style.
    """
    with tempfile.TemporaryDirectory() as folder:
        product = Product(model, Path(folder))
        prompts = [f"{style}{prompt}" for style in STYLES for prompt in PROMPTS]
        requests = normal_requests(product.loaded.entry, prompts, seeds)
        measuring = Measuring([], requests, product.walks, lambda: product.loaded)
        while (found := measuring.call()) is None:
            pass
    keep(model / NORMAL_FILE, found.as_json())
    return found
