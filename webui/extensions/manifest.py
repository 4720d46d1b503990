"""What an extension says of itself: `extension.toml`, read without running anything."""

import re
import stat
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement

from webui.errors import ExtensionUnusable
from webui.extensions.faults import MAX_SENTENCE, plain
from webui.extensions.permissions import Permission
from webui.extensions.sides import Side

API_VERSION = 1
"""The version of the hooks and of what they are given. An extension names the one that it was written for."""
MANIFEST_FILE = "extension.toml"
NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
NAME_HINT = "It takes 2 to 40 lower case letters, digits and _, a letter first."
RESERVED = frozenset(
    {"controls", "themes", "install", "offers", "tasks", "index", "con", "prn", "aux", "nul"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10)}
)
"""Names that are parts of the program's own addresses, and those that are no files on some computers."""
MAX_MANIFEST_BYTES = 64 * 1024
_TEXTS = {"title": 80, "version": 40, "author": 120, "licence": 80, "description": 1000, "homepage": 300}
_KNOWN = {"name", "api", "requirements", "permissions", *_TEXTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """An extension.toml.

    `api` is the version of the hooks that the extension was written for, `requirements` are those of pip (PEP 508, from
    the index only), `permissions` what it asks for. `sides` are the files that it has.
    """

    name: str
    title: str
    version: str
    author: str = ""
    licence: str = ""
    description: str = ""
    homepage: str = ""
    api: int = API_VERSION
    requirements: tuple[str, ...] = ()
    permissions: frozenset[Permission] = frozenset()
    sides: tuple[Side, ...] = ()

    @property
    def needs_newer(self) -> bool:
        """Whether it was written for a later version of the hooks than this program has."""
        return self.api > API_VERSION


def title_of(name: str) -> str:
    """What an extension of that name is called where it does not say so itself."""
    return name.replace("_", " ").capitalize()


def read_manifest(folder: Path) -> Manifest:
    """The extension in a folder, whose name must be the extension's own.

    Raises:
        ExtensionUnusable: there is no extension.toml, or it says something that cannot be.
    """
    manifest = read_manifest_of(folder)
    if manifest.name != folder.name:
        raise _unusable(
            folder,
            f"it is called '{manifest.name}', and its folder '{folder.name}'",
            "Give both the same name.",
            "name",
        )
    return manifest


def read_manifest_of(folder: Path) -> Manifest:
    """As `read_manifest`, for a folder of any name: a download that has no place yet.

    Raises:
        ExtensionUnusable: as for `read_manifest`.
    """
    path = folder / MANIFEST_FILE
    try:
        found = path.lstat()
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_MANIFEST_BYTES:
            raise _unusable(folder, f"{MANIFEST_FILE} is no file of at most {MAX_MANIFEST_BYTES // 1024} KB")
        values = tomllib.loads(path.read_text(encoding="utf-8")).get("extension")
    except FileNotFoundError as error:
        raise _unusable(folder, f"it has no {MANIFEST_FILE}") from error
    except OSError as error:
        raise _unusable(folder, f"{MANIFEST_FILE} cannot be read ({error})") from error
    except (ValueError, RecursionError) as error:
        raise _unusable(folder, f"{MANIFEST_FILE} is no valid TOML: {error}") from error
    if not isinstance(values, dict):
        raise _unusable(folder, f"{MANIFEST_FILE} has no section [extension]")
    sides = tuple(side for side in Side if _is_plain_file(folder / side.file))
    if not sides:
        raise _unusable(folder, "it has neither web.py nor worker.py")
    return _read(folder, values, sides)


def _read(folder: Path, values: dict[str, Any], sides: tuple[Side, ...]) -> Manifest:
    unknown = sorted(values.keys() - _KNOWN)
    if unknown:
        raise _unusable(
            folder, f"there is no field '{unknown[0]}'", f"Known are {', '.join(sorted(_KNOWN))}.", unknown[0]
        )
    name = values.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise _unusable(folder, "its name cannot be used", NAME_HINT, "name")
    if name in RESERVED:
        raise _unusable(folder, f"the program itself uses the name '{name}'", "Choose another one.", "name")
    texts = {field: _text(folder, values, field, length) for field, length in _TEXTS.items()}
    if not texts["version"]:
        raise _unusable(folder, "it has no version", 'Add one: version = "1.0".', "version")
    api = values.get("api")
    if isinstance(api, bool) or not isinstance(api, int) or api < 1:
        raise _unusable(folder, "it does not say for which version of the hooks it was made", "Add api = 1.", "api")
    return Manifest(
        **texts | {"title": texts["title"] or title_of(name)},
        name=name,
        api=api,
        requirements=_requirements(folder, _list(folder, values, "requirements")),
        permissions=_permissions(folder, _list(folder, values, "permissions")),
        sides=sides,
    )


def _text(folder: Path, values: dict[str, Any], field: str, length: int) -> str:
    value = values.get(field, "")
    if not isinstance(value, str) or len(value) > length:
        raise _unusable(folder, f"{field} must be a text of at most {length} characters", field=field)
    if not value.replace("\n", "" if field == "description" else "\n").isprintable():
        raise _unusable(folder, f"{field} has characters that cannot be shown", field=field)
    if field == "homepage" and value and not value.startswith("https://"):
        raise _unusable(folder, "homepage must be an https:// address", field=field)
    return " ".join(value.split()) if field != "description" else value.strip()


def _list(folder: Path, values: dict[str, Any], field: str) -> list[str]:
    found = values.get(field, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found) or len(found) > 50:
        raise _unusable(folder, f"{field} must be a list of at most 50 texts", field=field)
    return found


def _requirements(folder: Path, lines: list[str]) -> tuple[str, ...]:
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement as error:
            hint = 'Write them as "name>=1.0"; options, paths and addresses are not taken.'
            raise _unusable(folder, f"'{line[:80]}' is no requirement", hint, "requirements") from error
        if requirement.url:
            hint = "Name a package of the index instead."
            raise _unusable(folder, f"the requirement '{line[:80]}' is an address", hint, "requirements")
    return tuple(lines)


def _permissions(folder: Path, names: list[str]) -> frozenset[Permission]:
    known = {permission.value for permission in Permission}
    unknown = next((name for name in names if name not in known), None)
    if unknown is not None:
        raise _unusable(
            folder, f"there is no permission '{unknown[:40]}'", f"There are {', '.join(sorted(known))}.", "permissions"
        )
    return frozenset(Permission(name) for name in names)


def _is_plain_file(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _unusable(folder: Path, why: str, hint: str = "", field: str | None = None) -> ExtensionUnusable:
    sentence = plain(f"The extension in '{folder.name}' cannot be used: {why}.", MAX_SENTENCE)
    return ExtensionUnusable(sentence, hint=plain(hint, 200), field=field)
