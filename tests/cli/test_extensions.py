import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.extensions.installing.made import WORKER, files, manifest, tree, write, zipped
from webui.cli.main import main

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs `webui extensions` with folders of its own."""
    folders = ["--data-dir", str(tmp_path / "data"), "--extensions-dir", str(tmp_path / "extensions")]

    def begin(*arguments: str) -> int:
        return main(["extensions", *arguments, *folders])

    return begin


def test_an_extension_goes_its_whole_way_on_the_command_line(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "source", files(requirements=["numpy"]))
    assert run("list") == 0
    assert "There are no extensions yet." in capsys.readouterr().out
    assert run("install", str(source), "--yes") == 0
    told = capsys.readouterr().out
    for part in (
        "Glow (glow) 1.0, by Ann",
        "worker.py: finish_image",
        "Sees and changes pictures",
        "needs:       numpy",
    ):
        assert part in told
    assert "glow is installed, and off" in told
    assert run("enable", "glow") == 0
    told = capsys.readouterr()
    assert told.out == "glow  (1.0, on)\n"
    assert "Sees and changes pictures" in told.err
    write(source, {"extension.toml": manifest(version="1.1"), "new.txt": "new"})
    assert run("update", "glow", "--yes") == 0
    told = capsys.readouterr().out
    assert "glow 1.0 -> 1.1" in told
    assert "new file:       new.txt" in told
    assert '+version = "1.1"' in told
    assert "glow  (1.1, changed)" in told
    assert run("update", "glow") == 0
    assert "newest already" in capsys.readouterr().out
    assert run("rollback", "glow") == 0
    assert capsys.readouterr().out == "glow  (1.0, on)\n"
    assert run("disable", "glow") == 0
    assert run("list", "--json") == 0
    assert json.loads(capsys.readouterr().out.partition("\n")[2])[0]["status"] == "off"
    assert run("remove", "glow") == 0
    assert {Path(path).name for path in tree(tmp_path / "data")} == {"extensions", "state.json"}


def test_a_new_extension_can_be_enabled_as_it_is(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("new", "my_look") == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "extensions" / "my_look")
    assert run("enable", "my_look") == 0
    assert capsys.readouterr().out.startswith("my_look  (")
    assert run("new", "my_look") == 2
    assert "is there already" in capsys.readouterr().err


def test_without_a_terminal_nothing_is_installed_unasked(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", open("/dev/null"))
    assert run("install", str(write(tmp_path / "source", files()))) == 2
    assert "Add --yes" in capsys.readouterr().err
    assert not tree(tmp_path / "extensions")


def test_what_goes_wrong_is_one_line(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zipped(tmp_path / "bad.zip", {"../extension.toml": manifest()})
    clash = write(tmp_path / "clash", files(requirements=["numpy<1"]))
    for arguments, sentence in (
        (("install", "ext::sh -c id"), "only fetched by https"),
        (("install", str(tmp_path / "bad.zip")), "cannot be called '../extension.toml'"),
        (("install", str(clash), "--yes"), "It needs numpy<1, and Darkroom has numpy"),
        (("enable", "nothing"), "There is no extension 'nothing'"),
        (("remove", "../data"), "There is no extension '../data'"),
        (("rollback", "nothing"), "There is no extension 'nothing'"),
    ):
        assert run(*arguments) == 2
        lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("webui: ")]
        assert len(lines) == 1
        assert sentence in lines[0]


def test_what_a_stranger_wrote_does_not_steer_the_terminal(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write(tmp_path / "source", files())
    assert run("install", str(source), "--yes") == 0
    write(source, {"worker.py": "x = '\x1b[2J\x1b]0;owned\x07'\n"})
    assert run("update", "glow", "--yes") == 0
    assert "\x1b" not in capsys.readouterr().out


def test_the_index_is_listed(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--index") == 0
    assert "film_grain  (" in capsys.readouterr().out


def test_looking_after_extensions_loads_none(run: Run, tmp_path: Path) -> None:
    marker = tmp_path / "loaded"
    web = f"{WORKER.replace('finish_image(image)', 'image_saved(image)')}\nopen({str(marker)!r}, 'a').close()\n"
    source = write(tmp_path / "source", files(more={"web.py": web}))
    assert run("install", str(source), "--yes") == 0
    assert run("enable", "glow") == 0
    marker.unlink()
    assert run("list") == 0
    assert not marker.exists()
