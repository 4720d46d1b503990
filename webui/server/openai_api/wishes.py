"""What a client of OpenAI's API asks for, as a `GenerationRequest`.

What that API has no word for can be said in the request's own words: every field of a `GenerationRequest` is taken
beside those of OpenAI (its clients send them by `extra_body`), and `strength` for pictures that are edited. What is
not said is as people start with the model.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from pydantic import TypeAdapter, ValidationError

from webui.errors import InvalidRequest
from webui.generation.limits import MAX_SIDE, MIN_SIDE
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Mask
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.server.openai_api.problems import Wrong
from webui.ui.model_defaults import model_defaults

MOST_PICTURES = 10
MOST_PREVIEWS = 3
THEIRS = re.compile(r"(dall-e|gpt-image|chatgpt-image)(-|$)")
"""Names of OpenAI's own models. Programs have them built in, so they mean the default model here."""
_URL_MODELS = re.compile(r"dall-e(-|$)")
"""Those whose pictures come as addresses where nothing else is asked for."""
_QUALITIES = {
    None: 1.0, "auto": 1.0, "standard": 1.0, "medium": 1.0,
    "low": 0.5, "high": 1.5, "hd": 1.5, "xhigh": 2.0, "max": 2.0,
}  # fmt: skip
"""How many of the model's usual steps are taken."""
_MEANINGLESS = (
    "user",
    "safety_identifier",
    "style",
    "moderation",
    "complexity",
    "input_fidelity",
    "output_compression",
)
"""What is about OpenAI's own service or models: taken, and without effect."""
_ONE_VALUE = {"background": ("auto", "opaque"), "output_format": ("png",)}
"""What can be said in one way alone, as the others cannot be had here."""
_OWN = ("prompt", "model", "n", "size", "quality", "response_format", "stream", "partial_images")
_NOT_SAID_SO = ("start", "mask", "batch_count", "prompt", "model")
_FIELDS = tuple(name for name in GenerationRequest.model_fields if name not in _NOT_SAID_SO)
_KNOWN = (*_OWN, *_MEANINGLESS, *_ONE_VALUE, *_FIELDS, "strength")
_DEFAULT_STRENGTH = 0.75


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted, apart from the picture that it may start from.

    `by_url`: whether addresses are wanted rather than the pictures themselves. `previews`: how many of a streamed
    answer; None where none is asked for. `strength` is None where none is given.
    """

    entry: ModelEntry
    by_url: bool
    previews: int | None
    strength: float | None
    sized: bool
    values: Mapping[str, Any] = field(repr=False)

    def request(self) -> GenerationRequest:
        """The request that starts from noise.

        Raises:
            InvalidRequest: a value cannot be used.
        """
        return GenerationRequest.parse(self.values)

    def request_from(self, picture: str, size: tuple[int, int], *, mask: str | None, strength: float = _DEFAULT_STRENGTH
    ) -> GenerationRequest:  # fmt: skip
        """The request that starts from a picture of a size in pixels; what is transparent in `mask` is made anew.

        Raises:
            InvalidRequest: a value cannot be used.
        """
        width, height = (self.values["width"], self.values["height"]) if self.sized else self._fitted(size)
        start = FromPicture(picture=picture, strength=strength if self.strength is None else self.strength)
        painted = None if mask is None else Mask(picture=mask, inverted=True)
        return GenerationRequest.parse(
            {**self.values, "width": width, "height": height, "start": start, "mask": painted}
        )

    def _fitted(self, size: tuple[int, int]) -> tuple[int, int]:
        """A picture's own size, or in its proportions as many pixels as the model's pictures have at most."""
        usual = self.entry.default_width * self.entry.default_height
        factor = min(1.0, sqrt(usual / (size[0] * size[1])))
        width, height = (min(MAX_SIDE, max(MIN_SIDE, round(side * factor / 8) * 8)) for side in size)
        return width, height


def wish_of(values: Mapping[str, Any], catalogue: Catalogue, *, prompt_needed: bool = True) -> Wish:
    """What the fields of a client's request mean.

    Args:
        values: by name, from JSON, or texts from a form.
        catalogue: what models there are.
        prompt_needed: whether it cannot do without a prompt.

    Raises:
        Wrong: a field is not known, missing, or says what cannot be had.
        ModelNotFound: there is no such model.
        ModelUnusable: the model's files are damaged.
    """
    given = {name: value for name, value in values.items() if value is not None}
    _check_names(given)
    if prompt_needed and "prompt" not in given:
        raise Wrong("Missing required parameter: 'prompt'.", param="prompt", code="missing_required_parameter")
    name = given.get("model")
    if name is not None and not isinstance(name, str):
        raise Wrong("model: it must be a name.", param="model", code="invalid_type")
    entry = _model_called(name, catalogue)
    size = _size(given.get("size"))
    told = {name: given[name] for name in ("prompt", *_FIELDS) if name in given}
    usual = model_defaults(entry)
    steps = max(1, min(150, round(usual["steps"] * _quality(given.get("quality")))))
    sides = {} if size is None else {"width": size[0], "height": size[1]}
    return Wish(
        entry=entry,
        by_url=_by_url(given.get("response_format"), name),
        previews=_previews(given),
        strength=_strength(given.get("strength")),
        sized=size is not None or {"width", "height"} <= told.keys(),
        values={
            **usual,
            "steps": steps,
            "batch_count": _whole(given, "n", default=1, least=1, most=MOST_PICTURES),
            **sides,
            **told,
            "model": entry.name,
        },
    )


def _check_names(given: Mapping[str, Any]) -> None:
    for name, value in given.items():
        if name not in _KNOWN:
            raise Wrong(f"Unknown parameter: '{name[:60]}'.", param=name[:60], code="unknown_parameter")
        if name in _ONE_VALUE and value not in _ONE_VALUE[name]:
            raise Wrong(f"{name}: it can only be {_ONE_VALUE[name][0]} here.", param=name, code="unsupported_value")


def _model_called(name: str | None, catalogue: Catalogue) -> ModelEntry:
    theirs = name is not None and THEIRS.match(name) and name not in {entry.name for entry in catalogue.entries()}
    return catalogue.find(None if theirs or not name else name)


def _size(told: Any) -> tuple[int, int] | None:
    if told in (None, "auto"):
        return None
    match = re.fullmatch(r"(\d{1,5})x(\d{1,5})", told) if isinstance(told, str) else None
    if match is None:
        raise Wrong("size: it must be 'auto' or like '512x768'.", param="size", code="invalid_value")
    return int(match[1]), int(match[2])


def _quality(told: Any) -> float:
    if not isinstance(told, str | None) or told not in _QUALITIES:
        known = ", ".join(name for name in _QUALITIES if name)
        raise Wrong(f"quality: it must be one of {known}.", param="quality", code="invalid_value")
    return _QUALITIES[told]


def _whole(given: Mapping[str, Any], name: str, *, default: int, least: int, most: int) -> int:
    try:
        number = TypeAdapter(int).validate_python(given.get(name, default))
    except ValidationError as error:
        raise Wrong(f"{name}: it must be a whole number.", param=name, code="invalid_type") from error
    if not least <= number <= most:
        raise Wrong(f"{name}: it must be from {least} to {most}.", param=name, code="invalid_value")
    return number


def _previews(given: Mapping[str, Any]) -> int | None:
    number = _whole(given, "partial_images", default=0, least=0, most=MOST_PREVIEWS)
    if given.get("stream", False) in (False, "false"):
        return None
    if given["stream"] not in (True, "true"):
        raise Wrong("stream: it must be true or false.", param="stream", code="invalid_type")
    if _whole(given, "n", default=1, least=1, most=MOST_PICTURES) > 1:
        raise Wrong("n: one picture can be streamed.", param="n", code="unsupported_value")
    return number


def _strength(told: Any) -> float | None:
    try:
        strength = TypeAdapter(float | None).validate_python(told)
    except ValidationError as error:
        raise Wrong("strength: it must be a number.", param="strength", code="invalid_type") from error
    if strength is not None and not 0 <= strength <= 1:
        raise InvalidRequest("strength: it must be from 0 to 1.", field="strength")
    return strength


def _by_url(told: Any, model: str | None) -> bool:
    if told is None:
        return model is not None and _URL_MODELS.match(model) is not None
    if told not in ("url", "b64_json"):
        raise Wrong("response_format: it must be 'url' or 'b64_json'.", param="response_format", code="invalid_value")
    return told == "url"
