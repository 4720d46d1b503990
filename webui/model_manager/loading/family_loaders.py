"""Which family a pipeline belongs to, and what its parts may be: the one table that loading goes by. No torch.

A row names classes as texts, so that the catalogue can ask which pipelines can be loaded without importing any. What a
model's own description names is looked up here and nowhere else: no class that is not in the table is ever constructed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from webui.generation.offered import NewFamily, offered_families, offered_family_of

_CLIP = ("CLIPTextModel", "CLIPTextModelWithProjection")
_CLIP_TOKENIZERS = ("CLIPTokenizer", "CLIPTokenizerFast")
_T5 = ("T5EncoderModel",)
_T5_TOKENIZERS = ("T5TokenizerFast", "T5Tokenizer")
_AUTOENCODERS = ("AutoencoderKL", "AutoencoderTiny")
_QWEN_TOKENIZERS = ("Qwen2Tokenizer", "Qwen2TokenizerFast")


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyLoader:
    """How a family is loaded.

    Args:
        name: the family, as in `webui.generation.families`.
        family: "module:class" below `webui.diffusion.families`, or what makes it; called with `parts`, `tokenizers`,
            `scheduler_config`, `device`, `dtype` and `settings`.
        pipelines: the diffusers pipelines that it stands for, as `_class_name` in model_index.json has them.
        parts: what has weights, by its name in model_index.json, and the classes that it may be of; in the order in
            which they are loaded.
        optional: the parts and tokenizers that a model may lack.
        tokenizers: what reads text, and the classes that it may be of.
    """

    name: str
    family: str | Callable[..., Any]
    pipelines: tuple[str, ...]
    parts: Mapping[str, tuple[str, ...]]
    tokenizers: Mapping[str, tuple[str, ...]]
    optional: frozenset[str] = field(default=frozenset())

    @property
    def network(self) -> str:
        """The part that is called at every step: "unet" or "transformer"."""
        return "unet" if "unet" in self.parts else "transformer"


FAMILY_LOADERS: tuple[FamilyLoader, ...] = (
    FamilyLoader(
        name="stable-diffusion",
        family="stable_diffusion:StableDiffusion",
        pipelines=("StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline"),
        parts={"text_encoder": _CLIP, "vae": _AUTOENCODERS, "unet": ("UNet2DConditionModel",)},
        tokenizers={"tokenizer": _CLIP_TOKENIZERS},
    ),
    FamilyLoader(
        name="stable-diffusion-xl",
        family="stable_diffusion_xl:StableDiffusionXL",
        pipelines=(
            "StableDiffusionXLPipeline",
            "StableDiffusionXLImg2ImgPipeline",
            "StableDiffusionXLInpaintPipeline",
        ),
        parts={"text_encoder": _CLIP, "text_encoder_2": _CLIP, "vae": _AUTOENCODERS, "unet": ("UNet2DConditionModel",)},
        tokenizers={"tokenizer": _CLIP_TOKENIZERS, "tokenizer_2": _CLIP_TOKENIZERS},
        optional=frozenset({"text_encoder", "tokenizer"}),  # the refiner has the second ones alone
    ),
    FamilyLoader(
        name="stable-diffusion-3",
        family="stable_diffusion_3:StableDiffusion3",
        pipelines=("StableDiffusion3Pipeline", "StableDiffusion3Img2ImgPipeline", "StableDiffusion3InpaintPipeline"),
        parts={
            "text_encoder": _CLIP,
            "text_encoder_2": _CLIP,
            "text_encoder_3": _T5,
            "vae": _AUTOENCODERS,
            "transformer": ("SD3Transformer2DModel",),
        },
        tokenizers={"tokenizer": _CLIP_TOKENIZERS, "tokenizer_2": _CLIP_TOKENIZERS, "tokenizer_3": _T5_TOKENIZERS},
        optional=frozenset({"text_encoder_3", "tokenizer_3"}),
    ),
    FamilyLoader(
        name="flux",
        family="flux:Flux",
        pipelines=("FluxPipeline", "FluxImg2ImgPipeline", "FluxInpaintPipeline", "FluxFillPipeline"),
        parts={
            "text_encoder": _CLIP,
            "text_encoder_2": _T5,
            "vae": _AUTOENCODERS,
            "transformer": ("FluxTransformer2DModel",),
        },
        tokenizers={"tokenizer": _CLIP_TOKENIZERS, "tokenizer_2": _T5_TOKENIZERS},
    ),
    FamilyLoader(
        name="chroma",
        family="chroma:Chroma",
        pipelines=("ChromaPipeline", "ChromaImg2ImgPipeline", "ChromaInpaintPipeline"),
        parts={"text_encoder": _T5, "vae": _AUTOENCODERS, "transformer": ("ChromaTransformer2DModel",)},
        tokenizers={"tokenizer": _T5_TOKENIZERS},
    ),
    FamilyLoader(
        name="flux-2",
        family="flux_2:Flux2",
        pipelines=("Flux2Pipeline", "Flux2KleinPipeline"),
        parts={
            "text_encoder": ("Mistral3ForConditionalGeneration", "Qwen3ForCausalLM"),
            "vae": ("AutoencoderKLFlux2", *_AUTOENCODERS),
            "transformer": ("Flux2Transformer2DModel",),
        },
        tokenizers={"tokenizer": ("PixtralProcessor", "AutoProcessor", *_QWEN_TOKENIZERS)},
    ),
    FamilyLoader(
        name="z-image",
        family="z_image:ZImage",
        pipelines=("ZImagePipeline", "ZImageImg2ImgPipeline", "ZImageInpaintPipeline"),
        parts={
            "text_encoder": ("Qwen3Model", "Qwen3ForCausalLM"),
            "vae": _AUTOENCODERS,
            "transformer": ("ZImageTransformer2DModel",),
        },
        tokenizers={"tokenizer": _QWEN_TOKENIZERS},
    ),
    FamilyLoader(
        name="qwen-image",
        family="qwen_image:QwenImage",
        pipelines=("QwenImagePipeline", "QwenImageImg2ImgPipeline", "QwenImageInpaintPipeline"),
        parts={
            "text_encoder": ("Qwen2_5_VLForConditionalGeneration",),
            "vae": ("AutoencoderKLQwenImage",),
            "transformer": ("QwenImageTransformer2DModel",),
        },
        tokenizers={"tokenizer": _QWEN_TOKENIZERS},
    ),
)


SINGLE_FILES: Mapping[str, str] = {
    "sd1": "stable-diffusion",
    "sd2": "stable-diffusion",
    "sdxl": "stable-diffusion-xl",
    "sdxl-refiner": "stable-diffusion-xl",
    "sd3": "stable-diffusion-3",
    "flux": "flux",
    "chroma": "chroma",
    "flux-2": "flux-2",
    "z-image": "z-image",
    "qwen-image": "qwen-image",
}
"""The architectures that are loaded from one file (or from a transformer alone and the files of its other parts), and
their families."""


def loader_of_pipeline(class_name: object) -> FamilyLoader | None:
    """The row of a pipeline's class, None where no native family stands for it."""
    return next((row for row in FAMILY_LOADERS if class_name in row.pipelines), None)


def loader_for(class_name: object) -> FamilyLoader | None:
    """As `loader_of_pipeline`, of the families of extensions too, which stand for pipelines that no native one does."""
    native, offered = loader_of_pipeline(class_name), offered_family_of(class_name)
    return native or (_row_of(offered) if offered is not None else None)


def loader_of_family(name: str) -> FamilyLoader | None:
    """The row of a family's name, None where there is none."""
    rows = (*FAMILY_LOADERS, *map(_row_of, offered_families()))
    return next((row for row in rows if row.name == name), None)


def _row_of(new: NewFamily) -> FamilyLoader:
    return FamilyLoader(
        name=new.name, family=new.family or new.name, pipelines=new.pipelines, parts=new.parts,
        tokenizers=new.tokenizers, optional=frozenset(new.optional),
    )  # fmt: skip
