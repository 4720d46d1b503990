from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.server.server_process import Server

if TYPE_CHECKING:
    from tests.server.access.app_routes import AppRoute


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server")).wait_ready()
    yield server
    server.close()


@pytest.fixture(scope="session")
def routes(tmp_path_factory: pytest.TempPathFactory) -> "list[AppRoute]":
    """Every route of an application with everything switched on, the page's included."""
    from tests.server.access.app_routes import routes_of_everything  # takes seconds, as it imports Gradio

    return routes_of_everything(tmp_path_factory.mktemp("routes"))
