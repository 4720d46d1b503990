from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.conformance.pipelines import BUNDLED, Side
from tests.one_precision import computed_in
from tests.tiny_chroma import build_tiny_chroma
from tests.tiny_flux import build_tiny_flux
from tests.tiny_stable_diffusion_3 import build_tiny_stable_diffusion_3
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


@pytest.fixture(scope="session")
def flow_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small flow-matching models: three of SD 3, FLUX.1 dev, schnell and Fill, and Chroma."""
    checkpoints = tmp_path_factory.mktemp("flow-models") / "checkpoints"
    build_tiny_stable_diffusion_3(checkpoints / "sd3")
    build_tiny_stable_diffusion_3(checkpoints / "sd3-without-t5", t5=False)
    build_tiny_stable_diffusion_3(checkpoints / "sd3-shifting", dynamic=True)
    build_tiny_flux(checkpoints / "dev")
    build_tiny_flux(checkpoints / "schnell", kind="schnell")
    build_tiny_flux(checkpoints / "fill", kind="fill")
    build_tiny_chroma(checkpoints / "chroma")
    return checkpoints


@pytest.fixture(scope="module")
def flow_side(flow_models: Path, dtype: torch.dtype, tmp_path_factory: pytest.TempPathFactory) -> Side:
    return Side(flow_models.parent, tmp_path_factory.mktemp("data"))


@pytest.fixture
def unpasted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MaskedArea, "pasted", lambda self, result: result)
