"""The families of models by name: what each can do, and what people start with. Pure data.

The numbers are those that the models' authors publish: the examples in their model cards and in diffusers' pipelines.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from webui.generation.samplers import Schedule


class Capability(StrEnum):
    """What a family can do; the page hides the fields for what it cannot."""

    NEGATIVE_PROMPT = "negative_prompt"
    IMG2IMG = "img2img"
    INPAINT = "inpaint"
    RESUME = "resume"
    CLIP_SKIP = "clip_skip"
    EMPHASIS = "emphasis"
    PAG = "pag"
    ATTENTION_MAPS = "attention_maps"
    TILING = "tiling"
    LORA = "lora"
    EMBEDDINGS = "embeddings"
    VIDEO = "video"
    SIZE_CONDITIONING = "size_conditioning"
    DISTILLED_GUIDANCE = "distilled_guidance"
    HIRES = "hires"
    BLEND = "blend"
    """Its conditioning and its noise can be blended: ideas, sliders, turns, points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyTraits:
    """What all models of a family have in common.

    Args:
        name: what the program calls it.
        label: what people call it.
        architectures: what its models' LoRAs must fit, as `ModelEntry.architecture` has it.
        capabilities: what it can do.
        width: of its pictures in pixels, where the model itself does not say.
        height: the same.
        steps: to start with, as all that follows.
        cfg_scale: 1 is no guidance.
        sampler: a name in `webui.generation.samplers`.
        schedule: a schedule type.
        distilled_guidance: the guidance scale that a distilled model is told; None for the others.
        flow: whether it was trained by flow matching.
        size_multiple: what sides must be multiples of.
    """

    name: str
    label: str
    architectures: tuple[str, ...]
    capabilities: frozenset[Capability]
    width: int
    height: int
    steps: int
    cfg_scale: float
    sampler: str
    schedule: str = Schedule.AUTOMATIC.value
    distilled_guidance: float | None = None
    flow: bool = False
    size_multiple: int = 8

    def can(self, capability: Capability) -> bool:
        """Whether its models can do that."""
        return capability in self.capabilities


_WALKS = frozenset({Capability.IMG2IMG, Capability.INPAINT, Capability.RESUME, Capability.HIRES, Capability.BLEND})
_GUIDED = _WALKS | {Capability.NEGATIVE_PROMPT}
_CLIP = _GUIDED | {Capability.CLIP_SKIP, Capability.EMPHASIS, Capability.EMBEDDINGS, Capability.LORA}
_UNET = _CLIP | {Capability.PAG, Capability.ATTENTION_MAPS, Capability.TILING}

