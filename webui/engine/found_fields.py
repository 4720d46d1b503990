"""What the answers to `read_infotext` add to the fields of an infotext."""

from collections.abc import Iterable, Mapping
from typing import Any

from webui.extensions.host import Gathered
from webui.generation.extras import is_extension_name
from webui.generation.infotext_fields import FieldCollector, InfotextFields
from webui.generation.request import GenerationRequest


def fields_problem(answer: Any) -> str:
    """Why an answer has no fields of a request, in words that follow "gave"; "" where it has."""
    if isinstance(answer, Mapping) and all(name in GenerationRequest.model_fields for name in answer):
        return ""
    return "something else than fields of a request."


def with_found(fields: InfotextFields, found: Iterable[Gathered]) -> InfotextFields:
    """What the infotext says itself stays; of `extras` each control that it does not name may be found."""
    collector = FieldCollector(fields)
    for gathered in found:
        told = f"What {gathered.extension} read"
        for field, value in gathered.value.items():
            if field == "extras" and isinstance(value, Mapping):
                _put_extras(collector, value, fields.values.get("extras", {}), named=told)
            elif not collector.has(field):
                collector.put(field, value, named=told)
    return collector.done()


def _put_extras(
    collector: FieldCollector, found: Mapping[Any, Any], known: Mapping[str, Mapping[str, Any]], *, named: str
) -> None:
    for name, values in found.items():
        if is_extension_name(name) and isinstance(values, Mapping) and values:
            collector.put(f"extras.{name}", {**values, **known.get(name, {})}, named=named)
