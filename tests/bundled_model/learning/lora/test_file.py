"""The files that are written, read by the program: listed, told, put on a model."""

import copy
from pathlib import Path

import pytest
import torch

from bundled_model.learning.lora.adapter import Adapter
from bundled_model.learning.lora.file import LARGEST, Training, write_lora
from bundled_model.learning.lora.looks import LOOKS
from bundled_model.learning.lora.settings import LORA_FOLDER, MODEL_FOLDER, LoraSettings, Places
from bundled_model.learning.lora.training import Base
from webui.generation.networks import Network
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.inspecting import inspected
from webui.model_manager.catalogue.model_entry import ModelEntry
from webui.model_manager.lora.applied import ModelNetworks
from webui.model_manager.lora.file import LoraFiles
from webui.model_manager.networks import misfit

ROOT = Path(__file__).parents[4]


def listed(models: Path) -> dict[str, ModelEntry]:
    catalogue = Catalogue((models,))
    return {entry.name: entry for entry in (*catalogue.entries("lora"), *catalogue.entries("checkpoint"))}


def test_the_program_lists_it_with_preview_and_trigger_words(trained: Places) -> None:
    models = listed(trained.loras.parent)
    lora = models["neon"]
    assert (lora.kind, lora.form, lora.problem) == ("lora", "kohya", None)
    assert (lora.alias, lora.base, lora.trigger_words) == ("neon", "postcard", ("neon sign",))
    assert lora.preview == trained.preview("neon")
    assert "Glowing tubes" in lora.description
    assert inspected(lora)["tags"]["sea"] > 0


def test_it_fits_the_model_that_it_was_trained_on_and_no_other(trained: Places) -> None:
    models = listed(trained.loras.parent)
    assert models["neon"].architecture == models["postcard"].architecture == "sd-32"
    stable_diffusion = ModelEntry(
        name="sd", path=Path("sd"), kind="checkpoint", family="stable-diffusion", format="diffusers", size_bytes=0,
        default_width=512, default_height=512, architecture="sd1", base="SD 1.x",
    )  # fmt: skip
    assert misfit(models["neon"], models["postcard"]) == ""
    assert misfit(models["neon"], stable_diffusion) == "It was made for postcard, and this model is SD 1.x."


def test_the_program_does_with_it_what_pefts_own_layers_do(trained: Places, tmp_path: Path) -> None:
    pipeline = Base.load(trained.model).pipeline
    plain = pipeline.unet
    theirs = copy.deepcopy(plain)
    adapter = Adapter(theirs, 3)
    torch.manual_seed(2)
    with torch.no_grad():
        for parameter in adapter.parameters():
            parameter.copy_((0.1 * torch.randn_like(parameter)).half())
    file = tmp_path / "any.safetensors"
    write_lora(file, "neon", adapter.state_dict(), Training("postcard", "", 1, 8, LoraSettings(rank=3)))
    networks = ModelNetworks(
        {"unet": plain, "text_encoder": pipeline.text_encoder},
        model="the model 'postcard'", files=LoraFiles(), find=lambda name: file,
    )  # fmt: skip
    keys = 3 * len(adapter.layers())
    given = (torch.randn(1, 16, 32, 32), 500, torch.randn(1, 77, 32))
    with torch.inference_mode():
        before = plain(*given).sample
        assert networks.apply([Network("lora", "any")]) == [f"LoRA 'any': {keys} of {keys} keys matched."]
        ours, wanted = plain(*given).sample, theirs(*given).sample
    assert torch.allclose(ours, wanted, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(ours, before, atol=1e-2)


@pytest.mark.parametrize("name", LOOKS)
def test_the_loras_that_ship_fit_the_model_that_ships(name: str) -> None:
    places = Places(ROOT, ROOT / MODEL_FOLDER, ROOT / LORA_FOLDER)
    models = listed(ROOT / "models")
    assert places.file(name).stat().st_size <= LARGEST
    assert misfit(models[name], models["postcard"]) == ""
    assert models[name].trigger_words == (LOOKS[name].trigger,)
    assert models[name].preview == places.preview(name)
