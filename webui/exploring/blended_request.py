"""A request whose prompt gives way to a blend of prompts."""

from collections.abc import Mapping

from pydantic import ValidationError

from webui.errors import InvalidRequest
from webui.generation.blend import Blend, BlendWay, Idea
from webui.generation.invalid_values import as_invalid_request
from webui.generation.networks import only_networks
from webui.generation.request import GenerationRequest


def blended_request(request: GenerationRequest, weights: Mapping[str, float], way: BlendWay) -> GenerationRequest:
    """The request for one picture of prompts that are blended with these weights.

    The heaviest prompt becomes the caption, with the networks that the request's own prompt names. A single prompt of
    weight 1 is that prompt and no blend, so that its picture is the very same file.

    Raises:
        InvalidRequest: all weights are 0, one is too large, or a prompt cannot be blended; `field` is "blend".
    """
    counted = {prompt: weight for prompt, weight in weights.items() if weight != 0}
    caption = max(counted, key=counted.__getitem__, default="")
    blend = None if counted == {caption: 1.0} else _blend(counted, way)
    networks = only_networks(request.prompt)
    prompt = " ".join(filter(None, (caption, networks)))
    return request.with_changes(prompt=prompt, blend=blend, points=(), batch_size=1, batch_count=1)


def _blend(weights: Mapping[str, float], way: BlendWay) -> Blend:
    if not weights:
        raise InvalidRequest(
            "blend: all weights are 0, so that nothing is left.", hint="Give at least one idea some weight.",
            field="blend",
        )  # fmt: skip
    try:
        return Blend(ideas=tuple(Idea(prompt=prompt, weight=weight) for prompt, weight in weights.items()), way=way)
    except ValidationError as error:
        problem = as_invalid_request(error)
        raise InvalidRequest(
            f"blend: {problem.message.partition(': ')[2]}", hint=problem.hint, field="blend"
        ) from error
