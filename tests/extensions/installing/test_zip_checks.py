import io
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.extensions.installing.made import files, zipped
from webui.errors import InstallFailed
from webui.extensions.installing.staging import Staging
from webui.extensions.installing.zip_checks import unpack


def _named(name: str) -> Callable[[Path], None]:
    """A zip with an entry of that very name."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            _add(archive, files())
            entry = zipfile.ZipInfo("placeholder")
            entry.filename = name
            archive.writestr(entry, "touched")

    return make


def _link(*after: str) -> Callable[[Path], None]:
    """A zip with a link to the outside, and entries that would be written through it."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            _add(archive, files())
            entry = zipfile.ZipInfo("out")
            entry.create_system = 3
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(entry, "..")
            for name in after:
                archive.writestr(name, "touched")

    return make


@pytest.mark.filterwarnings("ignore:Duplicate name")
def _twice(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        _add(archive, files())
        archive.writestr("a.txt", "one")
        archive.writestr("a.txt", "two")


def _capitals(path: Path) -> None:
    zipped(path, {**files(), "Notes.txt": "one", "notes.TXT": "two"})


def _accents(path: Path) -> None:
    zipped(path, {**files(), "caf\u00e9.txt": "one", "cafe\u0301.txt": "two"})


def _bomb(path: Path) -> None:
    zipped(path, {**files(), "zeros.bin": bytes(30_000_000)})


def _too_large(path: Path) -> None:
    zipped(path, files())
    _patch_sizes(path, 300_000_000)


def _nested(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.txt", "one")
    zipped(path, {**files(), "inner.dat": inner.getvalue()})


def _overlapping(path: Path) -> None:
    """Two entries of the list that are the same bytes of the file."""
    zipped(path, {**files(), "a.txt": "one", "b.txt": "one"})
    data = bytearray(path.read_bytes())
    offsets = {entry.filename: entry.header_offset for entry in zipfile.ZipFile(path).infolist()}
    place = data.index(b"PK\x01\x02", data.index(b"PK\x01\x02") + 1)
    while data[place + 46 : place + 51] != b"b.txt":
        place = data.index(b"PK\x01\x02", place + 1)
    struct.pack_into("<I", data, place + 42, offsets["a.txt"])
    data[offsets["a.txt"] + 30] = ord("b")
    path.write_bytes(data)


def _encrypted(path: Path) -> None:
    zipped(path, files())
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02")
    struct.pack_into("<H", data, place + 8, 0x1)
    struct.pack_into("<H", data, 6, 0x1)
    path.write_bytes(data)


def _many(path: Path) -> None:
    """Written by hand, as zipfile takes its time for so many."""
    headers, entries = bytearray(), bytearray()
    for number in range(65_000):
        name = b"%05d" % number
        about = struct.pack("<HHHHHIIIHH", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0)
        rest = struct.pack("<HHHII", 0, 0, 0, 0, len(headers))
        entries += b"PK\x01\x02\x14\x03" + about + rest + name
        headers += b"PK\x03\x04" + about + name
    end = struct.pack("<HHHHIIH", 0, 0, 65_000, 65_000, len(entries), len(headers), 0)
    path.write_bytes(headers + entries + b"PK\x05\x06" + end)


def _bad_sum(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        _add(archive, files() | {"a.txt": "the sum of this"})
    path.write_bytes(path.read_bytes().replace(b"the sum of this", b"the sum of that"))


def _truncated(path: Path) -> None:
    zipped(path, files())
    path.write_bytes(path.read_bytes()[:-40])


def _both(path: Path) -> None:
    zipped(path, {**files(), "a": "a file", "a/b.txt": "and a folder"})


def _none(path: Path) -> None:
    path.write_bytes(b"<html>Not found</html>")


BAD: dict[str, tuple[Callable[[Path], None], str]] = {
    "climbs out": (_named("../../touched"), "cannot be called"),
    "climbs out further in": (_named("a/../../touched"), "cannot be called"),
    "absolute": (_named("/tmp/touched"), "cannot be called"),
    "drive": (_named("C:/touched"), "cannot be called"),
    "backslash": (_named("..\\..\\touched"), "cannot be called"),
    "device": (_named("aux.txt"), "cannot be called"),
    "turned around": (_named("a\u202etxt.py"), "cannot be called"),
    "link": (_link(), "a link or a device"),
    "link, then through it": (_link("out/touched"), "a link or a device"),
    "twice": (_twice, "twice"),
    "capitals": (_capitals, "one name on some computers"),
    "accents": (_accents, "one name on some computers"),
    "bomb": (_bomb, "a hundred times its size"),
    "says it is huge": (_too_large, "larger than 200 MB"),
    "nested": (_nested, "an archive of its own"),
    "overlapping": (_overlapping, "lie over each other"),
    "encrypted": (_encrypted, "asks for a password"),
    "65,000 entries": (_many, "more than 5,000 files"),
    "bad sum": (_bad_sum, "is damaged"),
    "truncated": (_truncated, "is damaged"),
    "file and folder": (_both, "both a file and a folder"),
    "no zip": (_none, "is none"),
}


@pytest.mark.parametrize(("make", "reason"), BAD.values(), ids=BAD.keys())
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_bad_zip_is_refused_and_nothing_is_left(make: Callable[[Path], None], reason: str, tmp_path: Path) -> None:
    path = tmp_path / "inner" / "deep" / "bad.zip"
    path.parent.mkdir(parents=True)
    make(path)
    staging = Staging(tmp_path / "inner" / "extensions")

    def fill(place: Path) -> None:
        place.mkdir()
        unpack(path, place)

    with pytest.raises(InstallFailed) as caught:
        staging.stage(fill)
    assert reason in caught.value.message
    assert [each for each in tmp_path.rglob("*") if each.is_file() or each.name == ".installing"] == [path]
    assert not list(tmp_path.rglob("touched"))


def test_a_zip_is_unpacked_without_what_python_git_and_macos_add(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "good.zip",
        {
            **{f"glow-main/{name}": text for name, text in files().items()},
            "glow-main/__pycache__/web.cpython-311.pyc": "x",
            "glow-main/.git/hooks/post-checkout": "x",
            "__MACOSX/._web.py": "x",
        },
    )

    def fill(place: Path) -> None:
        place.mkdir()
        unpack(path, place)

    staged = Staging(tmp_path / "extensions").stage(fill)
    assert staged.name == "glow"
    assert sorted(each.name for each in staged.rglob("*")) == ["extension.toml", "worker.py"]


def _add(archive: zipfile.ZipFile, content: dict[str, str]) -> None:
    for name, text in content.items():
        archive.writestr(name, text)


def _patch_sizes(path: Path, size: int) -> None:
    """Let the list say that the first entry unpacks to so many bytes."""
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, size)
    path.write_bytes(data)
