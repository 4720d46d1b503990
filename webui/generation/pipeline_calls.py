"""What a pipeline of diffusers can be asked for, as the parameters of its call tell. Pure."""

from dataclasses import dataclass

from webui.generation.families import Capability

_GIVEN = frozenset({"prompt", "image", "mask_image"})
"""What of a pipeline's required parameters a request has."""
_PICTURES = frozenset({"images", "image", "frames", "video"})
_NEEDS_MORE = {
    "ControlNet": "pictures that control it",
    "Control": "pictures that control it",
    "Adapter": "pictures that control it",
    "VideoToVideo": "a film to start from",
    "Upscale": "a picture to enlarge",
    "SuperResolution": "a picture to enlarge",
    "Upsample": "what another pipeline made",
    "Animate": "a film to start from",
}
"""Parts of names of pipelines that need what no request has, though their signatures call it optional."""
_EDITS = ("Edit", "Pix2Pix", "Img2Img", "Inpaint", "ImageToVideo", "Image2Video", "I2V", "Kontext", "Fill")
"""Parts of names of pipelines that need a picture, though some signatures call it optional."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineCall:
    """A pipeline's signature: what it may be given, what it must be given, and which fields its output has.

    `scaled` says that its `guidance_scale` is a number unless told otherwise; in some it is None, and unused.
    """

    parameters: frozenset[str]
    required: frozenset[str] = frozenset()
    returns: frozenset[str] = frozenset()
    scaled: bool = True

    @property
    def is_told_guidance(self) -> bool:
        """Whether the network is told a guidance scale, beside the usual guidance."""
        return self.scaled and {"true_cfg_scale", "guidance_scale"} <= self.parameters

    @property
    def makes_films(self) -> bool:
        """Whether the result is a film."""
        return "num_frames" in self.parameters or bool(self.returns & {"frames", "video"})

    def needs_picture(self, class_name: str) -> bool:
        """Whether there is nothing to make without a picture to start from."""
        return "image" in self.required or ("image" in self.parameters and any(part in class_name for part in _EDITS))

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What the page may offer."""
        asked = {
            Capability.NEGATIVE_PROMPT: "negative_prompt" in self.parameters,
            Capability.IMG2IMG: "image" in self.parameters,
            Capability.INPAINT: {"image", "mask_image"} <= self.parameters,
            Capability.VIDEO: self.makes_films,
            Capability.DISTILLED_GUIDANCE: self.is_told_guidance,
        }
        return frozenset(capability for capability, has in asked.items() if has)


def problem_of(class_name: str, call: PipelineCall) -> str | None:
    """Why a pipeline cannot be run here, None where it can."""
    if call.returns and not call.returns & _PICTURES:
        return f"its pipeline {class_name} makes neither pictures nor films."
    if "prompt" not in call.parameters:
        return f"its pipeline {class_name} reads no prompt."
    missing = sorted(call.required - _GIVEN)
    if missing:
        return f"its pipeline {class_name} needs what no request has: {', '.join(missing)}."
    needs = next((what for part, what in _NEEDS_MORE.items() if part in class_name), None)
    return f"its pipeline {class_name} needs {needs}." if needs else None
