import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import gguf
import pytest
import torch
from safetensors.torch import save_file

from tests.model_manager.loading.original_layout import original_clip, original_vae
from tests.model_manager.loading.original_sd3 import original_sd3
from tests.tiny_stable_diffusion_3 import build_tiny_stable_diffusion_3
from webui.errors import ModelUnusable
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.loading import single_files
from webui.model_manager.loading.load_model import exhausted, load_family
from webui.model_manager.loading.single_file_plan import Neighbours
from webui.model_manager.loading.single_files import configuration
from webui.model_manager.loading.tokenizer_places import TokenizerPlaces
from webui.model_manager.loading.weight_files import promised_folder

CPU = torch.device("cpu")
CONFIGURATIONS = {
    "transformer": "sd3/transformer", "vae": "autoencoders/sd3", "text_encoder": "text_encoders/clip_l",
    "text_encoder_2": "text_encoders/clip_g", "text_encoder_3": "text_encoders/t5_xxl",
}  # fmt: skip


@pytest.fixture
def sd3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small model's folder, whose sizes count as those of Stable Diffusion 3 now."""
    folder = build_tiny_stable_diffusion_3(tmp_path / "sd3")
    scheduler = configuration("sd3/scheduler")
    for part, name in CONFIGURATIONS.items():
        file = tmp_path / "configurations" / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        config = json.loads((folder / part / "config.json").read_text())
        if part == "transformer":  # read from the weights
            config |= {"num_layers": 1, "dual_attention_layers": [], "qk_norm": None, "pos_embed_max_size": 2}
        file.write_text(json.dumps(config))
    (tmp_path / "configurations" / "sd3" / "scheduler.json").write_text(json.dumps(scheduler))
    monkeypatch.setattr(single_files, "CONFIGURATIONS", tmp_path / "configurations")
    monkeypatch.setattr(single_files, "SD3_HEAD", 8)
    return folder


def _tensors(folder: Path) -> dict[str, torch.Tensor]:
    return {name: promise.read() for name, promise in promised_folder(folder).items()}


def _entry(path: Path, form: str = "single file") -> ModelEntry:
    return ModelEntry(
        name=path.stem, path=path, kind="checkpoint", family="stable-diffusion-3", format=form, size_bytes=1,
        default_width=64, default_height=64, architecture="sd3",
    )  # fmt: skip


def _saved(tensors: dict[str, torch.Tensor], target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, target)
    return target


def _encoders(folder: Path) -> dict[str, torch.Tensor]:
    whole = original_clip(_tensors(folder / "text_encoder"), "text_encoders.clip_l.transformer.")
    whole |= original_clip(_tensors(folder / "text_encoder_2"), "text_encoders.clip_g.transformer.")
    t5 = _tensors(folder / "text_encoder_3")
    return whole | {f"text_encoders.t5xxl.transformer.{name}": tensor for name, tensor in t5.items()}


def _places(folder: Path) -> Neighbours:
    (folder / "tokenizers").mkdir()
    (folder / "tokenizer_3").rename(folder / "tokenizers" / "t5")
    return Neighbours(tokenizers=TokenizerPlaces(folders=(folder / "tokenizers",), hub=False))


def test_a_whole_checkpoint_has_the_weights_it_was_made_of(sd3: Path, tmp_path: Path) -> None:
    transformer, vae = _tensors(sd3 / "transformer"), _tensors(sd3 / "vae")
    file = _saved(original_sd3(transformer) | original_vae(vae) | _encoders(sd3), tmp_path / "one.safetensors")
    family = exhausted(load_family(_entry(file), device=CPU, dtype=torch.float32, neighbours=_places(sd3)))
    assert family.parts.keys() == CONFIGURATIONS.keys()
    for part, module in family.parts.items():
        expected = _tensors(sd3 / part)
        for name, weight in module.state_dict().items():
            if part == "text_encoder" and name == "text_projection.weight":
                assert torch.equal(weight, torch.eye(16))  # the smaller encoder's last state is used as it is
            else:
                assert torch.equal(weight, expected.get(name, expected.get("shared.weight"))), (part, name)


