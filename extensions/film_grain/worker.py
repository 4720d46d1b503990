"""The worker's side: finished pictures get their grain, before they are written."""

from collections.abc import Mapping
from typing import Any

from PIL import Image

from webui.extensions.api import hookimpl

from .grain import grained


@hookimpl
def finish_image(image: Image.Image, seed: int, values: Mapping[str, Any]) -> Image.Image | None:
    # Nothing to do is said with None, so that a picture without grain is the very same picture.
    return grained(image, **values, seed=seed) if values["amount"] else None
