from collections.abc import Iterator

import pytest

from tests.model_manager.downloads.model_host import ModelHost, model_host


@pytest.fixture
def host() -> Iterator[ModelHost]:
    with model_host() as started:
        yield started
