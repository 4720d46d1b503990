"""Where a walk starts, which part of the picture it may change, and the second pass: values of a `GenerationRequest`.

There is no mode: txt2img, img2img, inpainting, outpainting, the hires fix, resuming and branching are values of
`start`, `mask` and `hires`. Pictures are references, ids in the library's store of inputs, so that a request stays
small; so are recordings.
"""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from webui.generation.limits import PICTURE_ID_PATTERN, SIZE_MULTIPLE, Prompt, Share
from webui.generation.offered import offered_upscalers, plain_name

PictureId = Annotated[str, Field(pattern=PICTURE_ID_PATTERN)]
TrajectoryId = Annotated[str, Field(pattern=PICTURE_ID_PATTERN)]
Margin = Annotated[int, Field(ge=0, le=1024, multiple_of=SIZE_MULTIPLE)]


class ResizeMode(StrEnum):
    """How a picture of another size comes to the request's size. The values are A1111's labels."""

    STRETCH = "Just resize"
    CROP = "Crop and resize"
    FILL = "Resize and fill"
    LATENT = "Just resize (latent upscale)"


class MaskedContent(StrEnum):
    """What is under the mask before the walk starts. The values are A1111's labels."""

    FILL = "fill"
    ORIGINAL = "original"
    LATENT_NOISE = "latent noise"
    LATENT_NOTHING = "latent nothing"


class InpaintArea(StrEnum):
    """Whether the model sees the whole picture, or the masked part alone at the full size."""

    WHOLE = "Whole picture"
    MASKED = "Only masked"


class HiresUpscaler(StrEnum):
    """What enlarges between the passes; those named Latent do it before decoding. The values are A1111's labels."""

    LATENT = "Latent"
    LATENT_BICUBIC = "Latent (bicubic)"
    LATENT_NEAREST = "Latent (nearest)"
    LATENT_NEAREST_EXACT = "Latent (nearest-exact)"
    LANCZOS = "Lanczos"
    NEAREST = "Nearest"


def every_upscaler() -> tuple[str, ...]:
    """The upscalers that are built in and those of extensions."""
    return (*HiresUpscaler, *(each.name for each in offered_upscalers()))


def find_upscaler(name: str) -> str | None:
    """The upscaler of that name, whatever its case; None when there is none."""
    wanted = plain_name(name)
    found = next((upscaler for upscaler in every_upscaler() if plain_name(upscaler) == wanted), None)
    return None if found is None else str(found)


def _upscaler_called(name: str) -> str:
    found = find_upscaler(name)
    if found is None:
        raise ValueError(f"there is no upscaler '{name[:60]}'; choose one of {', '.join(every_upscaler())}")
    return found


UpscalerName = Annotated[str, Field(max_length=100), AfterValidator(_upscaler_called)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class FromNoise(_Value):
    """Pure noise: txt2img."""

    kind: Literal["noise"] = "noise"


class Margins(_Value):
    """Pixels that are added on each side of a picture: outpainting."""

    left: Margin = 0
    top: Margin = 0
    right: Margin = 0
    bottom: Margin = 0

    def __bool__(self) -> bool:
        """Whether anything is added at all."""
        return any((self.left, self.top, self.right, self.bottom))


class FromPicture(_Value):
    """A picture's latents, noised part of the way: img2img.

    `strength` is the share of the schedule that is walked again, 0 (the picture as it is) to 1 (nothing of it left).
    With `margins` the picture is extended first, from its edges, and only what was added is made anew; the request's
    width and height are then those of the extended picture. With `toward` the walk starts between two pictures: their
    latents are turned by `share` from the first one's towards that one's.
    """

    kind: Literal["picture"] = "picture"
    picture: PictureId
    strength: Share = 0.75
    resize: ResizeMode = ResizeMode.STRETCH
    margins: Margins = Margins()
    colour_correction: bool = False
    toward: PictureId | None = None
    share: Share = 0.0


class FromStep(_Value):
    """The state that a recorded walk had after `step` calls of the network: resume and branch.

    `picture` is which of the pictures that walked together; the job's picture i takes up recorded picture
    `picture` + i where there are so many, else `picture` itself. Where the request is that of the recording, the walk
    goes on exactly as it did; whatever else the request says counts from here on. A seed that is not the recorded one
    draws other noise for the rest of the way; another sampler, schedule or number of steps goes on along the new
    schedule from the nearest noise level. `painting` is the predicted clean picture at that step, painted over: it is
    encoded and noised back to the step. With a mask only the masked part goes the new way.
    """

    kind: Literal["step"] = "step"
    trajectory: TrajectoryId
    step: int = Field(ge=0, le=2_000)
    picture: int = Field(default=0, ge=0, le=7)
    painting: PictureId | None = None


Start = Annotated[FromNoise | FromPicture | FromStep, Field(discriminator="kind")]


class Mask(_Value):
    """The part of the picture that may change: white in the mask picture (or black, where `inverted`).

    `blur` (sigma) and `padding` are in pixels; `padding` widens the area that `InpaintArea.MASKED` cuts out. `soft`
    reads grey as how late a region is freed (differential diffusion, Levin & Fried 2023) and softens the seam.
    """

    picture: PictureId
    blur: int = Field(default=4, ge=0, le=64)
    inverted: bool = False
    content: MaskedContent = MaskedContent.ORIGINAL
    area: InpaintArea = InpaintArea.WHOLE
    padding: int = Field(default=32, ge=0, le=256)
    soft: bool = False


class Hires(_Value):
    """A second pass at a higher size, from the first one's result.

    `width` and `height` (0: not given) are the target; where both are 0, `scale` times the first size. `steps` 0 and
    the None values mean: as in the first pass; an empty prompt likewise.
    """

    scale: float = Field(default=2.0, ge=1.0, le=4.0)
    width: int = Field(default=0, ge=0, le=4096, multiple_of=SIZE_MULTIPLE)
    height: int = Field(default=0, ge=0, le=4096, multiple_of=SIZE_MULTIPLE)
    upscaler: UpscalerName = HiresUpscaler.LATENT.value
    steps: int = Field(default=0, ge=0, le=150)
    strength: Share = 0.7
    sampler: str | None = None
    schedule: str | None = None
    cfg_scale: float | None = Field(default=None, ge=0.0, le=30.0)
    prompt: Prompt = ""
    negative_prompt: Prompt = ""


class Video(_Value):
    """A film in the place of a picture, from the models that make films.

    Without one, such a model makes as many frames as it was trained for. `frames` is how many there are; some models
    round it to what they can make. `fps` is how many are shown a second.
    """

    frames: int = Field(default=25, ge=1, le=257)
    fps: float = Field(default=16.0, ge=1.0, le=60.0)
