"""Which pictures of a batch can walk together: those whose prompts are the same once chance has had its say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webui.extensions.contributions import PictureInfo
from webui.generation.comments import without_comments
from webui.generation.request import GenerationRequest

Resolve = Callable[[str, PictureInfo], str]
"""A prompt as it is written to what it says for one picture of a job."""
_PROMPTS = ("prompt", "negative_prompt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pictures that walk together.

    `places` are theirs in the job, `seeds` and `variation_seeds` one for each. `request` is the job's without comments
    and with the syntaxes of its prompts resolved; `templates` has the prompts before that, as the infotext names them.
    """

    templates: Mapping[str, str]
    request: GenerationRequest
    places: tuple[int, ...]
    seeds: tuple[int, ...]
    variation_seeds: tuple[int, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every prompt there is."""
        return self.request.prompts


def groups(request: GenerationRequest, places: Sequence[int], resolve: Resolve) -> list[Group]:
    """The pictures at some places of a job, in groups: one, or where prompts differ one for each picture."""
    request = _with_prompts(request, without_comments)
    alone = [request.for_picture(place) for place in places]
    pictures = [
        PictureInfo(seed=each.seed, index=place, count=request.image_count)
        for place, each in zip(places, alone, strict=True)
    ]
    resolved = [_resolved(request, picture, resolve) for picture in pictures]
    together = all(each == resolved[0] for each in resolved)
    parts = [range(len(alone))] if together else [range(i, i + 1) for i in range(len(alone))]
    return [
        Group(
            templates=_templates(request, resolved[part[0]]),
            request=resolved[part[0]],
            places=tuple(places[i] for i in part),
            seeds=tuple(alone[i].seed for i in part),
            variation_seeds=tuple(alone[i].variation_seed for i in part),
        )
        for part in parts
    ]


def _resolved(request: GenerationRequest, picture: PictureInfo, resolve: Resolve) -> GenerationRequest:
    return _with_prompts(request, lambda text: resolve(text, picture))


def _with_prompts(request: GenerationRequest, change: Callable[[str], str]) -> GenerationRequest:
    """The request with each of its prompts changed, those of the second pass too."""
    changes: dict[str, Any] = {name: change(getattr(request, name)) for name in _PROMPTS}
    hires = request.hires
    if hires is not None:
        changes["hires"] = hires.model_dump() | {name: change(getattr(hires, name)) for name in _PROMPTS}
    return request.with_changes(**changes)


def _templates(asked: GenerationRequest, resolved: GenerationRequest) -> dict[str, str]:
    keys = {"Wildcard prompt": "prompt", "Wildcard negative prompt": "negative_prompt"}
    return {key: getattr(asked, name) for key, name in keys.items() if getattr(asked, name) != getattr(resolved, name)}
