import json
from pathlib import Path

import pytest
import torch

from webui.errors import ModelNotFound
from webui.model_manager.loading import exhausted
from webui.model_manager.manager import CALIBRATION_FILE, ModelManager
from webui.model_manager.precision import Precision

CPU = torch.device("cpu")


@pytest.fixture
def manager(tiny_models_dir: Path, tmp_path: Path) -> ModelManager:
    return ModelManager(models_dirs=(tiny_models_dir,), data_dir=tmp_path, device=CPU)


def test_a_model_in_memory_is_not_loaded_again(manager: ModelManager) -> None:
    first = exhausted(manager.load("tiny"))
    assert list(manager.load("tiny")) == []
    assert exhausted(manager.load("tiny")).family is first.family


def test_the_model_in_memory_stays_usable_when_another_cannot_be_loaded(manager: ModelManager) -> None:
    first = exhausted(manager.load("tiny"))
    with pytest.raises(ModelNotFound):
        exhausted(manager.load("nope"))
    assert manager.loaded is first


def test_the_dtype_is_measured_once_and_then_remembered(
    manager: ModelManager, tiny_models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = (Precision(torch.float32, channels_last=True), Precision(torch.bfloat16))
    for module in ("best_precision", "precision"):
        monkeypatch.setattr(f"webui.model_manager.{module}.candidates", lambda *_: both)
    chosen = exhausted(manager.load("tiny")).family.dtype
    memory = tmp_path / CALIBRATION_FILE
    (key, record), *others = json.loads(memory.read_text()).items()
    assert not others
    assert set(record["seconds"]) == {"float32, channels last", "bfloat16"}
    assert f"torch.{record['dtype']}" == str(chosen)
    other = "bfloat16" if record["dtype"] == "float32" else "float32"
    memory.write_text(json.dumps({key: record | {"dtype": other}}))
    again = ModelManager(models_dirs=(tiny_models_dir,), data_dir=tmp_path, device=CPU)
    assert str(exhausted(again.load("tiny")).family.dtype) == f"torch.{other}"
