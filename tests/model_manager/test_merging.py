import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.model_manager.loading.original_layout import original_clip, original_unet, original_vae
from tests.tiny_loras import FORMS, made, save_lora
from webui.errors import InvalidRequest, ModelUnusable
from webui.model_manager import merge_loras
from webui.model_manager.catalogue.inspecting import identify_file
from webui.model_manager.catalogue.safetensors_header import read_header
from webui.model_manager.loading import single_files
from webui.model_manager.loading.part_loading import empty_part, read_config
from webui.model_manager.loading.single_files import configuration
from webui.model_manager.loading.weight_files import promised_folder
from webui.model_manager.merge_process import MergeRecipe, merge
from webui.model_manager.merging import merge_models
from webui.model_manager.model_tasks import Cancelled

_CLASSES = {"unet": "UNet2DConditionModel", "text_encoder": "CLIPTextModel"}


def tensors_of(folder: Path) -> dict[str, torch.Tensor]:
    return {name: promise.read() for name, promise in promised_folder(folder).items()}


def original(folder: Path) -> dict[str, torch.Tensor]:
    """A diffusers folder's tensors as A1111's single files have them."""
    unet = original_unet(tensors_of(folder / "unet"), json.loads((folder / "unet" / "config.json").read_text()))
    return unet | original_vae(tensors_of(folder / "vae")) | original_clip(tensors_of(folder / "text_encoder"))


def merged(recipe: MergeRecipe, target: Path) -> dict[str, torch.Tensor]:
    merge_models(recipe, target, tell=lambda fraction, words: None)
    return load_file(target)


def saved(path: Path, tensors: dict[str, torch.Tensor], **metadata: str) -> Path:
    save_file({name: each.contiguous() for name, each in tensors.items()}, path, metadata=metadata or None)
    return path


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    torch.manual_seed(0)
    paths = []
    for name in "abc":
        tensors = {f"model.{i}.weight": torch.randn(4, 6) for i in range(4)} | {"steps": torch.arange(3)}
        paths.append(saved(tmp_path / f"{name}.safetensors", tensors, **{"modelspec.title": name}))
    return paths


def test_a_weighted_sum_lies_between_two_models(three: list[Path], tmp_path: Path) -> None:
    a, b, _ = map(load_file, three)
    result = merged(MergeRecipe(a=three[0], b=three[1], weight=0.3, dtype="float32"), tmp_path / "new.safetensors")
    assert result.keys() == a.keys()
    assert torch.equal(result["steps"], a["steps"])
    for name in ("model.0.weight", "model.3.weight"):
        assert torch.allclose(result[name], 0.7 * a[name] + 0.3 * b[name], atol=1e-6)


