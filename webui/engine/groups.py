"""Which pictures of a batch can walk together: those whose prompts are the same once chance has had its say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webui.generation.comments import without_comments
from webui.generation.request import GenerationRequest
from webui.generation.wildcards import Lookup, resolve

_PROMPTS = ("prompt", "negative_prompt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Pictures that walk together.

    `places` are theirs in the job, `seeds` and `variation_seeds` one for each. `request` is the job's without comments
    and with the wildcards of its prompts resolved; `templates` has the prompts before that, as the infotext names them.
    """

    templates: Mapping[str, str]
    request: GenerationRequest
    places: tuple[int, ...]
    seeds: tuple[int, ...]
    variation_seeds: tuple[int, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Every prompt there is."""
        request, hires = self.request, self.request.hires
        return (request.prompt, request.negative_prompt, *((hires.prompt, hires.negative_prompt) if hires else ()))


def groups(request: GenerationRequest, places: Sequence[int], lookup: Lookup) -> list[Group]:
    """The pictures at some places of a job, in groups: one, or where prompts differ one for each picture."""
    request = _with_prompts(request, without_comments)
    alone = [request.for_picture(place) for place in places]
    resolved = [_resolved(request, each.seed, lookup) for each in alone]
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


def _resolved(request: GenerationRequest, seed: int, lookup: Lookup) -> GenerationRequest:
    return _with_prompts(request, lambda text: resolve(text, seed, lookup))


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
