"""Answers where ideas lie and what a vector is near to, in the worker. Torch."""

from typing import Any

import torch

from webui.diffusion.families.base import PromptOptions
from webui.diffusion.families.pipeline import PipelineModel
from webui.diffusion.idea_geometry import IdeaGeometry, distances, similarities
from webui.engine.groups import groups
from webui.engine.looks import Answered, LookIdeas, LookVector
from webui.engine.pass_plans import PassPlans
from webui.engine.point_walks import PointTools
from webui.errors import InvalidRequest
from webui.exploring.projection import ProjectionWay, project
from webui.extensions.contributions import PictureInfo
from webui.generation.comments import without_comments
from webui.generation.networks import take_networks
from webui.generation.prompt import split_and
from webui.generation.prompt_steps import prompt_at_steps
from webui.generation.request import GenerationRequest
from webui.model_manager.manager import LoadedModel

_PLACES = 6
"""Decimals that are told."""


@torch.inference_mode()
def ideas_answer(question: LookIdeas, loaded: LoadedModel, tools: PointTools) -> Answered:
    """The places of prompts on a plane, by what they mean, and how far they lie apart.

    Raises:
        InvalidRequest: the model cannot read prompts as it is asked, or UMAP is not installed.
    """
    _check_reads(loaded)
    request = GenerationRequest(seed=0, clip_skip=question.clip_skip, emphasis=question.emphasis)
    side = loaded.family.info.default_size
    options = PromptOptions(request=request, embeddings=tools.embeddings, width=side, height=side)
    read = loaded.family.read_prompts(options)
    geometry = IdeaGeometry(read)
    embeddings = [read(_first_text(prompt, request, tools)) for prompt in question.prompts]
    meanings, whole = geometry.meanings(embeddings), geometry.whole(embeddings)
    projected = project(meanings.numpy(), ProjectionWay(question.projection))
    return Answered(
        values={
            "places": [list(place) for place in projected.places],
            "explained": projected.explained,
            "tokens": whole.shape[1],
            "dimensions": whole[0].numel(),
            "norms": _rounded(whole.flatten(1).norm(dim=1)),
            "distances": _rounded(distances(whole)),
            "similarities": _rounded(similarities(meanings, meanings)),
            "notes": list(read.notes),
        }
    )


class Vector:
    """What the network is told at the first call of a request, and what is known of it.

    Raises:
        InvalidRequest: the request does not fit the model.
    """

    def __init__(self, question: LookVector, loaded: LoadedModel, tools: PointTools) -> None:
        _check_reads(loaded)
        with torch.inference_mode():
            group = groups(question.request, range(1), tools.hooks.resolved)[0]
            request = group.request
            plans = PassPlans(
                request, family=loaded.family, embeddings=tools.embeddings, networks=loaded.networks
            )  # fmt: skip
            told = plans.guide(plans.schedule()).conditioning(0).parts[0].embedding
            read = loaded.family.read_prompts(plans.reading())
            ideas = [read(_first_text(prompt, request, tools)) for prompt in question.ideas]
            geometry = IdeaGeometry(read)
            self._whole, self._meanings = geometry.whole([told, *ideas]), geometry.meanings([told, *ideas])
        self._prompts = question.ideas

    @property
    def meaning(self) -> torch.Tensor:
        """See `IdeaGeometry.meanings`, (width,)."""
        return self._meanings[0]

    def values(self) -> dict[str, Any]:
        """What there is to tell of it, but for the words that are near."""
        whole = self._whole
        apart, alike = distances(whole)[0, 1:], similarities(self._meanings[:1], self._meanings[1:])[0]
        return {
            "tokens": whole.shape[1],
            "dimensions": whole[0].numel(),
            "norm": round(float(whole[0].norm()), _PLACES),
            "ideas": [
                {"prompt": prompt, "distance": distance, "similarity": similarity}
                for prompt, distance, similarity in zip(self._prompts, _rounded(apart), _rounded(alike), strict=True)
            ],
        }


def _first_text(prompt: str, request: GenerationRequest, tools: PointTools) -> str:
    """What a prompt says at the first call of a walk: wildcards are drawn, schedules at their beginning, no LoRAs."""
    resolved = tools.hooks.resolved(without_comments(prompt), PictureInfo(seed=request.seed, index=0, count=1))
    text = split_and(take_networks(resolved)[0])[0][0]
    return prompt_at_steps(text, request.steps)[0].text


def _check_reads(loaded: LoadedModel) -> None:
    if isinstance(loaded.family, PipelineModel):
        raise InvalidRequest(
            f"model: '{loaded.entry.name}' is a whole pipeline, which reads its prompts by itself.",
            hint="Choose a model of a family that Darkroom walks itself.", field="model",
        )  # fmt: skip


def _rounded(values: torch.Tensor) -> Any:
    """Numbers as they are told."""
    return (values.double() * 10**_PLACES).round().div(10**_PLACES).tolist()
