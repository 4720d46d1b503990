"""Extensions as if they had been enabled at another time: in their folder and in the state, without being tried."""

import ast
from collections.abc import Sequence
from pathlib import Path

from tests.extensions.hostile import Hostile
from webui.extensions.brings import Brings
from webui.extensions.contributions import Tab
from webui.extensions.controls import Slider
from webui.extensions.hook_table import HOOKS
from webui.extensions.places import Places
from webui.extensions.sides import Side
from webui.extensions.store import ExtensionStore
from webui.extensions.tree_hash import tree_hash

AMOUNT = Slider("amount", "Amount", 0, 1, 0.1, 0.5)
"""The control of all of these that have one."""


def write_enabled(extensions: Sequence[Hostile], extensions_dir: Path, data_dir: Path) -> None:
    """Writes them, and that they are enabled."""
    store = ExtensionStore(Places.below(data_dir).state_file)
    for each in extensions:
        folder = each.write(extensions_dir)
        hooks = {side: _hooks_in(folder / side.file) for side in Side if (folder / side.file).is_file()}
        web = hooks.get(Side.WEB, ())
        brings = Brings(
            hooks=hooks,
            controls=(AMOUNT,) if "Slider(" in str(each.web) and "register_controls" in web else (),
            tabs=(Tab(name="evil", label="<b>Evil</b>", html="tab.html", script="tab.js"),) if each.files else (),
        )
        store.update(each.name, enabled=True, tree_hash=tree_hash(folder), brings=brings)


def _hooks_in(file: Path) -> tuple[str, ...]:
    found = ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    return tuple(each.name for each in found if isinstance(each, ast.FunctionDef) and each.name in HOOKS)
