"""The export: plain diffusers loads what it writes; and the model in the repository is small and listens to words."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DiffusionPipeline, StableDiffusionPipeline
from safetensors import safe_open

MODEL = Path(__file__).parents[3] / "models" / "checkpoints" / "postcard"


@pytest.fixture(scope="module")
def pipeline() -> StableDiffusionPipeline:
    loaded = DiffusionPipeline.from_pretrained(MODEL)
    loaded.set_progress_bar_config(disable=True)
    return loaded


def picture(pipeline: StableDiffusionPipeline, prompt: str, seed: int = 1, steps: int = 4) -> np.ndarray:
    generator = torch.Generator().manual_seed(seed)
    result = pipeline(prompt, num_inference_steps=steps, guidance_scale=5.0, generator=generator)
    return np.asarray(result.images[0]).astype(int)


def test_it_is_a_stable_diffusion_pipeline_of_256_pixels(pipeline: StableDiffusionPipeline) -> None:
    assert type(pipeline) is StableDiffusionPipeline
    assert picture(pipeline, "the sea", steps=1).shape == (256, 256, 3)


def test_two_prompts_of_one_seed_give_two_pictures(pipeline: StableDiffusionPipeline) -> None:
    night, day = (picture(pipeline, text) for text in ("the sea at night", "a desert by day"))
    assert day.mean() > night.mean() + 40


def test_the_same_prompt_and_seed_give_the_same_picture(pipeline: StableDiffusionPipeline) -> None:
    assert np.array_equal(picture(pipeline, "a red house", steps=2), picture(pipeline, "a red house", steps=2))


def test_the_noise_schedule_ends_without_signal(pipeline: StableDiffusionPipeline) -> None:
    assert pipeline.scheduler.config["prediction_type"] == "v_prediction"
    assert pipeline.scheduler.config["rescale_betas_zero_snr"]
    assert pipeline.scheduler.config["timestep_spacing"] == "trailing"


def test_the_folder_is_at_most_64_megabytes_and_holds_no_pickles() -> None:
    files = [file for file in MODEL.rglob("*") if file.is_file()]
    assert sum(file.stat().st_size for file in files) < 64_000_000
    assert {file.suffix for file in files} <= {".json", ".safetensors", ".txt", ".md", ".png"}


def test_what_is_written_has_half_the_size_and_loads_in_single_precision(tiny_model: Path) -> None:
    loaded = DiffusionPipeline.from_pretrained(tiny_model)
    for part in ("unet", "vae", "text_encoder"):
        (file,) = (tiny_model / part).glob("*.safetensors")
        with safe_open(file, "pt") as weights:
            kinds = {weights.get_tensor(name).dtype for name in weights.keys() if "position_ids" not in name}
        assert kinds == {torch.float16}
        assert getattr(loaded, part).dtype == torch.float32


def test_the_tokenizer_is_written_for_programs_that_read_the_classic_files(tiny_model: Path) -> None:
    vocabulary = json.loads((tiny_model / "tokenizer" / "vocab.json").read_text(encoding="utf-8"))
    assert vocabulary == DiffusionPipeline.from_pretrained(tiny_model).tokenizer.get_vocab()
    assert (tiny_model / "tokenizer" / "merges.txt").read_text(encoding="utf-8").startswith("#version")


def test_an_export_forgets_what_was_measured_of_former_weights_and_keeps_the_preview(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("skia", exc_type=ImportError)
    from bundled_model.shipping import export

    target = Path(shutil.copytree(tiny_model, tmp_path / "checkpoints" / "postcard"))
    (target / "normal.json").write_text("{}")
    (target / "preview.png").write_bytes(b"png")
    monkeypatch.setattr(export, "build_pipeline", lambda folder: DiffusionPipeline.from_pretrained(tiny_model))
    size = export.export_pipeline(tmp_path, target)
    files = {file.name: file for file in target.iterdir()}
    assert files["preview.png"].read_bytes() == b"png"
    assert "normal.json" not in files
    assert files["README.md"].read_text(encoding="utf-8").startswith("---\nlicense: apache-2.0\n")
    assert size == sum(file.stat().st_size for file in target.rglob("*") if file.is_file())
    assert not target.with_name("postcard.part").exists()
