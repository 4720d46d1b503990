import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tests.model_manager.catalogue.header_files import write_safetensors
from tests.model_manager.loading.flow_layout import chroma_shapes, flux_shapes, sd3_shapes
from tests.model_manager.loading.original_layout import original_clip, original_open_clip, original_unet, original_vae
from tests.tiny_text import write_tiny_t5
from webui.errors import ModelUnusable
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.loading import single_files
from webui.model_manager.loading.load_model import exhausted, load_family, plan_model
from webui.model_manager.loading.part_loading import check_places, empty_part
from webui.model_manager.loading.single_file_plan import Neighbours
from webui.model_manager.loading.single_files import SINGLE_PARTS, configuration
from webui.model_manager.loading.tokenizer_places import TokenizerPlaces
from webui.model_manager.loading.weight_files import promised, promised_folder

CPU = torch.device("cpu")


def _entry(path: Path, architecture: str, **more: Any) -> ModelEntry:
    return ModelEntry(
        name=path.stem, path=path, kind="checkpoint", family=None, format="single file", size_bytes=1,
        default_width=64, default_height=64, architecture=architecture, **more,
    )  # fmt: skip


def _tensors(folder: Path) -> dict[str, torch.Tensor]:
    return {name: promise.read() for name, promise in promised_folder(folder).items()}


