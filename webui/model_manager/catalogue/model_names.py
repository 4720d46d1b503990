"""The names that models go by: the file's stem where that says it, more of its path where it does not. No torch."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace

from webui.model_manager.catalogue.folder_scan import Found
from webui.model_manager.catalogue.model_entry import KINDS, ModelEntry

DEFAULT_MODEL = "postcard"


def named(found: Iterable[tuple[Found, ModelEntry]]) -> list[ModelEntry]:
    """The entries with their names, the default model first, then by kind and name.

    Models of one kind with the same stem are told apart by the folders that they lie in, and two in one folder by
    their endings, the one that can be used having the plain name. One of the very same place and name in a later
    models folder is hidden by the earlier one's.
    """
    by_stem: dict[tuple[str, str], list[tuple[Found, ModelEntry]]] = defaultdict(list)
    for each, entry in found:
        by_stem[entry.kind, _stem(each).casefold()].append((each, entry))
    entries = [entry for group in by_stem.values() for entry in _told_apart(group)]
    return sorted(
        entries,
        key=lambda entry: (entry.name != DEFAULT_MODEL, KINDS.index(entry.kind), entry.name.casefold(), entry.name),
    )


def _told_apart(group: list[tuple[Found, ModelEntry]]) -> Iterator[ModelEntry]:
    same_place: dict[str, list[tuple[Found, ModelEntry]]] = defaultdict(list)
    for each, entry in group:
        same_place[each.inner].append((each, entry))
    for inner, models in same_place.items():
        name = _stem(models[0][0]) if len(same_place) == 1 else inner
        first_parent = models[0][0].path.parent
        here = [(each, entry) for each, entry in models if each.path.parent == first_parent]
        here.sort(key=lambda model: model[1].problem is not None)
        for number, (each, entry) in enumerate(here):
            yield replace(entry, name=name if number == 0 else f"{name}{each.path.suffix}")


def _stem(found: Found) -> str:
    return found.inner.rpartition("/")[2]
