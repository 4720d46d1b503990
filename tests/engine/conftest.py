from collections.abc import Iterator

import pytest
import torch

from tests.one_precision import computed_in


@pytest.fixture(scope="module", autouse=True)
def _one_precision() -> Iterator[None]:
    """Results are compared closely here, and a busy machine may find the other precision quicker."""
    with computed_in(torch.float32):
        yield
