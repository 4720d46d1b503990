"""What a walk takes up: a recording, the step, and what was painted for it. Torch, by the recording's tensors."""

from dataclasses import dataclass

import torch
from PIL import Image

from webui.diffusion.families.base import FamilyInfo
from webui.diffusion.trajectory import Trajectory
from webui.engine.groups import Group
from webui.engine.step_start import check_size, check_step
from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.generation.trajectory import TrajectoryHeader
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
        mask: what a mask of a branch lets change (L, of the pictures' size, blurred already), be it this branch or one
            that the recording comes from.
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
    own_mask = has_new_mask(request, start.step, header) or _masked_by_a_branch(trajectory)
    return Past(
        trajectory=trajectory,
        step=start.step,
        rows=tuple(row if row < recorded else start.picture for row in wanted),
        painting=flattened(inputs.open(start.painting)) if start.painting else None,
        mask=_read_mask(request.mask, trajectory.size_at(start.step), inputs) if request.mask and own_mask else None,
    )


def past_of_itself(trajectory: Trajectory, inputs: InputStore) -> Past:
    """What a job takes up that was broken off, or whose pictures are wanted again: all of its own recording.

    Raises:
        PictureNotFound: the mask of a branch is not among the inputs any more.
        PictureUnreadable: its file is damaged.
    """
    mask, step = trajectory.header.request.mask, trajectory.positions
    return Past(
        trajectory=trajectory,
        step=step,
        rows=tuple(range(len(trajectory.header.seeds))),
        mask=_read_mask(mask, trajectory.size_at(step), inputs) if mask and _masked_by_a_branch(trajectory) else None,
        exact=True,
    )


def has_new_mask(request: GenerationRequest, step: int, header: TrajectoryHeader) -> bool:
    """Whether the request's mask is not the one that holds in a recording after `step` calls."""
    before_own_mask = header.origin is not None and step < header.origin.step
    return request.mask is not None and (request.mask != header.request.mask or before_own_mask)


def _masked_by_a_branch(trajectory: Trajectory) -> bool:
    """Whether what is put back at the end of a recording is not what was when it began."""
    first, last = trajectory.passes[0].turns[0].kept, trajectory.passes[-1].turns[-1].kept
    return last is not None and (first is None or not torch.equal(first.clean, last.clean))


def _read_mask(asked: Mask, size: tuple[int, int], inputs: InputStore) -> Image.Image:
    read = read_mask(inputs.open(asked.picture), size, inverted=asked.inverted, soft=asked.soft)
    mask = blurred(read.image, asked.blur)
    if is_blank(mask):
        raise InvalidRequest(
            "mask: the mask is empty, so nothing of the picture would change.",
            hint="Paint over what is to be made anew, or remove the mask.", field="mask",
        )  # fmt: skip
    return mask


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
    check_size(request, header.request)
    size = past.trajectory.size_at(past.step)
    if past.painting is not None and past.painting.size != size:
        given = past.painting.size
        raise InvalidRequest(
            f"start.painting: it has {given[0]:,} x {given[1]:,} pixels, and the picture at step {past.step} "
            f"{size[0]:,} x {size[1]:,}.",
            hint="Paint on the predicted picture of the step at its full size.", field="start.painting",
        )  # fmt: skip
