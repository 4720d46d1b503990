"""The Python packages that an extension needs: into a folder of its own, and only those that the core does not have.

pip resolves them against the very versions of the core, so that what would clash is known before anything is written;
only wheels are taken, which run nothing when they are installed, and each by the hash that was told before.
"""

import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from webui.errors import InstallFailed
from webui.extensions.faults import plain
from webui.extensions.installing.core_packages import core_versions, hidden_modules
from webui.extensions.installing.file_rules import told_name
from webui.extensions.installing.pip import Pip
from webui.extensions.overlays import versions_in

Log = Callable[[str], None]
_CLASH = re.compile(r"^\s+(?P<who>\S+) \S+ depends on (?P<needs>.+)$", re.MULTILINE)
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel that goes into an overlay: its canonical name, its version, and the SHA-256 of the file."""

    name: str
    version: str
    sha256: str

    def to_json(self) -> dict[str, str]:
        """The three as JSON."""
        return asdict(self)


class Requirements:
    """Resolves and installs what extensions need.

    Args:
        find_links: a folder with wheels that is used in place of any index: for computers without a network.
        seconds: how long pip may take each time.
    """

    def __init__(self, *, find_links: Path | None = None, seconds: float = 600.0) -> None:
        self._pip = Pip(find_links=find_links, seconds=seconds)

    def plan(self, requirements: Sequence[str], log: Log) -> tuple[Package, ...]:
        """What would be installed: nothing for what the core has already. Nothing is written.

        Raises:
            InstallFailed: a requirement is not taken, clashes with a version of the core, or cannot be found.
        """
        wanted = [requirement for requirement in map(parse_requirement, requirements) if not _is_there(requirement)]
        if not wanted:
            return ()
        with tempfile.TemporaryDirectory(prefix="darkroom-pip-") as folder:
            place = Path(folder)
            constraints = place / "constraints.txt"
            constraints.write_text("".join(f"{name}=={version}\n" for name, version in sorted(core_versions().items())))
            report = place / "report.json"
            ended = self._pip.run(
                ["--dry-run", "--report", str(report), "-c", str(constraints), "--", *map(str, wanted)], log
            )
            if ended.code:
                raise _unsolved(ended.output + ended.errors, wanted)
            return _packages(json.loads(report.read_text(encoding="utf-8")))

    def lacking(self, requirements: Sequence[str], overlay: Path) -> bool:
        """Whether neither the core nor an overlay has what is required: it was put there by hand, or has changed.

        Raises:
            InstallFailed: a requirement is not taken, or clashes with a version of the core.
        """
        there = versions_in(overlay)
        return any(
            canonicalize_name(each.name) not in there
            or not each.specifier.contains(there[canonicalize_name(each.name)], prereleases=True)
            for each in map(parse_requirement, requirements)
            if not _is_there(each)
        )

    def install(self, packages: Sequence[Package], target: Path, log: Log) -> None:
        """Install what a plan says, and nothing else, into a folder that is not there yet.

        Raises:
            InstallFailed: a package could not be fetched, is another than was told, or would hide one of the core.
        """
        with tempfile.TemporaryDirectory(prefix="darkroom-pip-") as folder:
            listed = Path(folder) / "requirements.txt"
            listed.write_text("".join(f"{p.name}=={p.version} --hash=sha256:{p.sha256}\n" for p in packages))
            ended = self._pip.run(
                [
                    "--target",
                    str(target.absolute()),
                    "--no-deps",
                    "--no-compile",
                    "--require-hashes",
                    "-r",
                    str(listed),
                ],
                log,
            )
        if ended.code:
            raise _failed(f"pip could not install what it needs: {_last_line(ended.errors)}", "Its log says more.")
        if hidden := hidden_modules(target):
            raise _failed(f"a package that it needs would stand in for '{hidden[0]}'", "Tell its author.")


def parse_requirement(text: str) -> Requirement:
    """A requirement: a name and versions.

    Raises:
        InstallFailed: it is an option, an address, a path, or asks for more of a package that the core has.
    """
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        raise _failed(f"its requirement {told_name(text)} is not a name with versions", "Tell its author.") from error
    if requirement.url or not text.isprintable() or text != text.strip():
        raise _failed(f"its requirement {told_name(text)} is not a name with versions", "Tell its author.")
    if requirement.extras and canonicalize_name(requirement.name) in core_versions():
        raise _failed(f"its requirement {told_name(text)} would add to a package of Darkroom's own", "Tell its author.")
    return requirement


def _is_there(requirement: Requirement) -> bool:
    """Whether nothing is to be done for a requirement: the core has it, or it is meant for other computers.

    Raises:
        InstallFailed: the core has it at a version that does not fit.
    """
    if requirement.marker is not None and not requirement.marker.evaluate():
        return True
    version = core_versions().get(canonicalize_name(requirement.name))
    if version is None:
        return False
    if not requirement.specifier.contains(version, prereleases=True):
        raise _clash(f"{requirement.name}{requirement.specifier}", requirement.name, "")
    return True


def _unsolved(output: str, wanted: Sequence[Requirement]) -> InstallFailed:
    """The error for what pip said when it found no solution."""
    for found in _CLASH.finditer(output):
        try:
            needs = Requirement(found["needs"])
        except InvalidRequirement:
            continue
        version = core_versions().get(canonicalize_name(needs.name))
        if version is not None and not needs.specifier.contains(version, prereleases=True):
            return _clash(f"{needs.name}{needs.specifier}", needs.name, f"{found['who']}, which needs ")
    if missing := re.search(r"No matching distribution found for (\S+)", output):
        return _failed(
            f"no wheel of {missing[1][:100]} was found for this computer", "Is there a network? Else tell its author."
        )
    names = " and ".join(str(each) for each in wanted)
    return _failed(f"no versions of {names[:200]} go together with Darkroom's: {_last_line(output)}", "See its log.")


def _clash(needs: str, name: str, through: str) -> InstallFailed:
    version = core_versions()[canonicalize_name(name)]
    return InstallFailed(
        f"It needs {through}{needs}, and Darkroom has {name} {version}.",
        hint="Nothing was changed. Look for a version of the extension that goes together with it.",
        field="requirements",
    )


def _packages(report: Mapping[str, Any]) -> tuple[Package, ...]:
    packages: list[Package] = []
    for entry in report["install"]:
        name = canonicalize_name(entry["metadata"]["name"])
        digest = entry["download_info"].get("archive_info", {}).get("hashes", {}).get("sha256", "")
        if not _HASH.fullmatch(digest):
            raise _failed(f"{name} is not a wheel with a hash", "Tell its author.")
        if name in core_versions():
            raise _failed(f"it would bring another {name} than Darkroom's", "Tell its author.")
        packages.append(Package(name, entry["metadata"]["version"], digest))
    return tuple(sorted(packages, key=lambda each: each.name))


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return plain(lines[-1].removeprefix("ERROR: "), 300).rstrip(".") if lines else "it did not say why"


def _failed(reason: str, hint: str) -> InstallFailed:
    return InstallFailed(f"What this extension needs is not installed: {reason}.", hint=hint, field="requirements")
