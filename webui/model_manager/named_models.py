"""Models that the parameters of a picture name, looked for among those that are here."""

from dataclasses import replace

from webui.generation.infotext_fields import InfotextFields, shown
from webui.model_manager.catalogue import Catalogue


def with_known_model(fields: InfotextFields, catalogue: Catalogue) -> InfotextFields:
    """The fields with the catalogue's name of their model, or without one and with a note when it is not here."""
    told = fields.values.get("model")
    if told is None:
        return fields
    names = {entry.name.casefold(): entry.name for entry in catalogue.entries()}
    stem = told.replace("\\", "/").rpartition("/")[2]
    known = names.get(told.casefold()) or names.get(stem.casefold())
    if known is not None:
        return replace(fields, values=fields.values | {"model": known})
    values = {name: value for name, value in fields.values.items() if name != "model"}
    note = f"The model '{shown(told)}' is not here, so it was left out."
    return replace(fields, values=values, left_over=fields.left_over | {"Model": told}, notes=(*fields.notes, note))
