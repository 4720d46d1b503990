import itertools
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file

from tests.model_manager.loading.original_layout import original_vae
from tests.one_precision import computed_in
from webui.errors import ModelNotFound, ModelUnusable
from webui.model_manager.loading import part_loading
from webui.model_manager.loading.load_model import exhausted
from webui.model_manager.manager import CALIBRATION_FILE, ModelManager
from webui.model_manager.precision import Precision
from webui.settings import write_settings

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def one_precision() -> Iterator[None]:
    """Measuring which is quicker takes longer than all else here."""
    with computed_in(torch.float32):
        yield


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


def test_going_back_to_a_model_that_was_used_before_reads_no_weights(manager: ModelManager) -> None:
    first = exhausted(manager.load("tiny"))
    exhausted(manager.load("tiny-v"))
    with _opened() as opened:
        again = exhausted(manager.load("tiny"))
    assert again.family is first.family
    assert not [path for path in opened if path.endswith((".safetensors", "config.json"))]


def test_without_a_budget_no_model_is_kept(tiny_models_dir: Path, tmp_path: Path) -> None:
    write_settings(tmp_path, {"models": {"model_cache_mb": 0}})
    manager = ModelManager(models_dirs=(tiny_models_dir,), data_dir=tmp_path, device=CPU)
    first = exhausted(manager.load("tiny"))
    exhausted(manager.load("tiny-v"))
    assert exhausted(manager.load("tiny")).family is not first.family


def test_another_precision_is_another_model(tiny_models_dir: Path, tmp_path: Path) -> None:
    manager = ModelManager(models_dirs=(tiny_models_dir,), data_dir=tmp_path, device=CPU)
    assert exhausted(manager.load("tiny")).family.dtype == torch.float32
    write_settings(tmp_path, {"models": {"precision": "bfloat16"}})
    with computed_in(torch.bfloat16):
        assert exhausted(manager.load("tiny")).family.dtype == torch.bfloat16


Spoil = Callable[[Path, pytest.MonkeyPatch], None]


def _cut_short(model: Path, _: pytest.MonkeyPatch) -> None:
    weights = model / "unet" / "diffusion_pytorch_model.safetensors"
    os.truncate(weights, weights.stat().st_size // 2)


def _other_weights(model: Path, _: pytest.MonkeyPatch) -> None:
    save_file({"conv_in.weight": torch.zeros(32, 4, 3, 3)}, model / "unet" / "diffusion_pytorch_model.safetensors")


def _no_memory(error: Exception) -> Spoil:
    def spoil(_: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        put = part_loading.put
        calls = itertools.count()

        def failing(*arguments: Any) -> None:
            if next(calls) == 100:
                raise error
            put(*arguments)

        monkeypatch.setattr(part_loading, "put", failing)

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        _cut_short,
        _other_weights,
        _no_memory(MemoryError()),
        _no_memory(torch.OutOfMemoryError("out of memory")),
        _no_memory(RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes.")),
        _no_memory(OSError(5, "Input/output error")),
    ],
)
def test_the_model_in_memory_stays_usable_however_another_fails(
    spoil: Spoil, tiny_models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(tiny_models_dir / "checkpoints", tmp_path / "models" / "checkpoints")
    manager = ModelManager(models_dirs=(tmp_path / "models",), data_dir=tmp_path / "data", device=CPU)
    first = exhausted(manager.load("tiny"))
    loading = manager.load("tiny-v")
    next(loading)
    spoil(tmp_path / "models" / "checkpoints" / "tiny-v", monkeypatch)
    with pytest.raises(ModelUnusable, match="tiny-v"):
        exhausted(loading)
    assert manager.loaded is first
    assert list(manager.load("tiny")) == []
    assert first.family.decode(torch.zeros(1, 4, 8, 8)).shape == (1, 64, 64, 3)


def _vae_file(folder: Path, channels: int) -> Path:
    torch.manual_seed(5)
    vae = AutoencoderKL(
        block_out_channels=(8, 8, 16, 16), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, latent_channels=channels, norm_num_groups=4, layers_per_block=1,
    )  # fmt: skip
    folder.mkdir(parents=True)
    save_file(original_vae(vae.state_dict(), prefix=""), folder / "other.safetensors")
    return folder


def test_another_vae_takes_the_place_of_a_models_own(tiny_models_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", tmp_path / "models" / "checkpoints" / "tiny")
    _vae_file(tmp_path / "models" / "vae", 4)
    manager = ModelManager(models_dirs=(tmp_path / "models",), data_dir=tmp_path / "data", device=CPU)
    own = exhausted(manager.load("tiny")).family.decode(torch.ones(1, 4, 8, 8))
    other = exhausted(manager.load("tiny", vae="other"))
    assert other.vae is not None
    assert (other.family.decode(torch.ones(1, 4, 8, 8)) != own).any()
    assert (exhausted(manager.load("tiny")).family.decode(torch.ones(1, 4, 8, 8)) == own).all()


def test_a_vae_for_other_latents_is_refused_and_the_model_stays(tiny_models_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", tmp_path / "models" / "checkpoints" / "tiny")
    _vae_file(tmp_path / "models" / "vae", 16)
    manager = ModelManager(models_dirs=(tmp_path / "models",), data_dir=tmp_path / "data", device=CPU)
    first = exhausted(manager.load("tiny"))
    with pytest.raises(ModelUnusable, match="latents of 16 channels, and the model's have 4") as raised:
        exhausted(manager.load("tiny", vae="other"))
    assert raised.value.field == "vae"
    assert manager.loaded is first


@contextmanager
def _opened() -> Iterator[list[str]]:
    """Every file that is opened meanwhile."""
    opened: list[str] = []
    listening = [True]

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and listening[0]:
            opened.append(str(arguments[0]))

    sys.addaudithook(hear)
    try:
        yield opened
    finally:
        listening[0] = False


def test_a_model_is_used_as_it_is_as_long_as_its_files_stay(tiny_models_dir: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", tmp_path / "models" / "checkpoints" / "tiny")
    _vae_file(tmp_path / "models" / "vae", 4)
    manager = ModelManager(models_dirs=(tmp_path / "models",), data_dir=tmp_path / "data", device=CPU)
    loaded = exhausted(manager.load("tiny", vae="other"))
    assert manager.in_use("tiny") is loaded
    weights = tmp_path / "models" / "checkpoints" / "tiny" / "unet" / "diffusion_pytorch_model.safetensors"
    os.utime(weights, (time.time() + 60, time.time() + 60))
    manager.catalogue.rescan()
    assert manager.in_use("tiny") is None
