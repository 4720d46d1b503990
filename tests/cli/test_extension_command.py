from pathlib import Path

import pytest

from tests.extensions.installing.made import manifest, write
from webui.cli.main import main

WEB = """
from webui.extensions.api import CliArgument, CliCommand, hookimpl


def count(options, context):
    print(context.name, options["picture"], options["frames"], options["loud"])
    return options["frames"]


def fail(options, context):
    raise ValueError("no such film")


@hookimpl
def register_cli():
    frames = CliArgument(name="--frames", kind="whole", default=3, help="how many, 100 % of them")
    arguments = (CliArgument(name="picture"), frames, CliArgument(name="--loud", kind="switch"))
    return [
        CliCommand(name="count", help="Counts.", run=count, arguments=arguments),
        CliCommand(name="fail", help="Fails.", run=fail),
    ]
"""


@pytest.fixture
def folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    folders = ["--data-dir", str(tmp_path / "data"), "--extensions-dir", str(tmp_path / "extensions")]
    write(tmp_path / "extensions" / "glow", {"extension.toml": manifest(permissions=["routes"]), "web.py": WEB})
    assert main(["extensions", "enable", "glow", *folders]) == 0
    capsys.readouterr()
    return folders


def test_hook_register_cli(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["x", *folders, "glow", "count", "a.png", "--frames", "5", "--loud"]) == 5
    assert capsys.readouterr().out == "glow a.png 5 True\n"
    assert main(["x", *folders, "glow", "count", "a.png"]) == 3
    assert capsys.readouterr().out == "glow a.png 3 False\n"
    assert main(["x", *folders]) == 0
    assert "glow count  Counts." in capsys.readouterr().out


def test_a_command_that_fails_is_told_with_its_extension(
    folders: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["x", *folders, "glow", "fail"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("webui x: glow fail failed:")
    assert "ValueError: no such film" in told


def test_what_is_asked_wrongly_is_told(folders: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["x", *folders, "nothing", "count"]) == 2
    assert "There is no extension 'nothing'" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["x", *folders, "glow", "dance"])
    assert caught.value.code == 2
    with pytest.raises(SystemExit):
        main(["x", *folders, "glow", "count", "a.png", "--frames", "many"])
    assert "--frames" in capsys.readouterr().err
    assert main(["extensions", "disable", "glow", *folders]) == 0
    assert main(["x", *folders, "glow", "count"]) == 2
    assert "is not on" in capsys.readouterr().err
