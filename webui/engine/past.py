"""What a walk takes up: a recording, the step, and what was painted for it. Torch, by the recording's tensors."""

from dataclasses import dataclass

from PIL import Image

from webui.diffusion.families.base import FamilyInfo
from webui.diffusion.trajectory import Trajectory
from webui.engine.groups import Group
from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromStep, Mask
from webui.imaging.masks import blurred, is_blank, read_mask
from webui.imaging.reading import flattened
from webui.library.inputs import InputStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """The recording that a walk takes up.

    Args:
        trajectory: the recording.
        step: how many of its calls are taken over.
        rows: which of its pictures each picture of the walk takes up.
        painting: the predicted clean picture at the step (RGB), painted over.
        mask: what may change from here on (L, of the pictures' size, blurred already), where the recording has another
            one or none.
        exact: whether it is the recording of this very request: nothing is different then.
    """

    trajectory: Trajectory
    step: int
    rows: tuple[int, ...]
    painting: Image.Image | None = None
    mask: Image.Image | None = None
    exact: bool = False


def past_of(group: Group, trajectory: Trajectory, inputs: InputStore) -> Past:
    """What a group of pictures takes up whose request starts from a step of this recording.

    Raises:
        InvalidRequest: the step or the picture is not in the recording, or the mask is empty.
        PictureNotFound: the painting or the mask is not among the inputs.
        PictureUnreadable: its file is damaged.
    """
    start, request, header = group.request.start, group.request, trajectory.header
    assert isinstance(start, FromStep)
    check_step(start, steps=trajectory.positions, pictures=len(header.seeds))
    recorded = len(header.seeds)
    # A painting is of one picture, so all pictures of the group are it.
    wanted = (start.picture + (0 if start.painting else place) for place in group.places)
    mask = None
    before_branch = header.origin is not None and start.step < header.origin.step
    if request.mask is not None and (request.mask != header.request.mask or before_branch):
        mask = _read_mask(request.mask, trajectory.size_at(start.step), inputs)
    return Past(
        trajectory=trajectory,
        step=start.step,
        rows=tuple(row if row < recorded else start.picture for row in wanted),
        painting=flattened(inputs.open(start.painting)) if start.painting else None,
        mask=mask,
    )


def _read_mask(asked: Mask, size: tuple[int, int], inputs: InputStore) -> Image.Image:
    read = read_mask(inputs.open(asked.picture), size, inverted=asked.inverted, soft=asked.soft)
    mask = blurred(read.image, asked.blur)
    if is_blank(mask):
        raise InvalidRequest(
            "mask: the mask is empty, so nothing of the picture would change.",
            hint="Paint over what is to be made anew, or remove the mask.", field="mask",
        )  # fmt: skip
    return mask


def check_step(start: FromStep, *, steps: int, pictures: int) -> None:
    """Whether a recording has such a step and such a picture.

    Raises:
        InvalidRequest: it has not.
    """
    if start.step > steps:
        raise InvalidRequest(
            f"start.step: {start.step} cannot be used: the recording has steps 0 to {steps}.",
            hint="Choose one of these.", field="start.step",
        )  # fmt: skip
    if start.picture >= pictures:
        last = f"pictures 0 to {pictures - 1}" if pictures > 1 else "one picture, number 0"
        raise InvalidRequest(
            f"start.picture: {start.picture} cannot be used: the recording has {last}.", hint="Choose one of these.",
            field="start.picture",
        )  # fmt: skip


def check_fits(past: Past, request: GenerationRequest, info: FamilyInfo) -> None:
    """Whether the recording can be taken up with a model of this kind, at the request's size.

    Raises:
        InvalidRequest: it cannot.
    """
    header = past.trajectory.header
    start = FromStep(trajectory=header.id, step=past.step, picture=max(past.rows))
    check_step(start, steps=past.trajectory.positions, pictures=len(header.seeds))
    model = header.model
    ours, theirs = (info.name, info.latent_channels, info.latent_scale), (
        model.family, model.latent_channels, model.latent_scale
    )  # fmt: skip
    if ours != theirs:
        raise InvalidRequest(
            f"model: its latents are not those of '{model.name}', with which the recording was made.",
            hint="Choose a model of the same kind.", field="model",
        )  # fmt: skip
    for name in ("width", "height"):
        side, recorded = getattr(request, name), getattr(header.request, name)
        if side != recorded:
            raise InvalidRequest(
                f"{name}: {side:,} cannot be used: the recording has {recorded:,}.", hint=f"Set {name} {recorded}.",
                field=name,
            )  # fmt: skip
    size = past.trajectory.size_at(past.step)
    if past.painting is not None and past.painting.size != size:
        given = past.painting.size
        raise InvalidRequest(
            f"start.painting: it has {given[0]:,} x {given[1]:,} pixels, and the picture at step {past.step} "
            f"{size[0]:,} x {size[1]:,}.",
            hint="Paint on the predicted picture of the step at its full size.", field="start.painting",
        )  # fmt: skip
