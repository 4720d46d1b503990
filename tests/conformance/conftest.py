from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.conformance.pipelines import BUNDLED, Side
from tests.one_precision import computed_in
from webui.imaging.masked_area import MaskedArea


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


@pytest.fixture(scope="module")
def flow_side(flow_models: Path, dtype: torch.dtype, tmp_path_factory: pytest.TempPathFactory) -> Side:
    return Side(flow_models.parent, tmp_path_factory.mktemp("data"))


@pytest.fixture
def unpasted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MaskedArea, "pasted", lambda self, result: result)
