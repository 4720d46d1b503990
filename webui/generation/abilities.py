"""What of a request a model cannot do, said before anything is loaded or walked. Pure."""

from collections.abc import Collection

from webui.errors import InvalidRequest
from webui.generation.families import Capability
from webui.generation.field_needs import FLOW, WALKED
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, FromStep


def refuse_unsupported(request: GenerationRequest, capabilities: Collection[Capability], *, model: str) -> None:
    """Checks a request against what a model can do.

    Raises:
        InvalidRequest: the first thing that the model cannot do, by its field.
    """
    start = request.start
    asked: tuple[tuple[bool, Capability, str, str, str], ...] = (
        (isinstance(start, FromPicture), Capability.IMG2IMG, "start", "starts from no picture", "Remove the picture"),
        (isinstance(start, FromStep), Capability.RESUME, "start", "goes on from no recorded step", "Start anew"),
        (_has_mask(request), Capability.INPAINT, "mask", "makes no part of a picture anew", "Remove the mask"),
        (request.hires is not None, Capability.HIRES, "hires", "has no second pass", "Turn the hires fix off"),
        (request.tiling, Capability.TILING, "tiling", "makes no seamless textures", "Turn tiling off"),
        (request.pag_scale > 0, Capability.PAG, "pag_scale", "has no perturbed attention guidance", "Set it to 0"),
        (
            request.clip_skip > 1,
            Capability.CLIP_SKIP,
            "clip_skip",
            "skips no layers of its text encoder",
            "Set it to 1",
        ),
        (
            bool(request.negative_prompt) and request.cfg_scale != 1,
            Capability.NEGATIVE_PROMPT,
            "negative_prompt",
            "reads no negative prompt",
            "Leave it empty",
        ),
        (request.blend is not None, Capability.BLEND, "blend", "blends no ideas", "Write one prompt"),
        (bool(request.sliders), Capability.BLEND, "sliders", "has no concept sliders", "Remove them"),
        (bool(request.noise_turns), Capability.BLEND, "noise_turns", "turns no noise", "Remove the turns"),
        (
            isinstance(start, FromPicture) and start.toward is not None,
            Capability.BLEND,
            "start.toward",
            "starts from no place between two pictures",
            "Start from one",
        ),
        (bool(request.points), Capability.BLEND, "points", "walks no points together", "Make one picture"),
        (request.video is not None, Capability.VIDEO, "video", "makes no films", "Remove the number of frames"),
    )
    for number in range(len(request.points) if Capability.BLEND in capabilities else 0):
        refuse_unsupported(request.for_picture(number), capabilities, model=model)
    for wanted, capability, field, cannot, instead in asked:
        if wanted and capability not in capabilities:
            raise InvalidRequest(
                f"{field}: the model '{model}' {cannot}.", hint=f"{instead}, or choose another model.", field=field
            )


def unheard(request: GenerationRequest, abilities: Collection[str], *, model: str) -> tuple[str, ...]:
    """A sentence on what a request sets although the model does not listen to it, if it does.

    Args:
        request: what is asked for.
        abilities: the model's, from `webui.generation.field_needs.abilities_of`.
        model: its name.
    """
    usual = GenerationRequest()
    fields = (
        ("flow_shift", FLOW), ("distilled_guidance", Capability.DISTILLED_GUIDANCE),
        ("size_conditioning", Capability.SIZE_CONDITIONING),
    )  # fmt: skip
    asked = [
        name for name, needed in fields if needed not in abilities and getattr(request, name) != getattr(usual, name)
    ]
    # Of a whole pipeline its walk says what it does not listen to.
    return (f"The model '{model}' does not listen to: {', '.join(asked)}.",) if asked and WALKED in abilities else ()


def _has_mask(request: GenerationRequest) -> bool:
    start = request.start
    return request.mask is not None or (isinstance(start, FromPicture) and bool(start.margins))
