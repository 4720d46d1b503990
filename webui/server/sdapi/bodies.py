"""What is posted beside requests for pictures: to be enlarged, read, described, or asked how far they are."""

from typing import Literal

from pydantic import Field

from webui.server.sdapi.generation_bodies import Body

MAX_BATCH = 100


class Extras(Body):
    """What both routes of extras have in common."""

    resize_mode: Literal[0, 1] = 0
    show_extras_results: bool = True
    gfpgan_visibility: float = Field(default=0.0, ge=0.0, le=1.0)
    codeformer_visibility: float = Field(default=0.0, ge=0.0, le=1.0)
    codeformer_weight: float = Field(default=0.0, ge=0.0, le=1.0)
    upscaling_resize: float = Field(default=2.0, gt=0.0, le=16.0)
    upscaling_resize_w: int = Field(default=512, ge=1, le=16_384)
    upscaling_resize_h: int = Field(default=512, ge=1, le=16_384)
    upscaling_crop: bool = True
    upscaler_1: str = "None"
    upscaler_2: str = "None"
    extras_upscaler_2_visibility: float = Field(default=0.0, ge=0.0, le=1.0)
    upscale_first: bool = False


class ExtraSingleImage(Extras):
    """`POST extra-single-image`."""

    image: str = ""


class FileData(Body):
    """One picture of several: base64, and what it is called."""

    data: str
    name: str = ""


class ExtraBatchImages(Extras):
    """`POST extra-batch-images`."""

    imageList: list[FileData] = Field(max_length=MAX_BATCH)


class PngInfo(Body):
    """`POST png-info`."""

    image: str = ""


class Interrogate(Body):
    """`POST interrogate`."""

    image: str = ""
    model: str = "clip"


class InternalProgress(Body):
    """`POST /internal/progress`, which A1111's own page asks."""

    id_task: str = ""
    id_live_preview: int = -1
    live_preview: bool = True
