"""Prints what an extension would bring, or what its update would change, and asks whether that is wanted."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from webui.errors import InstallFailed
from webui.extensions.permissions import Permission

if TYPE_CHECKING:
    from webui.extensions.installing.difference import Difference
    from webui.extensions.installing.offer import Offer


def print_offer(offer: "Offer", to: TextIO | None = None) -> None:
    """Prints an offer, a fact a line."""
    manifest, contents = offer.contents.manifest, offer.contents
    lines = [
        f"{manifest.title} ({manifest.name}) {manifest.version}, by {manifest.author or 'nobody named'}",
        f"from:        {offer.source or 'a folder that was put there by hand'}"
        + (f" at {offer.commit}" if offer.commit else ""),
        f"licence:     {manifest.licence or 'none told'}",
        f"files:       {len(contents.files)}, {contents.bytes:,} bytes",
        *(f"             {file.path}" for file in contents.files[:20]),
        *([f"             and {len(contents.files) - 20} more"] if len(contents.files) > 20 else []),
        *(f"hooks:       {side}.py: {', '.join(hooks) or 'none'}" for side, hooks in contents.hooks.items()),
        *(f"permission:  {each}: {each.meaning}" for each in Permission if each in manifest.permissions),
        *(f"needs:       {each}" for each in manifest.requirements),
        *(f"would bring: {each.name} {each.version}, into a folder of its own" for each in offer.packages),
    ]
    if manifest.needs_newer:
        lines.append(f"note:        written for version {manifest.api} of the hooks, which this Darkroom does not have")
    if contents.problem:
        lines.append(f"note:        {contents.problem}")
    if offer.problem:
        lines.append(f"cannot be installed: {offer.problem}")
    _print(lines, to)


def print_difference(found: "Difference") -> None:
    """Prints what an update would change, with the differences of text files."""
    told = found.to_json()
    lines = [f"{told['name']} {told['old_version']} -> {told['new_version']}"]
    if told["new_commit"]:
        lines.append(f"commit:      {told['old_commit'] or 'unknown'} -> {told['new_commit']}")
    for label, key in (
        ("asks now for:   ", "permissions_added"), ("asks no more:   ", "permissions_removed"),
        ("needs now:      ", "requirements_added"), ("needs no more:  ", "requirements_removed"),
        ("new file:       ", "added"), ("file removed:   ", "removed"),
    ):  # fmt: skip
        lines.extend(f"{label}{each}" for each in told[key])
    for file in found.changed:
        lines.append(f"file changed:   {file.path}")
        lines.extend(file.diff.splitlines())
    if told["problem"]:
        lines.append(f"cannot be taken: {told['problem']}")
    _print(lines)


def asked(question: str) -> bool:
    """Whether the person at the terminal says yes.

    Raises:
        InstallFailed: nobody is there to be asked.
    """
    if not sys.stdin.isatty():
        raise InstallFailed("Nobody was there to be asked.", hint="Add --yes, if you have read what it would bring.")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _print(lines: Iterable[str], to: TextIO | None = None) -> None:
    """Print lines of a stranger's text: signs that would steer the terminal are not sent to it."""
    for line in lines:
        print("".join(sign if sign.isprintable() or sign == "\t" else "?" for sign in line), file=to)
