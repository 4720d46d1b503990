"""Pictures as the preprocessors of extensions prepare them, in the worker."""

from collections.abc import Mapping

import numpy as np
from PIL import Image

from webui.engine.hook_checks import picture_problem
from webui.engine.looks import Answered, LookPreprocess
from webui.engine.worker_extensions import WorkerExtensions
from webui.errors import InvalidRequest
from webui.extensions.contributions import Preprocessor
from webui.extensions.controls import Scalar, defaults
from webui.imaging.reading import flattened
from webui.imaging.strips import encode_picture
from webui.library.inputs import InputStore


def preprocessed(question: LookPreprocess, extensions: WorkerExtensions, inputs: InputStore) -> Answered:
    """The picture that a preprocessor makes of another one.

    Raises:
        InvalidRequest: there is no such preprocessor, or it has no such value.
        ExtensionFailed: it did not give a picture.
        PictureNotFound: the picture is not among the inputs.
        PictureUnreadable: its file is damaged.
    """
    extension, preprocessor = extensions.preprocessor(question.name)
    values = _checked(question.values, preprocessor)
    picture = flattened(inputs.open(question.picture))

    def process() -> Image.Image:
        made = preprocessor.process(picture, values)
        wrong = picture_problem(made)
        if wrong:
            raise TypeError(f"it gave {wrong}")
        return made.convert("RGB")

    made = extensions.host.call(extension, f"the preprocessor {preprocessor.name}", process)
    values_told = {"width": made.width, "height": made.height}
    return Answered(values=values_told, parts=(encode_picture(np.asarray(made), "png"),))


def _checked(given: Mapping[str, Scalar], preprocessor: Preprocessor) -> dict[str, Scalar]:
    """A value for each of its controls.

    Raises:
        InvalidRequest: one is not what the control takes, or there is no such control.
    """
    controls = {control.name: control for control in preprocessor.controls}
    for name in given.keys() - controls.keys():
        raise InvalidRequest(
            f"values.{name[:60]}: {preprocessor.name} has no such value.",
            hint=f"It has: {', '.join(controls) or 'none'}.", field=f"values.{name[:60]}",
        )  # fmt: skip
    checked = {name: controls[name].checked(value, f"values.{name}") for name, value in given.items()}
    return defaults(preprocessor.controls) | checked