@pytest.fixture
def as_small_as_tiny(tiny_models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the model `tiny`, whose sizes count as those of Stable Diffusion 1 now."""
    tiny = tiny_models_dir / "checkpoints" / "tiny"
    for part, name in (("unet", "sd1/unet"), ("vae", "autoencoders/sd"), ("text_encoder", "text_encoders/clip_l")):
        file = tmp_path / "configurations" / f"{name}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text((tiny / part / "config.json").read_text())
    (tmp_path / "configurations" / "sd1" / "scheduler.json").write_text(json.dumps(configuration("sd1/scheduler")))
    monkeypatch.setattr(single_files, "CONFIGURATIONS", tmp_path / "configurations")
    return tiny


def _checkpoint(tiny: Path, target: Path) -> Path:
    """The model `tiny` as A1111 and ComfyUI have it: one file, with the names of its authors."""
    unet = original_unet(_tensors(tiny / "unet"), json.loads((tiny / "unet" / "config.json").read_text()))
    whole = unet | original_vae(_tensors(tiny / "vae")) | original_clip(_tensors(tiny / "text_encoder"))
    save_file({name: tensor.contiguous() for name, tensor in whole.items()}, target)
    return target


def test_a_checkpoint_in_one_file_has_the_weights_of_the_folder_it_was_made_of(
    as_small_as_tiny: Path, tmp_path: Path
) -> None:
    file = _checkpoint(as_small_as_tiny, tmp_path / "one.safetensors")
    family = exhausted(load_family(_entry(file, "sd1"), device=CPU, dtype=torch.float32))
    for part, module in family.parts.items():
        expected = _tensors(as_small_as_tiny / part)
        places = module.state_dict()
        assert places.keys() == expected.keys()
        assert all(torch.equal(places[name], expected[name]) for name in places)


def test_a_checkpoint_whose_encoder_is_missing_says_which_file_to_put_where(
    as_small_as_tiny: Path, tmp_path: Path
) -> None:
    unet = original_unet(
        _tensors(as_small_as_tiny / "unet"), json.loads((as_small_as_tiny / "unet" / "config.json").read_text())
    )
    file = tmp_path / "unet.safetensors"
    save_file(unet, file)
    with pytest.raises(ModelUnusable, match=r"clip_l\.safetensors") as raised:
        exhausted(load_family(_entry(file, "sd1"), device=CPU, dtype=torch.float32))
    assert "models/text_encoders/" in raised.value.hint


def test_a_checkpoint_with_a_tensor_less_is_a_sentence(as_small_as_tiny: Path, tmp_path: Path) -> None:
    file = _checkpoint(as_small_as_tiny, tmp_path / "one.safetensors")
    whole = {name: promise.read() for name, promise in promised(file).items() if not name.endswith("out.2.bias")}
    save_file(whole, file)
    with pytest.raises(ModelUnusable, match=r"lacks 1 of .* weights, such as conv_out\.bias"):
        exhausted(load_family(_entry(file, "sd1"), device=CPU, dtype=torch.float32))


@pytest.mark.parametrize("prediction", ["epsilon", "v_prediction"])
def test_the_prediction_that_was_identified_is_that_of_the_schedule(
    as_small_as_tiny: Path, tmp_path: Path, prediction: str
) -> None:
    file = _checkpoint(as_small_as_tiny, tmp_path / "one.safetensors")
    plan = plan_model(_entry(file, "sd1", prediction=prediction))
    assert plan.scheduler_config["prediction_type"] == prediction


@pytest.mark.parametrize("architecture", ["sd1", "sd2", "sdxl", "sdxl-refiner"])
def test_every_weight_of_a_full_size_checkpoint_finds_its_place(architecture: str, tmp_path: Path) -> None:
    shapes: dict[str, tuple[int, ...]] = {}
    for name, part in SINGLE_PARTS[architecture].items():
        module: Any = empty_part(part.class_name, configuration(part.configuration))
        shapes |= {key: tuple(each.shape) for key, each in _original(name, part.prefixes[0], module).items()}
    file = write_safetensors(tmp_path / "full.safetensors", shapes)
    plan = plan_model(_entry(file, architecture))
    assert plan.parts.keys() == SINGLE_PARTS[architecture].keys()
    for name, part in plan.parts.items():
        module = empty_part(part.class_name, part.config)
        check_places(module, part.weights(module), name)


def _original(name: str, prefix: str, module: Any) -> dict[str, torch.Tensor]:
    tensors = module.state_dict()
    if name == "unet":
        return original_unet(tensors, module.config)
    if name == "vae":
        return original_vae(tensors)
    return original_clip(tensors, prefix) if "transformer." in prefix else original_open_clip(tensors, prefix)


def _lent(folder: Path, *parts: str) -> Neighbours:
    """Files of full size that lend checkpoints what they lack, and a folder that counts as T5's tokenizer."""
    for architecture, name in (each.split("/") for each in parts):
        part = SINGLE_PARTS[architecture][name]
        module: Any = empty_part(part.class_name, configuration(part.configuration))
        tensors = original_vae(module.state_dict(), prefix="") if name == "vae" else module.state_dict()
        shapes = {key: tuple(each.shape) for key, each in tensors.items()}
        if part.class_name.startswith("CLIP"):
            shapes = {key: tuple(each.shape) for key, each in original_clip(module.state_dict(), "").items()}
        write_safetensors(folder / name / f"{part.configuration.rpartition('/')[2]}.safetensors", shapes)
    encoders = tuple(folder.glob("text_encoder*/*.safetensors"))
    return Neighbours(
        text_encoders=encoders, vaes=tuple(folder.glob("vae/*.safetensors")),
        tokenizers=TokenizerPlaces(folders=(folder,), hub=False),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("architecture", "shapes", "lent", "prefix"),
    [
        ("flux", flux_shapes(guided=True), ("flux/text_encoder", "flux/text_encoder_2", "flux/vae"), ""),
        ("chroma", chroma_shapes(), ("chroma/text_encoder", "chroma/vae"), "model.diffusion_model."),
        ("sd3", sd3_shapes(dual=False), ("sd3/text_encoder", "sd3/text_encoder_2", "sd3/vae"), ""),
        ("sd3", sd3_shapes(dual=True), ("sd3/text_encoder", "sd3/text_encoder_2", "sd3/vae"), "model.diffusion_model."),
    ],
)
def test_every_weight_of_a_transformer_finds_its_place_with_what_other_files_lend(
    architecture: str, shapes: dict[str, tuple[int, ...]], lent: tuple[str, ...], prefix: str, tmp_path: Path
) -> None:
    file = write_safetensors(tmp_path / "full.safetensors", {f"{prefix}{key}": each for key, each in shapes.items()})
    write_tiny_t5(tmp_path / "unused", tmp_path / "lent" / "t5", width=8)
    plan = plan_model(_entry(file, architecture), _lent(tmp_path / "lent", *lent))
    for name, part in plan.parts.items():
        module = empty_part(part.class_name, part.config)
        check_places(module, part.weights(module), name)
    assert set(plan.parts) >= {each.rpartition("/")[2] for each in lent}
