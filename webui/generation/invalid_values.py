"""What is wrong with values, as a sentence: which field, what was given, what is allowed."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from webui.errors import InvalidRequest

Model = TypeVar("Model", bound=BaseModel)


def validated(kind: type[Model], values: Mapping[str, Any]) -> Model:
    """JSON values as a model of this kind.

    Raises:
        InvalidRequest: the first value that cannot be used, in a sentence that names its field.
    """
    try:
        return kind.model_validate(dict(values))
    except ValidationError as error:
        raise as_invalid_request(error) from error


def as_invalid_request(error: ValidationError) -> InvalidRequest:
    """The first problem as a sentence: which field, what was wrong, what is allowed."""
    problem = error.errors(include_url=False)[0]
    cause = problem.get("ctx", {}).get("error")
    if isinstance(cause, InvalidRequest):
        return cause
    field = _field_of(problem["loc"])
    context = problem.get("ctx", {})
    shown = _shown(problem["input"])
    limits = {
        "greater_than_equal": "it must be at least {ge}",
        "less_than_equal": "it must be at most {le}",
        "multiple_of": "it must be a multiple of {multiple_of}",
        "string_too_long": "it may have at most {max_length:,} characters",
        "finite_number": "it must be a finite number",
        "extra_forbidden": "there is no such field",
        "string_pattern_mismatch": "it must be a picture's id, 32 hexadecimal digits",
        "union_tag_invalid": "{discriminator} must be one of {expected_tags}",
        "union_tag_not_found": "it has no {discriminator}",
    }
    if problem["type"] == "value_error":
        what = str(context["error"])
    elif problem["type"] in limits:
        what = f"{shown} cannot be used: {limits[problem['type']].format(**context)}"
    else:
        what = f"{shown} cannot be used: {problem['msg'][:1].lower()}{problem['msg'][1:]}"
    return InvalidRequest(f"{field}: {what}.", field=field)


def _shown(value: Any) -> str:
    try:
        text = repr(value)
    except RecursionError:
        return "what is nested so deeply"
    return text if len(text) <= 60 else f"a text of {len(str(value)):,} characters"


def _field_of(location: tuple[int | str, ...]) -> str:
    """The name of the field at fault: `steps`, `start.strength`, `styles.0`. The tag of a union is left out."""
    places = [str(place) for place in location]
    if places[:1] == ["start"]:
        del places[1:2]
    return ".".join(places) or "request"
