"""Folders of diffusers' format: their family, architecture and defaults, from descriptions and headers alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.model_manager.catalogue.header_files import SD1, write_safetensors
from webui.errors import ModelUnusable
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.loading.family_loaders import loader_of_pipeline


def _folder(
    models: Path, pipeline: str, network: Mapping[str, Any], scheduler: Mapping[str, Any] | None = None, **index: Any
) -> Path:
    """A folder with every part that its family needs, and next to nothing in each."""
    folder, row = models / "checkpoints" / "model", loader_of_pipeline(pipeline)
    described: dict[str, Any] = {"_class_name": pipeline, "scheduler": ["diffusers", "AScheduler"], **index}
    _write(folder / "scheduler" / "scheduler_config.json", scheduler or {})
    for part, classes in row.parts.items() if row else ():
        if part in index:
            continue
        described[part] = ["diffusers", classes[0]]
        _write(folder / part / "config.json", network if part in ("unet", "transformer") else {})
        write_safetensors(folder / part / "model.safetensors", {"weight": (2, 2)}, dtype="BF16")
    for part, classes in row.tokenizers.items() if row else ():
        if part not in index:
            described[part] = ["transformers", classes[0]]
            _write(folder / part / "tokenizer_config.json", {})
    _write(folder / "model_index.json", described)
    return folder


def _write(file: Path, values: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(values))


def _entry(models: Path) -> ModelEntry:
    (entry,) = Catalogue((models,)).entries()
    return entry


@pytest.mark.parametrize(
    ("pipeline", "network", "expected"),
    [
        ("StableDiffusionPipeline", {"cross_attention_dim": 768}, ("stable-diffusion", "sd1", "SD 1.x")),
        ("StableDiffusionPipeline", {"cross_attention_dim": 1024}, ("stable-diffusion", "sd2", "SD 2.x")),
        ("StableDiffusionPipeline", {"cross_attention_dim": 32}, ("stable-diffusion", "sd-32", "Stable Diffusion")),
        ("StableDiffusionXLPipeline", {}, ("stable-diffusion-xl", "sdxl", "Stable Diffusion XL")),
        ("StableDiffusion3Pipeline", {}, ("stable-diffusion-3", "sd3", "Stable Diffusion 3")),
        ("FluxPipeline", {"guidance_embeds": True}, ("flux", "flux", "FLUX.1 dev")),
        ("FluxPipeline", {"guidance_embeds": False}, ("flux", "flux", "FLUX.1 schnell")),
        ("FluxFillPipeline", {"guidance_embeds": True}, ("flux", "flux", "FLUX.1 Fill")),
        ("ChromaPipeline", {}, ("chroma", "chroma", "Chroma")),
        ("Flux2Pipeline", {}, ("flux-2", "flux-2", "FLUX.2")),
        ("ZImagePipeline", {}, ("z-image", "z-image", "Z-Image")),
        ("QwenImagePipeline", {}, ("qwen-image", "qwen-image", "Qwen-Image")),
    ],
)
def test_each_family_is_known_by_its_pipeline_and_its_network(
    tmp_path: Path, pipeline: str, network: Mapping[str, Any], expected: tuple[str, str, str]
) -> None:
    _folder(tmp_path, pipeline, network)
    entry = _entry(tmp_path)
    assert (entry.problem, entry.family, entry.architecture, entry.base) == (None, *expected)
    assert entry.inpainting == (pipeline == "FluxFillPipeline")
    assert entry.dtype == "bf16"


def test_the_refiner_is_one_for_loras_too(tmp_path: Path) -> None:
    none: Mapping[str, Any] = {"text_encoder": [None, None], "tokenizer": [None, None]}
    _folder(tmp_path, "StableDiffusionXLImg2ImgPipeline", {}, requires_aesthetics_score=True, **none)
    entry = _entry(tmp_path)
    assert (entry.problem, entry.architecture) == (None, "sdxl-refiner")


def test_the_scheduler_says_what_the_network_predicts(tmp_path: Path) -> None:
    _folder(tmp_path, "StableDiffusionPipeline", {"cross_attention_dim": 1024}, {"prediction_type": "v_prediction"})
    assert _entry(tmp_path).prediction == "v_prediction"
    scheduler = {"_class_name": "FlowMatchEulerDiscreteScheduler"}
    _folder(tmp_path, "StableDiffusion3Pipeline", {}, scheduler)
    assert _entry(tmp_path).prediction == "flow"


def test_people_start_with_what_suits_the_model(tmp_path: Path) -> None:
    _folder(tmp_path, "FluxPipeline", {"guidance_embeds": False})
    schnell = _entry(tmp_path)
    assert (schnell.defaults["steps"], schnell.defaults["cfg_scale"]) == (4, 1.0)
    assert "distilled_guidance" not in schnell.capabilities
    write_safetensors(tmp_path / "checkpoints" / "sea.safetensors", SD1)
    sea = Catalogue((tmp_path,)).find("sea")
    assert sea.defaults["cfg_scale"] > 1
    assert {"negative_prompt", "lora", "img2img"} <= set(sea.capabilities)


def test_other_pipelines_of_diffusers_run_through_the_adapter(tmp_path: Path) -> None:
    _folder(tmp_path, "WanPipeline", {})
    entry = _entry(tmp_path)
    assert (entry.problem, entry.family, entry.base) == (None, "pipeline", "Wan")
    assert "video" in entry.capabilities


def test_what_the_adapter_cannot_ask_for_says_why(tmp_path: Path) -> None:
    _folder(tmp_path, "AudioLDM2Pipeline", {})
    with pytest.raises(ModelUnusable):
        Catalogue((tmp_path,)).find("model")


def test_a_part_in_shards_needs_all_of_them(tmp_path: Path) -> None:
    folder = _folder(tmp_path, "FluxPipeline", {})
    (folder / "transformer" / "model.safetensors").unlink()
    names = [f"model-0000{number}-of-00002.safetensors" for number in (1, 2)]
    _write(folder / "transformer" / "model.safetensors.index.json", {"weight_map": {"a": names[0], "b": names[1]}})
    for name in names:
        write_safetensors(folder / "transformer" / name, {"weight": (3, 3)})
    assert (_entry(tmp_path).problem, _entry(tmp_path).parameters) == (None, 18)
    (folder / "transformer" / names[1]).unlink()
    with pytest.raises(ModelUnusable, match=r"model-00002-of-00002\.safetensors is missing"):
        Catalogue((tmp_path,)).find("model")
