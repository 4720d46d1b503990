"""Extensions for tests, written into a folder and loaded by a host of this process, without any look before."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.extensions.hostile import Hostile
from webui.extensions.host import ExtensionHost
from webui.extensions.loading import make_loadable
from webui.extensions.places import Places
from webui.extensions.sides import Side
from webui.extensions.store import ExtensionStore


def host_with(folder: Path, extensions: Sequence[Hostile], side: Side = Side.WEB, **options: Any) -> ExtensionHost:
    """A host that has loaded them, in this order; its state is below `folder/data`."""
    places = Places.below(folder / "data")
    store = ExtensionStore(places.state_file)
    written = [extension.write(folder / "extensions") for extension in extensions]
    return ExtensionHost(side, [make_loadable(own, store, places) for own in written], **options)
