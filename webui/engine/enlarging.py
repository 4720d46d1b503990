"""Pictures on their own as the upscalers of extensions enlarge them, in the worker."""

import numpy as np

from webui.engine.looks import Answered, LookEnlarge
from webui.errors import InvalidRequest
from webui.generation.offered import offered_upscalers
from webui.imaging.reading import flattened
from webui.imaging.strips import encode_picture
from webui.library.inputs import InputStore


def enlarged(question: LookEnlarge, inputs: InputStore) -> Answered:
    """The picture at the size that is asked for.

    Raises:
        InvalidRequest: there is no such upscaler.
        ExtensionFailed: it did not give a picture of that size.
        PictureNotFound: the picture is not among the inputs.
        PictureUnreadable: its file is damaged.
    """
    upscale = next((each.upscale for each in offered_upscalers() if each.name == question.upscaler), None)
    if upscale is None:
        raise InvalidRequest(f"upscaler: there is no upscaler '{question.upscaler}'.", field="upscaler")
    made = upscale(flattened(inputs.open(question.picture)), question.width, question.height)
    return Answered(
        values={"width": made.width, "height": made.height}, parts=(encode_picture(np.asarray(made), "png"),)
    )
