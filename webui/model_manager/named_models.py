"""Models that the parameters of a picture name, looked for among those that are here, and how pictures name ours."""

from dataclasses import replace

from webui.generation.infotext_fields import InfotextFields, shown
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import CHECKPOINT, VAE, ModelEntry

_HASH_KEYS = {"model": "Model hash", "vae": "VAE hash"}
_KINDS = {"model": CHECKPOINT, "vae": VAE}
_LEAST_DIGITS = 8


def with_known_model(fields: InfotextFields, catalogue: Catalogue) -> InfotextFields:
    """The fields with the catalogue's names of their models, or without and with a note when one is not here.

    A name decides; where it is unknown, the hash that the picture tells does, so that renamed files are found.
    """
    for field, kind in _KINDS.items():
        fields = _with_known(fields, field, catalogue.entries(kind))
    return _with_known_refiner(fields, catalogue)


def hash_pairs(entry: ModelEntry, vae: ModelEntry | None = None) -> dict[str, str]:
    """What a picture's infotext says of the hashes of its checkpoint and VAE, as far as they are known."""
    named = {_HASH_KEYS["model"]: entry, _HASH_KEYS["vae"]: vae}
    return {key: each.hashes.autov2 for key, each in named.items() if each is not None and each.hashes is not None}


def _with_known(fields: InfotextFields, field: str, entries: list[ModelEntry]) -> InfotextFields:
    told = fields.values.get(field)
    hash_key = _HASH_KEYS[field]
    digits = fields.left_over.get(hash_key, "")
    if not isinstance(told, str) and (field != "model" or not digits):
        return fields
    known = entry_named(entries, told) if isinstance(told, str) else None
    if known is not None:
        return replace(fields, values=fields.values | {field: known.name})
    alike = entry_with_hash(entries, digits)
    if alike is not None:
        note = f"The {_word(field)} was found by its hash: '{alike.name}'."
        return replace(fields, values=fields.values | {field: alike.name}, notes=(*fields.notes, note))
    if not isinstance(told, str):
        return fields
    values = {name: value for name, value in fields.values.items() if name != field}
    note = f"The {_word(field)} '{shown(told)}' is not here, so it was left out."
    left_over = fields.left_over | {hash_key.removesuffix(" hash"): told}
    return replace(fields, values=values, left_over=left_over, notes=(*fields.notes, note))


def _with_known_refiner(fields: InfotextFields, catalogue: Catalogue) -> InfotextFields:
    """The same for the model that takes over within a walk, which goes with all that is told of it."""
    refiner = fields.values.get("refiner")
    told = refiner.get("model") if isinstance(refiner, dict) else None
    if not isinstance(refiner, dict) or not isinstance(told, str):
        return fields
    known = entry_named(catalogue.entries(), told)
    if known is not None:
        return replace(fields, values=fields.values | {"refiner": refiner | {"model": known.name}})
    values = {name: value for name, value in fields.values.items() if name != "refiner"}
    note = f"The refiner '{shown(told)}' is not here, so it was left out."
    left_over = fields.left_over | {"Refiner": told}
    return replace(fields, values=values, left_over=left_over, notes=(*fields.notes, note))


def _word(field: str) -> str:
    return "VAE" if field == "vae" else field


def entry_named(entries: list[ModelEntry], told: str) -> ModelEntry | None:
    """The model of a name or of a file's name, with or without folders and ending; None where there is none."""
    names = {entry.path.stem.casefold(): entry for entry in reversed(entries)}
    names |= {entry.path.name.casefold(): entry for entry in reversed(entries)}
    names |= {entry.name.casefold(): entry for entry in reversed(entries)}
    whole = told.replace("\\", "/").casefold()
    return names.get(whole) or names.get(whole.rpartition("/")[2])


def entry_with_hash(entries: list[ModelEntry], told: str) -> ModelEntry | None:
    """The model whose SHA-256 begins with these digits, as far as it is known; None where there is none."""
    digits = told.strip().casefold()
    if len(digits) < _LEAST_DIGITS:
        return None
    return next((entry for entry in entries if entry.hashes and entry.hashes.sha256.startswith(digits)), None)
