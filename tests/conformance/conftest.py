from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.conformance.pipelines import BUNDLED, Side
from tests.one_precision import computed_in


@pytest.fixture(scope="module", params=[torch.float32, torch.bfloat16], ids=["fp32", "bf16"])
def dtype(request: pytest.FixtureRequest) -> Iterator[torch.dtype]:
    with computed_in(request.param):
        yield request.param


@pytest.fixture(scope="module")
def ours(tiny_models_dir: Path, dtype: torch.dtype, tmp_path_factory: pytest.TempPathFactory) -> Side:
    return Side(tiny_models_dir, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def ours_bundled(dtype: torch.dtype, tmp_path_factory: pytest.TempPathFactory) -> Side:
    return Side(BUNDLED.parents[1], tmp_path_factory.mktemp("data"))
