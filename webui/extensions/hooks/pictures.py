"""Pictures, while they are made and after."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PIL import Image

from webui.extensions.contributions import Preprocessor, SavedImage, StepInfo
from webui.extensions.controls import Scalar
from webui.extensions.hooks.marking import hookspec
from webui.generation.offered import Upscaler
from webui.generation.request import GenerationRequest

if TYPE_CHECKING:
    import torch


class PictureHooks:
    """Pictures, while they are made and after."""

    @hookspec
    def register_upscalers(self) -> Sequence[Upscaler]:  # type: ignore[empty-body]
        """Add ways to enlarge pictures, for the second pass and for pictures on their own.

        Called:
            When the extension is enabled (to try it out) and when a worker starts; `upscale` for each picture.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            None.
        Returns:
            Upscalers. `upscale(picture, width, height)` gives an RGB picture of exactly that size in pixels.
        None:
            No upscalers.
        Errors:
            None of its upscalers are there. A picture that it cannot enlarge is enlarged by Lanczos; a note says so.
        Example:
            @hookimpl
            def register_upscalers():
                def upscale(picture, width, height):
                    return picture.resize((width, height), Image.Resampling.BICUBIC)

                return [Upscaler(name="Bicubic", upscale=upscale)]
        """
        ...

    @hookspec
    def register_preprocessors(self) -> Sequence[Preprocessor]:  # type: ignore[empty-body]
        """Add ways to prepare a given picture: edges, depth, poses.

        Called:
            When the extension is enabled (to try it out) and when a worker starts; `process` for each picture.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            None.
        Returns:
            Preprocessors. `process(picture, values)` gives an RGB picture.
        None:
            No preprocessors.
        Errors:
            None of its preprocessors are there. A picture that cannot be prepared is an error that names the extension.
        Example:
            @hookimpl
            def register_preprocessors():
                return [Preprocessor(name="Negative", process=lambda picture, values: ImageOps.invert(picture))]
        """
        ...

    @hookspec
    def on_step(self, step: StepInfo, clean: "Callable[[], torch.Tensor]", values: Mapping[str, Scalar]) -> None:
        """See each step of a walk.

        Called:
            After each move of the sampler.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            step: where the walk is.
            clean: computes the x0 that the model points at: (batch, channels, height / 8, width / 8), float32. Call it
                only where it is needed.
            values: of this extension's controls.
        Returns:
            Nothing.
        None:
            The only answer.
        Errors:
            As for `wrap_prediction`.
        Example:
            @hookimpl
            def on_step(step):
                log.info("step %d of %d at sigma %.2f", step.index + 1, step.total, step.sigma)
        """

    @hookspec
    def finish_image(
        self, image: Image.Image, request: GenerationRequest, seed: int, values: Mapping[str, Scalar]
    ) -> Image.Image | None:
        """Change a finished picture, before it is written.

        Called:
            For each picture (each frame of a film), one extension after the other.
        Process:
            Worker, in the thread that makes pictures.
        Arguments:
            image: RGB.
            request: what the picture was made from.
            seed: of this picture.
            values: of this extension's controls.
        Returns:
            An RGB picture; its size may differ, other than for the frames of a film.
        None:
            The picture stays.
        Errors:
            The picture stays, and a note names the extension. After 30 seconds as for `wrap_prediction`.
        Example:
            @hookimpl
            def finish_image(image, values):
                return ImageOps.grayscale(image).convert("RGB") if values["grey"] else None
        """

    @hookspec
    def image_saved(self, image: SavedImage, values: Mapping[str, Scalar]) -> None:
        """See each picture that was written.

        Called:
            After a picture and its record are in the library, or in the file that the command line was told; for one
            picture after the other.
        Process:
            Web, in a thread of its own: jobs go on meanwhile.
        Arguments:
            image: its id, its file, its request and infotext, its sides in pixels. Do not change the file: its name is
                that of its bytes.
            values: of this extension's controls.
        Returns:
            Nothing.
        None:
            The only answer.
        Errors:
            The picture stays; the extension's card says why.
        Example:
            @hookimpl
            def image_saved(image):
                shutil.copy(image.path, "/mnt/frame/latest.png")
        """
