from collections.abc import Iterator

import pytest

from tests.server.hostile.whole_app import WholeApp, whole_app


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeApp]:
    with whole_app(tmp_path_factory.mktemp("whole")) as started:
        yield started
