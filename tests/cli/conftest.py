from pathlib import Path

import pytest

from tests.cli.recorded import STEPS, Recorded, record


@pytest.fixture(scope="session")
def recorded(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """A walk with a sampler that draws noise on its way; no test changes its folder."""
    flags = ["--models-dir", str(tiny_models_dir), "--data-dir", str(tmp_path_factory.mktemp("data"))]
    walk = ["--negative-prompt", "fog", "--steps", str(STEPS), "--sampler", "DPM++ 2M SDE", "--cfg-scale", "4"]
    return record(tmp_path_factory.mktemp("made"), flags, *walk)