def test_a_difference_is_added(three: list[Path], tmp_path: Path) -> None:
    a, b, c = map(load_file, three)
    recipe = MergeRecipe(method="add_difference", a=three[0], b=three[1], c=three[2], weight=0.5, dtype="float32")
    result = merged(recipe, tmp_path / "new.safetensors")
    name = "model.1.weight"
    assert torch.allclose(result[name], a[name] + 0.5 * (b[name] - c[name]), atol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_it_is_stored_in_the_dtype_that_is_asked_for(three: list[Path], tmp_path: Path, dtype: str) -> None:
    result = merged(MergeRecipe(a=three[0], dtype=dtype), tmp_path / "new.safetensors")
    assert {each.dtype for each in result.values()} == {getattr(torch, dtype), torch.int64}
    own = load_file(three[0])["model.0.weight"]
    assert torch.equal(result["model.0.weight"], own.to(getattr(torch, dtype)))


def test_the_file_tells_what_it_was_made_of(three: list[Path], tmp_path: Path) -> None:
    merged(MergeRecipe(a=three[0], b=three[1], weight=0.3), tmp_path / "new.safetensors")
    told = read_header(tmp_path / "new.safetensors").metadata
    assert told["modelspec.title"] == "a"
    assert json.loads(told["merge_recipe"]) == {
        "method": "weighted_sum", "a": "a", "b": "b", "weight": 0.3, "dtype": "float16", "loras": {},
    }  # fmt: skip


def test_models_of_different_kinds_are_refused_with_numbers(three: list[Path], tmp_path: Path) -> None:
    other = saved(tmp_path / "other.safetensors", {"model.0.weight": torch.zeros(9, 9), "x": torch.zeros(1)})
    with pytest.raises(ModelUnusable, match="only 0 of 4 tensors have the same names and sizes"):
        merged(MergeRecipe(a=three[0], b=other), tmp_path / "new.safetensors")


def test_models_of_two_architectures_are_refused_however_much_they_share(
    tiny_models_dir: Path, sdxl_models: Path, tmp_path: Path
) -> None:
    recipe = MergeRecipe(a=tiny_models_dir / "checkpoints" / "tiny", b=sdxl_models / "base")
    with pytest.raises(ModelUnusable, match=r"one is Stable Diffusion, the other .*XL"):
        merged(recipe, tmp_path / "new")


@pytest.mark.parametrize(
    "change", [{"method": "add_difference"}, {"weight": float("nan")}, {"method": "magic"}, {"dtype": "int4"}]
)
def test_a_recipe_that_is_not_whole_is_refused(three: list[Path], tmp_path: Path, change: dict[str, Any]) -> None:
    recipe = replace(MergeRecipe(a=three[0], b=three[1]), **change)
    with pytest.raises(InvalidRequest):
        merged(recipe, tmp_path / "new.safetensors")


def test_an_inpainting_model_keeps_what_it_sees_more_than_others(tmp_path: Path) -> None:
    wide, narrow = torch.randn(4, 9, 3, 3), torch.randn(4, 4, 3, 3)
    name = "model.diffusion_model.input_blocks.0.0.weight"
    a = saved(tmp_path / "a.safetensors", {name: wide})
    b, c = (saved(tmp_path / f"{each}.safetensors", {name: narrow + i}) for i, each in enumerate("bc"))
    half = merged(MergeRecipe(a=a, b=b, dtype="float32"), tmp_path / "half.safetensors")[name]
    assert torch.allclose(half[:, :4], (wide[:, :4] + narrow) / 2, atol=1e-6)
    assert torch.equal(half[:, 4:], wide[:, 4:])
    recipe = MergeRecipe(method="add_difference", a=a, b=b, c=c, weight=1.0, dtype="float32")
    added = merged(recipe, tmp_path / "added.safetensors")[name]
    assert torch.allclose(added[:, :4], wide[:, :4] - 1, atol=1e-6)
    assert torch.equal(added[:, 4:], wide[:, 4:])


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
    monkeypatch.setattr(merge_loras, "identify_file", lambda path: replace(identify_file(path), architecture="sd1"))
    return tiny


@pytest.mark.parametrize("form", ["lora", "tucker_loha", "lokr", "full", "dora_on_inputs"])
def test_loras_are_baked_alike_into_folders_and_files_of_other_names(
    as_small_as_tiny: Path, tmp_path: Path, form: str
) -> None:
    tiny = as_small_as_tiny
    parts = {name: empty_part(kind, read_config(tiny / name)) for name, kind in _CLASSES.items()}
    lora = save_lora(tmp_path / "ink.safetensors", made(parts, FORMS[form]))
    file = saved(tmp_path / "one.safetensors", original(tiny))
    loras = ((lora, 0.5),)
    in_file = merged(MergeRecipe(a=file, loras=loras, dtype="float32"), tmp_path / "baked.safetensors")
    merge_models(MergeRecipe(a=tiny, loras=loras, dtype="float32"), tmp_path / "baked", tell=lambda *_: None)
    in_folder, plain = original(tmp_path / "baked"), original(tiny)
    assert in_file.keys() == in_folder.keys() == plain.keys()
    assert all(torch.allclose(in_file[name], in_folder[name], atol=1e-6) for name in in_file)
    changed = {name for name in plain if not torch.equal(in_file[name], plain[name])}
    layers = [name for name, each in plain.items() if "first_stage" not in name and name.endswith("weight") and
              each.dim() > 1 and "embedding" not in name]  # fmt: skip
    assert set(layers) <= changed
    assert not any("first_stage" in name or "norm" in name for name in changed)


def test_another_vae_takes_the_place_of_the_models_own(as_small_as_tiny: Path, tmp_path: Path) -> None:
    file = saved(tmp_path / "one.safetensors", original(as_small_as_tiny))
    own = {name: each for name, each in original(as_small_as_tiny).items() if name.startswith("first_stage_model.")}
    other = {name.removeprefix("first_stage_model."): each + 1 for name, each in own.items()}
    vae = saved(tmp_path / "vae.safetensors", other)
    result = merged(MergeRecipe(a=file, b=file, vae=vae, dtype="float32"), tmp_path / "new.safetensors")
    assert all(torch.equal(result[name], each + 1) for name, each in own.items())
    wrong = saved(tmp_path / "wrong.safetensors", {"encoder.other": torch.zeros(1)})
    with pytest.raises(ModelUnusable, match="does not fit the VAE"):
        merged(MergeRecipe(a=file, vae=wrong), tmp_path / "x.safetensors")


def test_the_process_merges_tells_how_far_it_is_and_ends_when_it_is_cancelled(
    three: list[Path], tmp_path: Path
) -> None:
    told: list[float] = []
    target = tmp_path / "made" / "new.safetensors"
    recipe = MergeRecipe(a=three[0], b=three[1], weight=0.3, dtype="float32")
    merge(recipe, target, tell=lambda fraction, words: told.append(fraction), cancelled=lambda: False)
    assert load_file(target).keys() == load_file(three[0]).keys()
    assert told == sorted(told)
    assert told[-1] == 1.0
    with pytest.raises(Cancelled):
        merge(recipe, tmp_path / "other.safetensors", tell=lambda *_: None, cancelled=lambda: True)
    assert not [path for path in tmp_path.iterdir() if "other" in path.name]
