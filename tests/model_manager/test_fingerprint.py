import shutil
from pathlib import Path

from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.fingerprint import fingerprint


def _entry(models_dir: Path, name: str) -> ModelEntry:
    return next(entry for entry in Catalogue((models_dir,)).entries() if entry.name == name)


def test_a_copy_has_the_same_fingerprint_and_another_model_another(tiny_models_dir: Path, tmp_path: Path) -> None:
    own = fingerprint(_entry(tiny_models_dir, "tiny"))
    assert len(own) == 32
    shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", tmp_path / "checkpoints" / "copied")
    assert fingerprint(_entry(tmp_path, "copied")) == own
    assert fingerprint(_entry(tiny_models_dir, "tiny-v")) != own


def test_trained_weights_of_the_same_size_have_another_one(tiny_models_dir: Path, tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints" / "tiny"
    shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", folder)
    before = fingerprint(_entry(tmp_path, "tiny"))
    weights = next((folder / "unet").glob("*.safetensors"))
    content = bytearray(weights.read_bytes())
    for place in range(len(content) // 2, len(content)):
        content[place] ^= 1
    weights.write_bytes(content)
    assert fingerprint(_entry(tmp_path, "tiny")) != before


def test_a_single_file_has_one_too_whatever_it_is_called(tiny_models_dir: Path, tmp_path: Path) -> None:
    weights = next((tiny_models_dir / "checkpoints" / "tiny" / "unet").glob("*.safetensors"))
    for name in ("one", "other"):
        shutil.copy(weights, tmp_path / f"{name}.safetensors")
    assert fingerprint(_entry(tmp_path, "one")) == fingerprint(_entry(tmp_path, "other"))
