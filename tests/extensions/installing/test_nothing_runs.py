"""Installing runs nothing: every file that anything ever runs of its own accord would drop a marker."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.extensions.installing.git_server import GitServer, make_repository
from tests.extensions.installing.made import manifest, wheel, write, zipped
from webui.extensions.cards import Status
from webui.extensions.extensions import Extensions
from webui.extensions.installing.installer import Installer
from webui.settings import ROOT, Settings

RUN_BY_OTHERS = ("__init__.py", "install.py", "setup.py", "conftest.py", "sitecustomize.py", "usercustomize.py")
Start = Callable[[], tuple[Extensions, Installer]]


def _traps(markers: Path, *requirements: str) -> dict[str, str]:
    """An extension whose every file says that it was run."""

    def drop(name: str) -> str:
        return f"open({str(markers / name)!r}, 'a').close()\n"

    hook = "from webui.extensions.api import hookimpl\n@hookimpl\ndef startup(context): ...\n"
    return {
        "extension.toml": manifest(requirements=requirements),
        "web.py": drop("web.py") + hook,
        "worker.py": drop("worker.py") + hook,
        **{name: drop(name) for name in RUN_BY_OTHERS},
        "glow.pth": f"import pathlib; pathlib.Path({str(markers / 'glow.pth')!r}).touch()\n",
        "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "setup"\nbackend-path = ["."]\n',
        "tests/conftest.py": drop("tests-conftest.py"),
        "assets/__init__.py": drop("assets.py"),
        "hooks/post-checkout": f"#!/bin/sh\ntouch {markers / 'post-checkout'}\n",
        ".gitattributes": "* filter=evil diff=evil merge=evil\n",
        ".gitmodules": f'[submodule "x"]\n path = x\n url = ext::sh -c touch% {markers / "submodule"}\n',
        ".lfsconfig": f'[lfs]\n customtransfer = "touch {markers / "lfs"}"\n',
    }


@pytest.fixture
def markers(tmp_path: Path) -> Path:
    folder = tmp_path / "markers"
    folder.mkdir()
    return folder


@pytest.fixture(params=["git", "zip", "folder"])
def trap(request: pytest.FixtureRequest, git_server: GitServer, markers: Path, tmp_path: Path) -> str:
    """Where the extension comes from."""
    if request.param == "zip":
        return str(zipped(tmp_path / "trap.zip", _traps(markers)))
    if request.param == "folder":
        return str(write(tmp_path / "trap", _traps(markers)))
    name = f"trap-{tmp_path.name}"
    make_repository(git_server.repositories / name, _traps(markers, "glowlib"))
    return f"{git_server.url}/{name}"


def test_nothing_of_an_extension_runs_before_it_is_enabled(
    trap: str, markers: Path, wheels: Path, start: Start, settings: Settings
) -> None:
    evil = f"open({str(markers / 'wheel')!r}, 'a').close()\n"
    wheel(wheels, "glowlib", "1.0", content={"glowlib/__init__.py": evil, "glowlib.pth": f"import os; {evil}"})
    extensions, installer = start()
    offer = installer.look(trap)
    assert offer.problem == ""
    assert {file.path for file in offer.contents.files} >= set(RUN_BY_OTHERS)
    assert offer.contents.hooks == {"web": ["startup"], "worker": ["startup"]}
    installer.install(offer)
    installer.installed("glow")
    again, _ = start()
    assert [card.status for card in again.cards()] == [Status.OFF]
    if "://" in trap:  # once is enough
        _list_in_another_process(settings)
    assert not list(markers.iterdir())
    extensions.enable("glow")
    assert {path.name for path in markers.iterdir()} <= {"web.py", "worker.py"}
    assert (markers / "web.py").exists()


def _list_in_another_process(settings: Settings) -> None:
    folders = ["--data-dir", str(settings.data_dir), "--extensions-dir", str(settings.extensions_dir)]
    command = [sys.executable, "-m", "webui", "extensions", "list", *folders]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert "glow" in done.stdout