def test_a_checkpoint_without_the_largest_encoder_is_loaded_without_it(sd3: Path, tmp_path: Path) -> None:
    clips = {name: each for name, each in _encoders(sd3).items() if "t5xxl" not in name}
    whole = original_sd3(_tensors(sd3 / "transformer")) | original_vae(_tensors(sd3 / "vae")) | clips
    file = _saved(whole, tmp_path / "one.safetensors")
    family = exhausted(load_family(_entry(file), device=CPU, dtype=torch.float32))
    assert "text_encoder_3" not in family.parts


def test_an_encoder_whose_tokenizer_is_nowhere_says_which_files_to_put_where(sd3: Path, tmp_path: Path) -> None:
    whole = original_sd3(_tensors(sd3 / "transformer")) | original_vae(_tensors(sd3 / "vae")) | _encoders(sd3)
    file = _saved(whole, tmp_path / "one.safetensors")
    nowhere = Neighbours(tokenizers=TokenizerPlaces(hub=False))
    with pytest.raises(ModelUnusable, match="tokenizer of the text encoder T5") as raised:
        exhausted(load_family(_entry(file), device=CPU, dtype=torch.float32, neighbours=nowhere))
    assert "spiece.model" in raised.value.hint
    assert "models/text_encoders/" in raised.value.hint


def test_a_transformer_in_a_gguf_file_computes_with_its_quantised_weights(
    sd3: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = _gguf(original_sd3(_tensors(sd3 / "transformer"), prefix=""), tmp_path / "one.gguf")
    clips = {"": original_clip(_tensors(sd3 / "text_encoder"), ""), "_2": _tensors(sd3 / "text_encoder_2")}
    lent = [_saved(each, tmp_path / "lent" / f"clip{name}.safetensors") for name, each in clips.items()]
    vae = _saved(original_vae(_tensors(sd3 / "vae"), prefix=""), tmp_path / "lent" / "vae.safetensors")
    neighbours = Neighbours(text_encoders=tuple(lent), vaes=(vae,))
    _known_by_their_small_sizes(monkeypatch)
    family = exhausted(load_family(_entry(file, "gguf"), device=CPU, dtype=torch.float32, neighbours=neighbours))
    exact = exhausted(load_family(_folder_entry(sd3), device=CPU, dtype=torch.float32))
    assert family.parts["transformer"].transformer_blocks[0].ff.net[0].proj.weight.dtype == torch.uint8
    inputs: Any = dict(
        hidden_states=torch.randn(1, 16, 8, 8), encoder_hidden_states=torch.randn(1, 5, 32),
        pooled_projections=torch.randn(1, 24), timestep=torch.tensor([500.0]), return_dict=False,
    )  # fmt: skip
    with torch.inference_mode():
        made, expected = (each.parts["transformer"](**inputs)[0] for each in (family, exact))
    assert not torch.equal(made, expected)
    assert (made - expected).abs().max() < 0.1 * expected.abs().max()


def _known_by_their_small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    small = {
        "text_encoder": {single_files._POSITIONS: (77, 16)}, "text_encoder_2": {single_files._POSITIONS: (77, 8)},
        "vae": {"decoder.conv_in.weight": (-1, 16, 3, 3)},
    }  # fmt: skip
    parts = {
        name: replace(part, known_by=small.get(name, part.known_by))
        for name, part in single_files.SINGLE_PARTS["sd3"].items()
    }
    monkeypatch.setitem(single_files.SINGLE_PARTS, "sd3", parts)  # pyright: ignore[reportArgumentType]


def _folder_entry(folder: Path) -> ModelEntry:
    (folder / "tokenizer_3").mkdir(exist_ok=True)
    return ModelEntry(
        name="sd3", path=folder, kind="checkpoint", family="stable-diffusion-3", format="diffusers", size_bytes=1,
        default_width=64, default_height=64,
    )  # fmt: skip


def _gguf(tensors: dict[str, torch.Tensor], target: Path) -> Path:
    writer = gguf.GGUFWriter(str(target), "sd3")
    for name, tensor in tensors.items():
        values = tensor.float().numpy()
        kind = gguf.GGMLQuantizationType.F32
        if tensor.dim() == 2 and tensor.shape[1] % 32 == 0 and name.startswith("joint_blocks"):
            kind = gguf.GGMLQuantizationType.Q8_0
            values = gguf.quants.quantize(values, kind)
        writer.add_tensor(name, values, raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target
