"""Extensions for tests as they are after somebody enabled them: written, with what they bring, and loaded."""

import inspect
import textwrap
from pathlib import Path
from typing import Any

from webui.extensions.brings import Brings
from webui.extensions.extensions import Extensions
from webui.extensions.places import Places
from webui.extensions.store import ExtensionStore
from webui.extensions.tree_hash import tree_hash
from webui.settings import Settings

PERMISSIONS = ("page", "requests", "pictures", "sampling", "routes")
_TOML = '[extension]\nname = "{name}"\nversion = "1.0"\napi = 1\npermissions = {permissions}\n'


def settings_in(folder: Path, **more: Any) -> Settings:
    """Settings whose data, models and extensions are below a folder."""
    return Settings(
        data_dir=folder / "data", models_dirs=(folder / "models",), extensions_dir=folder / "extensions",
        open_browser=False, **more,
    )  # fmt: skip


def write_extension(folder: Path, name: str, web: str, **files: str) -> Path:
    """Writes `folder/extensions/<name>` with this `web.py`, which begins with the API imported."""
    place = folder / "extensions" / name
    place.mkdir(parents=True)
    (place / "extension.toml").write_text(_TOML.format(name=name, permissions=list(PERMISSIONS)))
    (place / "web.py").write_text(
        "from webui.extensions.api import *\n" + textwrap.dedent(inspect.cleandoc(web)) + "\n"
    )
    for path, content in files.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(content)
    return place


def enable_untried(folder: Path, name: str, **brings: Any) -> None:
    """As if it had been enabled at another time, and had been found to bring this."""
    store = ExtensionStore(Places.below(folder / "data").state_file)
    store.update(name, enabled=True, tree_hash=tree_hash(folder / "extensions" / name), brings=Brings(**brings))


def extensions_in(folder: Path) -> Extensions:
    """All that are below a folder, loaded into this process."""
    return Extensions(settings_in(folder), watched=False)
