"""What the answers to `prepare_request` make of a request. Pure: the answers are given."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from webui.errors import InvalidRequest, WebUIError
from webui.extensions.controls import Control
from webui.generation.extras import JsonScalar
from webui.generation.request import GenerationRequest

Controls = Mapping[str, Sequence[Control]]
"""The controls of the extensions that are on, by the extension's name."""
FindModels = Callable[[GenerationRequest], None]
"""Raises `WebUIError` where a model that a request names is not there."""
_EXTRAS = "extras"
_MODELS = frozenset({"model", "vae", "refiner"})


def judged_extras(extras: Mapping[str, Mapping[str, JsonScalar]], controls: Controls) -> dict[str, dict[str, Any]]:
    """The values as their controls have them; those that no control stands for stay as they are.

    Raises:
        InvalidRequest: a control does not take its value; `field` is `extras.<extension>.<control>`.
    """
    return {
        name: dict(values)
        | {
            control.name: control.checked(values[control.name], f"{_EXTRAS}.{name}.{control.name}")
            for control in controls.get(name, ())
            if control.name in values
        }
        for name, values in extras.items()
    }


def problem_of(
    request: GenerationRequest, answer: Any, *, controls: Controls, find_models: FindModels = lambda _: None
) -> str:
    """Why an answer makes no request of this one, in words that follow "gave"; "" where it does.

    Args:
        request: as it was given.
        answer: what came back.
        controls: of the extensions that are on.
        find_models: looks for the models that an answer names.
    """
    if not isinstance(answer, Mapping):
        return f"{type(answer).__name__} where the fields to change are expected."
    unknown = next((str(field) for field in answer if field not in GenerationRequest.model_fields), None)
    if unknown is not None:
        return f"the field '{unknown[:60]}', which no request has."
    try:
        after = _with_answer(request, answer)
        judged_extras(after.extras, controls)
        if not _MODELS.isdisjoint(answer):
            find_models(after)
    except InvalidRequest as error:
        return f"what no request can have: {error.message}"
    except WebUIError as error:
        return f"what cannot be made: {error.message}"
    return ""


def changed(request: GenerationRequest, answers: Mapping[str, Mapping[str, Any]]) -> GenerationRequest:
    """The request with the fields of every answer, by the name of who gave it; each was checked alone.

    Raises:
        InvalidRequest: two answers have another value for one field, or what they make together cannot be.
    """
    before = _places(request)
    values: dict[str, Any] = {}
    by: dict[str, str] = {}
    for name, answer in answers.items():
        after = _places(_with_answer(request, answer))
        for place in after.keys() | before.keys():
            value = after.get(place)
            if value == before.get(place):
                continue
            if place in by and values[place] != value:
                raise InvalidRequest(
                    f"{place}: the extensions {by[place]} and {name} both want to change it.",
                    hint="Turn one of them off, or set it so that it changes nothing.", field=place,
                )  # fmt: skip
            by[place], values[place] = name, value
    return _with_places(request, values) if values else request


def _with_answer(request: GenerationRequest, answer: Mapping[str, Any]) -> GenerationRequest:
    """The request with an answer's fields. Its extras are put into the request's own; None is a control's default."""
    given = dict(answer)
    if isinstance(given.get(_EXTRAS), Mapping):
        extras: dict[Any, Any] = {name: dict(values) for name, values in request.extras.items()}
        for name, values in given[_EXTRAS].items():
            known = extras.get(name, {})
            merged = {**known, **values} if isinstance(values, Mapping) else values
            extras[name] = _without_none(merged)
        given[_EXTRAS] = extras
    return request.with_changes(**given)


def _without_none(values: Any) -> Any:
    if not isinstance(values, Mapping):
        return values
    return {name: value for name, value in values.items() if value is not None}


def _places(request: GenerationRequest) -> dict[str, Any]:
    """The request's fields, and each control's value as a field of its own."""
    fields = request.model_dump()
    extras = fields.pop(_EXTRAS)
    return fields | {
        f"{_EXTRAS}.{name}.{control}": value for name, values in extras.items() for control, value in values.items()
    }


def _with_places(request: GenerationRequest, values: Mapping[str, Any]) -> GenerationRequest:
    extras: dict[str, dict[str, Any]] = {name: dict(values) for name, values in request.extras.items()}
    fields: dict[str, Any] = {}
    for place, value in values.items():
        field, _, rest = place.partition(".")
        if field != _EXTRAS or not rest:
            fields[place] = value
            continue
        name, _, control = rest.partition(".")
        extras.setdefault(name, {})[control] = value
    return request.with_changes(**fields, extras={name: _without_none(values) for name, values in extras.items()})
