from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.cli.recorded import STEPS, Recorded, record
from tests.one_precision import computed_in


@pytest.fixture(scope="module", autouse=True)
def _one_precision() -> Iterator[None]:
    """Runs of the command line have data folders of their own, and are compared with each other."""
    with computed_in(torch.float32):
        yield


@pytest.fixture(scope="session")
def recorded(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A walk with a sampler that draws noise on its way; no test changes its folder."""
    flags = ["--models-dir", str(tiny_models_dir), "--data-dir", str(tmp_path_factory.mktemp("data"))]
    walk = ["--negative-prompt", "fog", "--steps", str(STEPS), "--sampler", "DPM++ 2M SDE", "--cfg-scale", "4"]
    with computed_in(torch.float32):  # this one comes before those of modules
        return record(tmp_path_factory.mktemp("made"), flags, *walk)
