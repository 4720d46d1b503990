"""Pictures of a series out of the library, and its grid or plot into it."""

from io import BytesIO

import numpy as np
from PIL import Image

from webui.engine.series_kind import Outcome
from webui.engine.series_record import Series
from webui.errors import PictureNotFound
from webui.generation.infotext import write_infotext
from webui.library.encoding import encode_png
from webui.library.library import Library


def picture_of(library: Library, picture_id: str) -> Image.Image | None:
    """A picture of the library, decoded; None when its file is gone or damaged."""
    try:
        with Image.open(BytesIO(library.read(picture_id)), formats=("PNG",)) as image:
            image.load()
            return image
    except (PictureNotFound, OSError, ValueError, SyntaxError):
        return None


def save_outcome(library: Library, series: Series, outcome: Outcome) -> tuple[str | None, str]:
    """Put the grid or plot into the library, with the parameters that its pictures have in common inside.

    Returns:
        Its id, None where there is no picture; and a warning when it could not be saved and is kept in memory.
    """
    if outcome.picture is None:
        return None, ""
    request = series.wanted.request
    infotext = write_infotext(request, {**series.said, **outcome.said})
    written = request.model_dump_json()
    pixels = np.asarray(outcome.picture.convert("RGB"))
    saving = library.save(
        encode_png(pixels, infotext, written),
        job=series.id,
        seed=request.seed,
        width=outcome.picture.width,
        height=outcome.picture.height,
        request=written,
        infotext=infotext,
    )
    return saving.picture.id, saving.warning
