"""Folders that are not what an extension's folder should be: nothing of them runs, each is told or passed over."""

import os
from collections.abc import Callable
from pathlib import Path

from tests.extensions.hostile import TOML, Hostile

GOOD = TOML.format(name="NAME", permissions='"page"')
WEB = "raise SystemExit('must not run')"


def _toml(name: str, *changes: tuple[str, str], says: str = ".", added: str = "") -> Hostile:
    text = GOOD.replace("NAME", name)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Hostile(name=name, toml=text + added, web=WEB, says=says)


TOMLS = (
    Hostile(name="toml_empty", toml="", web=WEB, says="extension.toml"),
    Hostile(name="toml_binary", toml=os.urandom(4096), web=WEB, says="extension.toml"),
    Hostile(name="toml_huge", toml=GOOD.replace("NAME", "toml_huge") + "#" * 20_000_000, web=WEB, says="64 KB"),
    Hostile(name="toml_deep", toml="x = " + "[" * 50_000, web=WEB, says="extension.toml"),
    Hostile(name="toml_long_integer", toml=f"x = {'9' * 50_000}", web=WEB, says="extension.toml"),
    Hostile(name="toml_half", toml="[extension]\nname = \"toml_half", web=WEB, says="extension.toml"),
    Hostile(name="toml_list", toml="extension = [1, 2]", web=WEB, says="extension"),
    Hostile(name="toml_other", toml="[project]\nname = \"x\"", web=WEB, says="extension"),
    _toml("api_99", ("api = 1", "api = 99"), says="99"),
    _toml("api_0", ("api = 1", "api = 0"), says="api"),
    _toml("api_text", ("api = 1", 'api = "1"'), says="api"),
    _toml("api_true", ("api = 1", "api = true"), says="api"),
    _toml("api_float", ("api = 1", "api = nan"), says="api"),
    _toml("title_number", ('title = "title_number"', "title = 5"), says="title"),
    _toml("title_lines", ('title = "title_lines"', 'title = "a\\nb\\u202Ec\\u0000"'), says="title"),
    _toml("title_long", ('title = "title_long"', f'title = "{"t" * 5000}"'), says="title"),
    _toml("permission_text", ('["page"]', '"page"'), says="permissions"),
    _toml("permission_unknown", ('["page"]', '["everything"]'), says="everything"),
    _toml("requirement_number", added="requirements = [5]\n", says="requirement"),
    _toml("requirement_url", added='requirements = ["git+https://evil.invalid/x"]\n', says="requirement|git"),
    _toml("homepage_script", added='homepage = "javascript:alert(1)"\n', says="homepage"),
    _toml("another_name", ('name = "another_name"', 'name = "film_grain"'), says="film_grain|name"),
    _toml("name_outside", ('name = "name_outside"', 'name = "../name_outside"'), says="name"),
    _toml("nothing_to_run", says="web.py|worker.py"),
)  # fmt: skip
"""All of these can be written; `nothing_to_run` has its program taken away by `spoil`."""

FOLDER_NAMES = (
    "Upper", "9lives", "a", "with space", "with.dot", "with-dash", "con", "nul", "aux", "com1", "film_gr\u0430in",
    "\uff46ilm", "caf\u00e9", "a\u202eb", "line\nbreak", "x" * 41, "\U0001f9e8",
)  # fmt: skip
"""Names that an extension must not have: letters that look like others, Windows' devices, Python's own words."""


def _spoil_with(kind: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        path.unlink(missing_ok=True)
        if kind == "fifo":
            os.mkfifo(path)
        elif kind == "folder":
            path.mkdir()
        elif kind == "nowhere":
            path.symlink_to("/nowhere/at/all")
        elif kind == "loop":
            path.symlink_to(path)
        else:
            path.symlink_to(kind)

    return spoil


SPOILED = {
    f"{place}_{word}": (file, _spoil_with(kind))
    for place, file in (("toml", "extension.toml"), ("web", "web.py"), ("asset", "assets/picture.png"))
    for word, kind in (
        ("fifo", "fifo"), ("folder", "folder"), ("nowhere", "nowhere"), ("loop", "loop"), ("zero", "/dev/zero"),
        ("passwd", "/etc/passwd"), ("root", "/"),
    )
}  # fmt: skip
"""A name, the file of it that is replaced, and by what."""


def write_spoiled(folder: Path) -> None:
    """An extension each in which one file is a pipe, a folder, or a link that leads out."""
    for name, (file, spoil) in SPOILED.items():
        own = Hostile(name=name, web=WEB, files={"assets/other.txt": "x"}).write(folder)
        spoil(own / file)
    no_program = folder / "nothing_to_run"
    if no_program.is_dir():
        (no_program / "web.py").unlink()


def write_odd_names(folder: Path) -> None:
    """Folders whose names are no names for extensions, one of them not even text."""
    for name in FOLDER_NAMES:
        Hostile(name=name, web=WEB).write(folder)
    raw = os.path.join(os.fsencode(folder), b"\xff\xfe_bytes")
    os.mkdir(raw)
    with open(os.path.join(raw, b"extension.toml"), "wb") as file:
        file.write(GOOD.replace("NAME", "bytes").encode())
    (folder / "a_file").write_text("no folder")
    (folder / ".hidden").mkdir()
    (folder / "round").symlink_to(folder)
    (folder / "gone").symlink_to("/nowhere/at/all")


def write_deep(folder: Path) -> Path:
    """An extension with 5,000 files in folders of folders, a sparse file of 50 GB and a link round to its top."""
    own = Hostile(name="deep", web=WEB).write(folder)
    place = own / "assets"
    for level in range(60):
        place = place / f"folder{level}"
    place.mkdir(parents=True)
    for number in range(5000):
        (place / f"{number}.txt").touch()
    (place / "round").symlink_to(own)
    with (own / "assets" / "sparse.bin").open("wb") as file:
        file.truncate(50 * 2**30)
    return own
