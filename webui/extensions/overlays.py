"""The folders of packages that extensions brought, and what two of them disagree about."""

import re
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

_INFO = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)\.dist-info")


def versions_in(packages: Path) -> dict[str, str]:
    """The version of each package in an overlay, by its normalised name; empty where there is no overlay."""
    try:
        found = [_INFO.fullmatch(each.name) for each in packages.iterdir()]
    except OSError:
        return {}
    return {canonicalize_name(each["name"]): each["version"] for each in found if each}


def disagreements(name: str, overlays: Mapping[str, Mapping[str, str]]) -> tuple[str, ...]:
    """What an extension's overlay has in another version than those of others, in sentences.

    A process has one module of each name. The overlays are searched in the order of loading, so that the version of the
    extension that was loaded first is what both get.

    Args:
        name: of the extension.
        overlays: what `versions_in` found in its own overlay and in those of the others, by the extension's name.
    """
    own = overlays[name]
    sentences = []
    for other, versions in overlays.items():
        for package, version in versions.items():
            if package in own and own[package] != version:
                both = f"{name} brings {package} {own[package]} and {other} brings {package} {version}"
                sentences.append(f"{both}: while both are on, both use that of the one that was loaded first.")
    return tuple(sentences)
