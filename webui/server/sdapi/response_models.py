"""The shapes of answers, for the OpenAPI document: answers themselves are made as they are."""

from typing import Any

from pydantic import BaseModel, ConfigDict


class _Answer(BaseModel):
    model_config = ConfigDict(protected_namespaces=())


class Problem(_Answer):
    """Why a request was refused: `detail` is a sentence, or for 422 a list of `loc`, `msg` and `type`."""

    error: str
    detail: str | list[dict[str, Any]]
    body: str
    errors: str


class GenerationAnswer(_Answer):
    """Pictures in base64, the request, and `info` as a JSON text."""

    images: list[str]
    parameters: dict[str, Any]
    info: str


class Progress(_Answer):
    """How far the running job is; `current_image` is a JPEG in base64."""

    progress: float
    eta_relative: float
    state: dict[str, Any]
    current_image: str | None
    textinfo: str | None


class InternalProgressAnswer(_Answer):
    """How far a task is; `live_preview` is a data URI."""

    active: bool
    queued: bool
    completed: bool
    progress: float | None
    eta: float | None
    live_preview: str | None
    id_live_preview: int
    textinfo: str | None


class ExtraSingleAnswer(_Answer):
    """An enlarged picture in base64, and what was done."""

    html_info: str
    image: str


class ExtraBatchAnswer(_Answer):
    """Enlarged pictures in base64, and what was done."""

    html_info: str
    images: list[str]


class PngInfoAnswer(_Answer):
    """What a picture file says: the infotext, its other texts, the pairs of the infotext."""

    info: str
    items: dict[str, str]
    parameters: dict[str, str]


class Caption(_Answer):
    """What is to be seen in a picture."""

    caption: str


class SamplerItem(_Answer):
    """A sampler."""

    name: str
    aliases: list[str]
    options: dict[str, Any]


class SchedulerItem(_Answer):
    """A schedule type."""

    name: str
    label: str
    aliases: list[str] | None
    default_rho: float | None
    need_inner_model: bool | None


class UpscalerItem(_Answer):
    """What enlarges pictures."""

    name: str
    model_name: str | None
    model_path: str | None
    model_url: str | None
    scale: float | None


class LatentModeItem(_Answer):
    """What enlarges latents."""

    name: str


class CheckpointItem(_Answer):
    """A checkpoint; options know it by its title."""

    title: str
    model_name: str
    hash: str | None
    sha256: str | None
    filename: str
    config: str | None


class VaeItem(_Answer):
    """A VAE."""

    model_name: str
    filename: str


class LoraItem(_Answer):
    """A LoRA."""

    name: str
    alias: str
    path: str
    metadata: dict[str, Any]


class EmbeddingItems(_Answer):
    """Textual inversions by name."""

    loaded: dict[str, Any]
    skipped: dict[str, Any]


class StyleItem(_Answer):
    """A kept style."""

    name: str
    prompt: str | None
    negative_prompt: str | None


class ExtensionItem(_Answer):
    """An installed extension."""

    name: str
    remote: str
    branch: str
    commit_hash: str
    version: str
    commit_date: int
    enabled: bool


class Memory(_Answer):
    """Bytes of memory."""

    ram: dict[str, Any]
    cuda: dict[str, Any]


class ScriptNames(_Answer):
    """Names of scripts in lower case."""

    txt2img: list[str]
    img2img: list[str]


class ScriptInfo(_Answer):
    """A script with its arguments."""

    name: str
    is_alwayson: bool
    is_img2img: bool
    args: list[dict[str, Any]]
