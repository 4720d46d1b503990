"""Which pictures of a batch can walk together, once chance has had its say in their prompts.

Those of one prompt can, and so can points, whose prompts may differ, as long as they name the same networks.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from webui.extensions.contributions import PictureInfo
from webui.generation.comments import without_comments
from webui.generation.networks import Network, take_networks
from webui.generation.points import joined
from webui.generation.request import GenerationRequest

Resolve = Callable[[str, PictureInfo], str]
"""A prompt as it is written to what it says for one picture of a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pictures that walk together.

    `places` are theirs in the job. `request` is the job's without comments and with the syntaxes of its prompts
    resolved; where the job has points, it has those of these pictures. `alone` is, for each picture, the request that
    makes it by itself, and `templates` its prompts as they were before chance, as the infotext names them.
    """

    request: GenerationRequest
    places: tuple[int, ...]
    alone: tuple[GenerationRequest, ...]
    templates: tuple[Mapping[str, str], ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        """One for each picture."""
        return tuple(each.seed for each in self.alone)

    @property
    def variation_seeds(self) -> tuple[int, ...]:
        """One for each picture."""
        return tuple(each.variation_seed for each in self.alone)

    @property
    def texts(self) -> tuple[str, ...]:
        """Every prompt there is."""
        return self.request.prompts


def groups(request: GenerationRequest, places: Sequence[int], resolve: Resolve) -> list[Group]:
    """The pictures at some places of a job, in groups: as few as can be, or where prompts differ one for each."""
    plain = request.with_each_prompt(without_comments)
    asked = [plain.for_picture(place) for place in places]
    pictures = [
        PictureInfo(seed=each.seed, index=place, count=request.image_count)
        for place, each in zip(places, asked, strict=True)
    ]
    resolved = [each.with_each_prompt(_for(picture, resolve)) for picture, each in zip(pictures, asked, strict=True)]
    return [
        Group(
            request=_together(request, [resolved[i] for i in part]),
            places=tuple(places[i] for i in part),
            alone=tuple(resolved[i] for i in part),
            templates=tuple(_templates(asked[i], resolved[i]) for i in part),
        )
        for part in _parts(request, resolved)
    ]


def _parts(request: GenerationRequest, resolved: Sequence[GenerationRequest]) -> list[list[int]]:
    """Which of the pictures walk together."""
    if not request.points:
        together = all(each.prompts == resolved[0].prompts for each in resolved)
        return [list(range(len(resolved)))] if together else [[i] for i in range(len(resolved))]
    by_networks: dict[tuple[Network, ...], list[int]] = {}
    for i, each in enumerate(resolved):
        by_networks.setdefault(_networks(each), []).append(i)
    return list(by_networks.values())


def _together(request: GenerationRequest, alone: Sequence[GenerationRequest]) -> GenerationRequest:
    """The request of a group: for points those of its pictures, else the job's with the prompts of its pictures."""
    if request.points:
        return joined(alone)
    said = alone[0]
    return said.with_changes(
        seed=request.seed, variation_seed=request.variation_seed, batch_size=request.batch_size,
        batch_count=request.batch_count, same_seed=request.same_seed,
    )  # fmt: skip


def _networks(request: GenerationRequest) -> tuple[Network, ...]:
    """The networks that its prompts name, which are on the model for all pictures that walk."""
    return tuple(network for text in request.prompts for network in take_networks(text)[1])


def _for(picture: PictureInfo, resolve: Resolve) -> Callable[[str], str]:
    return lambda text: resolve(text, picture)


def _templates(asked: GenerationRequest, resolved: GenerationRequest) -> dict[str, str]:
    keys = {"Wildcard prompt": "prompt", "Wildcard negative prompt": "negative_prompt"}
    return {key: getattr(asked, name) for key, name in keys.items() if getattr(asked, name) != getattr(resolved, name)}