FAMILIES: tuple[FamilyTraits, ...] = (
    FamilyTraits(
        name="stable-diffusion", label="Stable Diffusion 1 and 2", architectures=("sd1", "sd2"),
        capabilities=_UNET, width=512, height=512, steps=20, cfg_scale=7.0, sampler="DPM++ 2M",
    ),
    FamilyTraits(
        name="stable-diffusion-xl", label="Stable Diffusion XL", architectures=("sdxl", "sdxl-refiner"),
        capabilities=_UNET | {Capability.SIZE_CONDITIONING},
        width=1024, height=1024, steps=25, cfg_scale=7.0, sampler="DPM++ 2M", schedule=Schedule.KARRAS.value,
    ),
    FamilyTraits(
        name="stable-diffusion-3", label="Stable Diffusion 3", architectures=("sd3",),
        capabilities=_CLIP, width=1024, height=1024, steps=28, cfg_scale=5.0, sampler="Euler",
        flow=True, size_multiple=16,
    ),
    FamilyTraits(
        name="flux", label="FLUX.1", architectures=("flux",),
        capabilities=_GUIDED | {Capability.LORA, Capability.EMPHASIS, Capability.DISTILLED_GUIDANCE},
        width=1024, height=1024, steps=28, cfg_scale=1.0, sampler="Euler", distilled_guidance=3.5,
        flow=True, size_multiple=16,
    ),
    FamilyTraits(
        name="chroma", label="Chroma", architectures=("chroma",),
        capabilities=_GUIDED | {Capability.LORA, Capability.EMPHASIS},
        width=1024, height=1024, steps=35, cfg_scale=5.0, sampler="Euler", flow=True, size_multiple=16,
    ),
    FamilyTraits(
        name="flux-2", label="FLUX.2", architectures=("flux-2",),
        capabilities=_GUIDED | {Capability.LORA, Capability.DISTILLED_GUIDANCE},
        width=1024, height=1024, steps=28, cfg_scale=1.0, sampler="Euler", distilled_guidance=4.0,
        flow=True, size_multiple=16,
    ),
    FamilyTraits(
        name="z-image", label="Z-Image", architectures=("z-image",),
        capabilities=_GUIDED | {Capability.LORA},
        width=1024, height=1024, steps=9, cfg_scale=1.0, sampler="Euler", flow=True, size_multiple=16,
    ),
    FamilyTraits(
        name="qwen-image", label="Qwen-Image", architectures=("qwen-image",),
        capabilities=_GUIDED | {Capability.LORA},
        width=1328, height=1328, steps=50, cfg_scale=4.0, sampler="Euler", flow=True, size_multiple=16,
    ),
    FamilyTraits(
        name="pipeline", label="Other pipelines of diffusers", architectures=(),
        capabilities=frozenset({Capability.NEGATIVE_PROMPT}),
        width=512, height=512, steps=25, cfg_scale=5.0, sampler="DPM++ 2M",
    ),
)  # fmt: skip

_BY_NAME = {traits.name: traits for traits in FAMILIES}


def family_traits(name: str) -> FamilyTraits:
    """Those of the family of that name.

    Raises:
        KeyError: there is no such family.
    """
    return _BY_NAME[name]


@dataclass(frozen=True, slots=True)
class WholeText:
    """How prompts are read that are not cut into chunks.

    Args:
        tokenizer: which of the model's tokenizers cuts them into tokens.
        tokens: how many of these are read at most, the end mark apart.
    """

    tokenizer: str
    tokens: int


def whole_text(family: str | None, capabilities: Collection[str]) -> WholeText | None:
    """That of a family's model that can do so much; None for those that read in CLIP's chunks, or otherwise."""
    if family == "flux":
        return WholeText("tokenizer_2", 511 if Capability.DISTILLED_GUIDANCE in capabilities else 255)
    return WholeText("tokenizer", 511) if family == "chroma" else None


def flux_traits(*, fills: bool = False, is_told_guidance: bool = True) -> FamilyTraits:
    """Those of a kind of FLUX.1: dev, `fills` for Fill, and schnell, which is not told a guidance scale."""
    flux = family_traits("flux")
    if not is_told_guidance:
        capabilities = flux.capabilities - {Capability.DISTILLED_GUIDANCE}
        return replace(flux, label="FLUX.1 schnell", capabilities=capabilities, steps=4, distilled_guidance=None)
    return replace(flux, label="FLUX.1 Fill", steps=50, distilled_guidance=30.0) if fills else flux


def flux_2_traits(*, is_told_guidance: bool = True, is_distilled: bool = False) -> FamilyTraits:
    """Those of a kind of FLUX.2: dev, which is told a guidance scale, and klein, guided or `is_distilled`."""
    flux = family_traits("flux-2")
    if is_told_guidance:
        return flux
    capabilities = flux.capabilities - {Capability.DISTILLED_GUIDANCE}
    klein = replace(flux, label="FLUX.2 klein", capabilities=capabilities, distilled_guidance=None)
    return replace(klein, steps=4) if is_distilled else replace(klein, steps=50, cfg_scale=4.0)


def as_capabilities(names: Iterable[str]) -> frozenset[Capability]:
    """Capabilities by their values; names that are none are left out."""
    known = set(Capability)
    return frozenset(Capability(name) for name in names if name in known)
