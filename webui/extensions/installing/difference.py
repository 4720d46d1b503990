"""What an update would change, file by file, told before it is taken."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webui.extensions.installing.offer import Contents, Offer
from webui.extensions.installing.text_diff import TextDiff
from webui.extensions.permissions import Permission


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that is in both, and its difference in the unified form; "" for one that is no text, or is too long."""

    path: str
    diff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changes from the installed extension to the fetched one, which waits as `offer`."""

    offer: Offer
    old: Contents
    old_commit: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[ChangedFile, ...]

    @property
    def id(self) -> str:
        """What it is taken by: the offer's id."""
        return self.offer.id

    @property
    def nothing(self) -> bool:
        """Whether both are the same."""
        return self.old.tree_hash == self.offer.contents.tree_hash

    def to_json(self) -> dict[str, Any]:
        """All that is shown of it."""
        old, new = self.old.manifest, self.offer.contents.manifest
        return {
            "id": self.id,
            "name": new.name,
            "source": self.offer.source,
            "old_version": old.version,
            "new_version": new.version,
            "old_commit": self.old_commit,
            "new_commit": self.offer.commit,
            "nothing": self.nothing,
            "added": list(self.added),
            "removed": list(self.removed),
            "changed": [{"path": file.path, "diff": file.diff} for file in self.changed],
            "permissions_added": _only(new.permissions, old.permissions),
            "permissions_removed": _only(old.permissions, new.permissions),
            "requirements_added": [each for each in new.requirements if each not in old.requirements],
            "requirements_removed": [each for each in old.requirements if each not in new.requirements],
            "packages": [package.to_json() for package in self.offer.packages],
            "hooks_added": _hooks_added(self.old, self.offer.contents),
            "problem": self.offer.problem,
        }


def difference(installed: Path, old: Contents, old_commit: str, offer: Offer) -> Difference:
    """Compare an installed folder, whose contents are `old`, with a fetched one."""
    before, after = ({file.path for file in contents.files} for contents in (old, offer.contents))
    changed: list[ChangedFile] = []
    diff = TextDiff()
    for place in sorted(before & after):
        one, other = (installed / place).read_bytes(), (offer.folder / place).read_bytes()
        if one != other:
            changed.append(ChangedFile(place, diff.of(place, one, other)))
    return Difference(
        offer=offer,
        old=old,
        old_commit=old_commit,
        added=tuple(sorted(after - before)),
        removed=tuple(sorted(before - after)),
        changed=tuple(changed),
    )


def _only(one: frozenset[Permission], other: frozenset[Permission]) -> list[str]:
    return [each.value for each in Permission if each in one - other]


def _hooks_added(old: Contents, new: Contents) -> dict[str, list[str]]:
    added = {side: [hook for hook in hooks if hook not in old.hooks.get(side, [])] for side, hooks in new.hooks.items()}
    return {side: hooks for side, hooks in added.items() if hooks}
