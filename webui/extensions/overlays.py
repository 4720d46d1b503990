"""The folders of packages that extensions brought, and what two of them disagree about."""

import re
from collections.abc import Iterable
from pathlib import Path

_INFO = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)\.dist-info")


def versions_in(packages: Path) -> dict[str, str]:
    """The version of each package in an overlay, by its normalised name; empty where there is no overlay."""
    try:
        found = [_INFO.fullmatch(each.name) for each in packages.iterdir()]
    except OSError:
        return {}
    return {re.sub(r"[-_.]+", "-", each["name"]).lower(): each["version"] for each in found if each}


def disagreements(name: str, packages: Path, others: Iterable[tuple[str, Path]]) -> tuple[str, ...]:
    """What an extension's overlay has in another version than those of others, in sentences.

    A process has one module of each name. The overlays are searched in the order of loading, so that the version of the
    extension that was loaded first is what both get.
    """
    own = versions_in(packages)
    sentences = []
    for other, place in others:
        for package, version in versions_in(place).items():
            if package in own and own[package] != version:
                both = f"{name} brings {package} {own[package]} and {other} brings {package} {version}"
                sentences.append(f"{both}: while both are on, both use that of the one that was loaded first.")
    return tuple(sentences)
