"""An extension as people see it: what it is, what it brings, whether it is on, and why not."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from webui.extensions.brings import Brings
from webui.extensions.faults import Fault
from webui.extensions.hook_table import HOOKS
from webui.extensions.manifest import Manifest, title_of
from webui.extensions.sides import Side
from webui.extensions.store import EMPTY, Record


class Status(StrEnum):
    """Whether an extension is on, and why not."""

    OFF = "off"
    """Installed, and never enabled, or disabled."""
    ON = "on"
    CHANGED = "changed"
    """Enabled, but its files are not those that were enabled: it asks again."""
    FAULTY = "faulty"
    """It could not be tried or loaded."""
    SWITCHED_OFF = "switched_off"
    """It crashed twice or did not come back, so that the program switched it off."""
    NEEDS_NEWER = "needs_newer"
    """It was written for a later version of the hooks."""
    UNUSABLE = "unusable"
    """Its extension.toml says something that cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """All that is known of an extension. `problem` is a sentence, empty where nothing is wrong; `notices` are more."""

    name: str
    status: Status
    problem: str = ""
    manifest: Manifest | None = None
    record: Record = EMPTY
    faults: tuple[Fault, ...] = ()
    notices: tuple[str, ...] = ()
    has_log: bool = False
    preview: bool = False
    tree_hash: str = ""

    @property
    def brings(self) -> Brings:
        """What it brings; nothing before it was tried."""
        return self.record.brings or Brings()

    @property
    def withheld(self) -> tuple[str, ...]:
        """The hooks that it has without their permission; they are not called."""
        granted = self.manifest.permissions if self.manifest else frozenset()
        hooks = [hook for side in Side for hook in self.brings.hooks.get(side, ()) if hook in HOOKS]
        return tuple(hook for hook in hooks if not HOOKS[hook].allowed_to(granted))

    def to_json(self) -> dict[str, Any]:
        """The card as plain JSON, for the page and the API."""
        manifest = self.manifest or Manifest(name=self.name, title=title_of(self.name), version="", api=0)
        return {
            **{each: getattr(manifest, each) for each in _AS_IT_IS},
            "requirements": list(manifest.requirements),
            "permissions": sorted(permission.value for permission in manifest.permissions),
            "sides": [side.value for side in manifest.sides],
            **self.brings.to_json(),
            "name": self.name,
            "status": self.status.value,
            "problem": self.problem or None,
            "notices": list(self.notices),
            "withheld": [{"hook": hook, "permission": str(HOOKS[hook].permission)} for hook in self.withheld],
            "faults": [_told(fault) for fault in self.faults],
            "has_log": self.has_log,
            "preview": self.preview,
            "commit": self.record.commit,
            "source": self.record.source,
            "tree_hash": self.tree_hash,
            "enabled": self.record.enabled,
        }


def _told(fault: Fault) -> dict[str, str]:
    end = fault.traceback[-_SHOWN_TRACEBACK:]
    return {"hook": fault.hook, "sentence": fault.sentence, "at": fault.at, "traceback": end}


_SHOWN_TRACEBACK = 4000
_AS_IT_IS = ("title", "version", "author", "licence", "description", "homepage", "api")
"""What a card tells of the extension.toml in its own words."""
