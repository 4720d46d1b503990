from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.extensions.installing.git_server import GitServer
from webui.extensions.extensions import Extensions
from webui.extensions.installing.git import Git
from webui.extensions.installing.installer import Installer
from webui.extensions.installing.requirements import Requirements
from webui.settings import Settings


@pytest.fixture(scope="package")
def git_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    with GitServer(tmp_path_factory.mktemp("repositories"), tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def git(git_server: GitServer) -> Git:
    return Git(loopback=True, ca_file=git_server.ca_file)


@pytest.fixture
def settings(tmp_path: Path, git_server: GitServer) -> Settings:
    return Settings(
        data_dir=tmp_path / "data",
        extensions_dir=tmp_path / "extensions",
        downloads_from_this_computer=True,
        extensions_ca_file=git_server.ca_file,
    )


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    folder = tmp_path / "wheels"
    folder.mkdir()
    return folder


@pytest.fixture
def start(settings: Settings, wheels: Path) -> Iterator[Callable[[], tuple[Extensions, Installer]]]:
    """Starts what the server starts with, as often as it is called."""
    started: list[Extensions] = []

    def begin() -> tuple[Extensions, Installer]:
        extensions = Extensions(settings)
        started.append(extensions)
        return extensions, Installer(extensions, requirements=Requirements(find_links=wheels))

    yield begin
    for extensions in started:
        extensions.close()
