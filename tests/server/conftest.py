from collections.abc import Iterator

import pytest

from tests.server.server_process import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server")).wait_ready()
    yield server
    server.close()
