"""The pictures of points of latent space: walked as a job walks them, call by call, and recorded nowhere. Torch."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from weakref import WeakSet

import torch
from PIL import Image

from webui.diffusion.denoise import Step
from webui.diffusion.families.base import Family
from webui.diffusion.families.pipeline import PipelineModel
from webui.diffusion.text_encoder import EmbeddingLookup
from webui.engine.groups import Group, groups
from webui.engine.source_picture import source_picture
from webui.engine.walk import Walk
from webui.engine.worker_hooks import WorkerHooks
from webui.errors import InvalidRequest
from webui.generation.abilities import refuse_unsupported
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromStep
from webui.library.inputs import InputStore
from webui.model_manager.manager import LoadedModel
from webui.model_manager.memory.freed_memory import computing

Load = Callable[[], LoadedModel]
"""Gives the model, in memory. It is asked before each call and not held between two, so that others find room."""


@dataclass(frozen=True, slots=True)
class PointPicture:
    """A picture (RGB) as a job would make it, and the latents (channels, h, w) that it was decoded from.

    One that was `lost` on its way, as numbers grew beyond all measure, is black; that is no error where people look for
    the end of what a model knows, and no reason to lose those that walked with it.
    """

    request: GenerationRequest
    picture: Image.Image
    latents: torch.Tensor

    @property
    def lost(self) -> bool:
        """Whether its latents are no longer numbers."""
        return not bool(torch.isfinite(self.latents).all())


@dataclass(frozen=True, slots=True)
class _Begun:
    """A walk on a model, as far as it came."""

    family: Family
    group: Group
    walk: Walk
    steps: Iterator[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class PointTools:
    """What walks need beside the model: pictures, textual inversions, and the hooks of extensions."""

    inputs: InputStore
    embeddings: EmbeddingLookup
    hooks: WorkerHooks


class PointWalk:
    """The walk of the pictures of one request, a batch, as far as it came.

    Between two calls others may use the model, or put another one in its place: then `let_go` is called, and the
    pictures that walk at that moment begin anew.

    Args:
        request: what to walk; its seeds are fixed.
        load: gives the model.
        tools: what is needed beside it.

    Raises:
        InvalidRequest: something is asked for that only a job can do.
    """

    def __init__(self, request: GenerationRequest, load: Load, tools: PointTools) -> None:
        _check_walkable(request)
        self._request = request
        self._load = load
        self._tools = tools
        self._left = groups(request, range(request.image_count), tools.hooks.resolved)
        self._begun: _Begun | None = None
        self._made: dict[int, PointPicture] = {}

    def let_go(self) -> None:
        """Hold no model."""
        self._begun = None

    @torch.inference_mode()
    def call(self) -> list[PointPicture] | None:
        """Make one call of the network, or decode what walked.

        Returns:
            All pictures once they are made; None before.

        Raises:
            WebUIError: what is asked does not fit the model, or the model cannot be loaded.
        """
        loaded = self._load()
        begun = self._begun
        if begun is None or begun.family is not loaded.family:
            begun = self._begun = self._begin(loaded, self._left[0])
        with computing(), loaded.family.tiled() if self._request.tiling else nullcontext():
            if next(begun.steps, None) is not None:
                return None
            self._made.update(self._pictures(begun))
        self._begun = None
        del self._left[0]
        return None if self._left else [self._made[place] for place in sorted(self._made)]

    def _begin(self, loaded: LoadedModel, group: Group) -> _Begun:
        request, family, tools = self._request, loaded.family, self._tools
        if isinstance(family, PipelineModel):
            raise InvalidRequest(
                f"model: '{loaded.entry.name}' is a whole pipeline, which is walked by jobs alone.",
                hint="Choose a model of a family that Darkroom walks itself.", field="model",
            )  # fmt: skip
        refuse_unsupported(request, family.info.traits.capabilities, model=loaded.entry.name)
        walk = Walk(
            group, family=family, source=source_picture(group.request, tools.inputs), embeddings=tools.embeddings,
            networks=loaded.networks, hooks=tools.hooks,
        )  # fmt: skip
        return _Begun(family, group, walk, iter(walk))

    def _pictures(self, begun: _Begun) -> Iterator[tuple[int, PointPicture]]:
        """With their places in the request."""
        latents = begun.walk.latents.float().cpu()
        group = begun.group
        for place, alone, decoded, own in zip(group.places, group.alone, begun.walk.pictures(), latents, strict=True):
            picture = decoded if torch.isfinite(own).all() else Image.new("RGB", decoded.size)
            yield place, PointPicture(alone, self._tools.hooks.finished(picture, alone), own)


class PointWalks:
    """The walks that are begun: what must let go of a model, when another one needs its room.

    Args:
        tools: what walks need beside the model.
    """

    def __init__(self, tools: PointTools) -> None:
        self._tools = tools
        self._begun: WeakSet[PointWalk] = WeakSet()

    def begin(self, request: GenerationRequest, load: Load) -> PointWalk:
        """A walk that nobody has made a call for yet.

        Raises:
            InvalidRequest: something is asked for that only a job can do.
        """
        walk = PointWalk(request, load, self._tools)
        self._begun.add(walk)
        return walk

    def let_go(self) -> None:
        """Hold no model."""
        for walk in tuple(self._begun):
            walk.let_go()


def _check_walkable(request: GenerationRequest) -> None:
    """Whether it can be walked beside the jobs.

    Raises:
        InvalidRequest: it cannot.
    """
    kept = {
        "start": isinstance(request.start, FromStep), "refiner": request.refiner is not None,
        "fast": bool(request.fast), "video": request.video is not None,
    }  # fmt: skip
    for field, asked in kept.items():
        if asked:
            raise InvalidRequest(
                f"{field}: pictures of points are walked without it.",
                hint="Leave it out, or make the picture by a job.", field=field,
            )  # fmt: skip
