"""LoRAs are trained, stopped, gone on with, and read by others."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from bundled_model.learning.lora.settings import Places
from bundled_model.learning.lora.training import ADAPTER_FILE, Base, digest_of, forget_unless_from, train_lora
from bundled_model.learning.stopping import Stop
from bundled_model.learning.training import Budget
from tests.bundled_model.learning.lora.conftest import SMALL
from tests.bundled_model.learning.test_denoiser import StopAfter


@pytest.fixture
def places(trained: Places, tmp_path: Path) -> Places:
    """Folders in which the drawings of neon are encoded and nothing is trained."""
    begun = replace(trained, training=tmp_path, loras=tmp_path / "loras")
    shutil.copytree(trained.work("neon"), begun.work("neon"))
    (begun.work("neon") / ADAPTER_FILE).unlink()
    return begun


def test_a_stopped_and_resumed_run_writes_what_one_run_writes(trained: Places, places: Places) -> None:
    assert not train_lora("neon", places, Budget(0, 2), StopAfter(0), SMALL)
    assert torch.load(places.work("neon") / ADAPTER_FILE, weights_only=True)["step"] == 1
    assert not places.file("neon").exists()
    assert train_lora("neon", places, Budget(0, 2), Stop(), SMALL)
    whole, parts = load_file(trained.file("neon")), load_file(places.file("neon"))
    assert all(torch.equal(whole[name], parts[name]) for name in whole | parts)


def test_a_stop_before_anything_is_drawn_writes_nothing(places: Places) -> None:
    shutil.rmtree(places.work("neon"))
    asked = Stop()
    asked.asked = True
    assert not train_lora("neon", places, Budget(0, 2), asked, SMALL)
    assert not places.file("neon").exists()


def test_other_settings_and_another_model_begin_anew(trained: Places, places: Places) -> None:
    work, digest = places.work("neon"), digest_of(places.model)
    shutil.copy(trained.work("neon") / ADAPTER_FILE, work)
    forget_unless_from(work, digest, SMALL)
    assert (work / ADAPTER_FILE).exists()
    forget_unless_from(work, digest, replace(SMALL, rank=3))
    assert not (work / ADAPTER_FILE).exists()
    assert (work / "latents").exists()
    forget_unless_from(work, "another", SMALL)
    assert not (work / "latents").exists()


def test_training_moves_every_matrix_away_from_nothing(trained: Places) -> None:
    tensors = load_file(trained.file("neon"))
    assert all(bool(value.any()) for name, value in tensors.items() if name.endswith("lora_up.weight"))


def test_every_kind_of_layer_that_makes_a_look_is_changed(trained: Places) -> None:
    names = {name.partition(".")[0] for name in load_file(trained.file("neon"))}
    for layer in ("conv_in", "conv_out", "resnets_0_conv1", "time_emb_proj", "attn2_to_k", "downsamplers_0_conv"):
        assert any(name.endswith(layer) for name in names), layer


def test_diffusers_reads_the_file_and_a_weight_of_zero_is_the_plain_model(trained: Places) -> None:
    pipeline = Base.load(trained.model).pipeline
    unet = pipeline.unet
    given = (torch.ones(1, 16, 32, 32), 500, torch.ones(1, 77, 32))
    with torch.inference_mode():
        plain = unet(*given).sample
        pipeline.load_lora_weights(trained.file("neon"), adapter_name="neon")
        changed = unet(*given).sample
        pipeline.set_adapters(["neon"], [0.0])
        assert torch.equal(unet(*given).sample, plain)
    assert not torch.allclose(changed, plain)
    read = sum("lora_A" in name for name, _ in unet.named_parameters())
    assert read == sum(name.endswith("lora_down.weight") for name in load_file(trained.file("neon")))


def test_a_preview_lies_beside_the_file(trained: Places) -> None:
    assert Image.open(trained.preview("neon")).size == (256, 256)
