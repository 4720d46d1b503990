"""Takes an extension away with all that belongs to it."""

from contextlib import suppress
from pathlib import Path

from webui.extensions.installing.staging import Staging, remove_tree
from webui.extensions.log_files import close_log
from webui.extensions.places import Places
from webui.extensions.store import ExtensionStore


def remove_extension(folder: Path, places: Places, store: ExtensionStore, staging: Staging, *, keep_data: bool) -> None:
    """Remove an extension's folder, overlay, log, earlier version and record, and unless kept its settings and data.

    Raises:
        OSError: something cannot be removed.
    """
    name = folder.name
    staging.take_away(folder)
    close_log(name)
    kept = [places.packages(name), places.previous(name)]
    halves = [path.with_name(f".{name}.new") for path in kept]  # of an installation that was broken off
    belongings = [*kept, *halves, places.log(name)]
    if not keep_data:
        belongings += [places.settings(name), places.data(name)]
    for path in belongings:
        remove_tree(path)
        with suppress(OSError):
            path.parent.rmdir()  # only when it was the last one's
    store.forget(name)
