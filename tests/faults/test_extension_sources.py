"""What must not be fetched or unpacked is refused on the command line, and leaves nothing behind."""

import stat
import zipfile
from pathlib import Path

import pytest

from tests.extensions.installing.made import files
from tests.extensions.installing.test_sources import HOSTILE
from webui.cli.main import main


def _install(folder: Path, source: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """The exit status and what was said."""
    places = ["--data-dir", str(folder / "data"), "--extensions-dir", str(folder / "extensions")]
    try:
        status = main(["extensions", "install", "--yes", *places, source])
    except SystemExit as ended:
        status = int(ended.code or 0)
    return status, capsys.readouterr().err


def _left(folder: Path) -> list[str]:
    """What lies in the folder of extensions, the hidden place where things are unpacked included."""
    return [path.name for path in (folder / "extensions").rglob("*") if path.is_file()]


def test_no_address_runs_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    marker = tmp_path / "marker"
    for source in HOSTILE:
        status, said = _install(tmp_path, source.replace("MARKER", str(marker)), capsys)
        assert status != 0, source
        assert said.strip() and "Traceback" not in said, source
    assert not marker.exists()
    assert _left(tmp_path) == []


def _climbing(path: Path, name: str, *, link: bool = False) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for each, text in files("glow").items():
            archive.writestr(f"glow/{each}", text)
        entry = zipfile.ZipInfo(name)
        if link:
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd" if link else "out")
    return path


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("../out.txt", False), ("glow/../../out.txt", False), ("/tmp/darkroom_out.txt", False),
        ("glow\\..\\..\\out.txt", False), ("C:/out.txt", False), ("glow/link", True), ("glow/WORKER.PY", False),
        ("glow/con.txt", False), ("glow/a\x1b[31mred", False), ("glow/line\nbreak", False),
        ("glow/" + "a" * 300, False),
    ],
)  # fmt: skip
def test_a_zip_that_climbs_out_or_hides_something_is_refused(
    name: str, link: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = _climbing(tmp_path / "glow.zip", name, link=link)
    status, said = _install(tmp_path / "place", str(archive), capsys)
    assert status != 0
    assert said.strip() and "Traceback" not in said and "\x1b" not in said
    assert _left(tmp_path / "place") == []
    assert not list(tmp_path.rglob("out.txt")) and not Path("/tmp/darkroom_out.txt").exists()
