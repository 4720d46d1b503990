import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import gguf
import pytest
import torch
from diffusers import AutoencoderKLQwenImage
from safetensors.torch import save_file

from tests.model_manager.catalogue.header_files import write_safetensors
from tests.model_manager.loading.language_layout import (
    original_film_vae,
    original_flux_2,
    original_flux_2_vae,
    original_z_image,
)
from tests.model_manager.loading.original_layout import original_vae
from tests.tiny_flux_2 import build_tiny_flux_2
from tests.tiny_language import write_tiny_mistral, write_tiny_qwen3, write_tiny_qwen_tokenizer
from tests.tiny_qwen_image import build_tiny_qwen_image
from tests.tiny_z_image import build_tiny_z_image
from webui.diffusion.families.base import PromptOptions
from webui.errors import ModelUnusable
from webui.generation.request import GenerationRequest
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.catalogue.inspecting import identify_file
from webui.model_manager.loading import language_single_files, single_files
from webui.model_manager.loading.external_vae import with_vae
from webui.model_manager.loading.language_tokenizers import language_tokenizer
from webui.model_manager.loading.load_model import exhausted, load_family, plan_model
from webui.model_manager.loading.model_plan import PartPlan
from webui.model_manager.loading.part_loading import check_places, empty_part
from webui.model_manager.loading.single_file_plan import Neighbours, unscaled
from webui.model_manager.loading.single_files import SINGLE_PARTS, configuration
from webui.model_manager.loading.tokenizer_places import TokenizerPlaces
from webui.model_manager.loading.weight_files import Promises, promised, promised_folder

CPU = torch.device("cpu")
Rename = Callable[[Mapping[str, torch.Tensor]], dict[str, torch.Tensor]]
NETWORKS: dict[str, Rename] = {
    "flux-2": original_flux_2, "flux-2-klein-4b": original_flux_2, "flux-2-klein-9b": original_flux_2,
    "z-image": original_z_image, "qwen-image": dict,
}  # fmt: skip
VAES: dict[str, Rename] = {
    "AutoencoderKL": lambda tensors: original_vae(tensors, prefix=""),
    "AutoencoderKLFlux2": original_flux_2_vae, "AutoencoderKLQwenImage": original_film_vae,
}  # fmt: skip


def _entry(path: Path, variant: str, *, base: str = "", form: str = "single file") -> ModelEntry:
    return ModelEntry(
        name=path.stem, path=path, kind="checkpoint", family=None, format=form, size_bytes=1, base=base,
        default_width=64, default_height=64, architecture="flux-2" if variant.startswith("flux-2") else variant,
    )  # fmt: skip


def _tensors(folder: Path) -> dict[str, torch.Tensor]:
    return {name: promise.read() for name, promise in promised_folder(folder).items()}


def _saved(tensors: Mapping[str, torch.Tensor], target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, target)
    return target


def _written(tensors: Mapping[str, torch.Tensor], target: Path, prefix: str = "") -> Path:
    return write_safetensors(target, {prefix + name: tuple(each.shape) for name, each in tensors.items()})


def _tokenizers(folder: Path) -> TokenizerPlaces:
    """Tokenizers of Qwen's and Mistral's kinds, as people put them beside text encoders."""
    write_tiny_qwen_tokenizer(folder / "qwen_3_4b")
    _say_thinking(folder / "qwen_3_4b")
    write_tiny_mistral(folder / "unused", folder / "mistral_3_small", width=8, layers=1)
    return TokenizerPlaces(folders=(folder,), hub=False)


def _say_thinking(folder: Path) -> None:
    template = folder / "chat_template.jinja"
    template.write_text("{# enable_thinking #}" + template.read_text("utf-8"), encoding="utf-8")


_SHALLOW = {
    "flux-2": {"num_layers": 2, "num_single_layers": 3},
    "flux-2-klein-4b": {
        "num_layers": 2, "num_single_layers": 3, "num_attention_heads": 24, "joint_attention_dim": 7680,
        "guidance_embeds": False,
    },
    "flux-2-klein-9b": {
        "num_layers": 2, "num_single_layers": 3, "num_attention_heads": 32, "joint_attention_dim": 12288,
        "guidance_embeds": False,
    },
    "z-image": {"n_layers": 3, "n_refiner_layers": 1},
    "qwen-image": {"num_layers": 2},
}  # fmt: skip
"""The published networks in their full width, and with few blocks."""
_READERS = {
    "flux-2": "Mistral Small 3", "flux-2-klein-4b": "Qwen3 4B", "flux-2-klein-9b": "Qwen3 8B", "z-image": "Qwen3 4B",
    "qwen-image": "Qwen2.5-VL 7B",
}  # fmt: skip
_PREFIXES = ("", "model.diffusion_model.", "", "model.diffusion_model.", "")


@pytest.mark.parametrize(("variant", "prefix"), list(zip(_SHALLOW, _PREFIXES, strict=True)))
def test_every_weight_of_a_network_alone_finds_its_place_with_what_other_files_lend(
    variant: str, prefix: str, tmp_path: Path
) -> None:
    rows = SINGLE_PARTS[variant]
    network = empty_part(
        rows["transformer"].class_name, configuration(rows["transformer"].configuration) | _SHALLOW[variant]
    )
    file = _written(NETWORKS[variant](network.state_dict()), tmp_path / "full.safetensors", prefix)
    vae = empty_part(rows["vae"].class_name, configuration(rows["vae"].configuration))
    encoder = empty_part(rows["text_encoder"].class_name, configuration(rows["text_encoder"].configuration))
    lent = Neighbours(
        vaes=(_written(VAES[rows["vae"].class_name](vae.state_dict()), tmp_path / "vae.safetensors"),),
        text_encoders=(_written(encoder.state_dict(), tmp_path / "encoder.safetensors", "model."),),
        tokenizers=_tokenizers(tmp_path / "text_encoders"),
    )
    plan = plan_model(_entry(file, variant), lent)
    assert plan.parts.keys() == rows.keys()
    for name, part in plan.parts.items():
        module = empty_part(part.class_name, part.config)
        check_places(module, part.weights(module), name)
    assert identify_file(lent.text_encoders[0]).base == _READERS[variant]
    chosen = with_vae(plan, replace(_entry(lent.vaes[0], variant), kind="vae"))
    assert chosen.parts["vae"].config == plan.parts["vae"].config
    told = plan.parts["transformer"].config
    assert {name: told[name] for name in _SHALLOW[variant]} == _SHALLOW[variant]


TINY: dict[str, Callable[[Path], Path]] = {
    "flux-2": build_tiny_flux_2,
    "flux-2-klein-4b": lambda folder: build_tiny_flux_2(folder, klein=True),
    "z-image": build_tiny_z_image,
    "qwen-image": build_tiny_qwen_image,
}


@pytest.fixture(params=TINY)
def tiny(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Path]:
    """A variant, and the folder of a small model of it whose sizes count as the published ones now."""
    variant = request.param
    folder = TINY[variant](tmp_path / "folder")
    if variant == "flux-2":  # with a layer more than the network is told
        write_tiny_mistral(folder / "text_encoder", folder / "tokenizer", width=8, layers=31)
    if variant == "flux-2-klein-4b":
        tokens = write_tiny_qwen_tokenizer(folder / "tokenizer")
        write_tiny_qwen3(folder / "text_encoder", tokens=tokens, width=8, layers=28, whole=True)
        monkeypatch.setitem(single_files._FLUX_2_READS, 24, variant)
    if variant == "qwen-image":
        AutoencoderKLQwenImage(
            base_dim=4, z_dim=4, dim_mult=[1, 2, 4, 4], latents_mean=[0.1, -0.2, 0.0, 0.3],
            latents_std=[1.0, 2.0, 1.5, 0.5],
        ).save_pretrained(folder / "vae")  # fmt: skip
    if variant in ("flux-2-klein-4b", "z-image"):
        _say_thinking(folder / "tokenizer")
    _count_as_published(variant, folder, tmp_path / "configurations", monkeypatch)
    return variant, folder


def _count_as_published(variant: str, folder: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    latents = {"decoder.conv1.weight": (-1,) * 5} if variant == "qwen-image" else {"decoder.conv_in.weight": (-1,) * 4}
    known = {"text_encoder": {"layers.1.mlp.down_proj.weight": (-1, -1)}, "vae": latents}
    parts = SINGLE_PARTS[variant]
    for name, part in parts.items():
        config = json.loads((folder / name / "config.json").read_text())
        config = config.get("text_config", config)
        config.pop("layer_types", None)
        if name == "text_encoder" and variant == "flux-2":
            config |= {"num_hidden_layers": 30, "tie_last_hidden_states": False}
        _write(target / f"{part.configuration}.json", config)
    scheduler = json.loads((folder / "scheduler" / "scheduler_config.json").read_text())
    _write(target / ("flux-2" if variant.startswith("flux-2") else variant) / "scheduler.json", scheduler)
    monkeypatch.setattr(single_files, "CONFIGURATIONS", target)
    monkeypatch.setattr(language_single_files, "FLUX_2_HEAD", 16)
    small = {name: replace(part, known_by=known.get(name)) for name, part in parts.items()}
    monkeypatch.setitem(single_files.SINGLE_PARTS, variant, small)  # pyright: ignore[reportArgumentType]


def _write(file: Path, config: Mapping[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(config))


def _lent(variant: str, folder: Path, target: Path) -> Neighbours:
    """The model's VAE and text encoder in files of their own, the latter as ComfyUI has it, and its tokenizer."""
    names = (("model.language_model.", "model."), ("language_model.model.", "model."), ("lm_head.", ""))
    encoder: dict[str, torch.Tensor] = {}
    for name, tensor in _tensors(folder / "text_encoder").items():
        start, other = next((each for each in names if name.startswith(each[0])), ("", ""))
        plain = other + name.removeprefix(start)
        encoder[plain if plain.startswith("model.") or "visual" in plain else f"model.{plain}"] = tensor
    if variant == "flux-2":  # it ends where the network reads
        encoder = {name: each for name, each in encoder.items() if ".30." not in name and "vision" not in name}
        del encoder["model.norm.weight"]
    vae = _tensors(folder / "vae")
    class_name = SINGLE_PARTS[variant]["vae"].class_name
    vae = vae if class_name == "AutoencoderKL" else VAES[class_name](vae)
    return Neighbours(
        text_encoders=(_saved(encoder, target / "encoder.safetensors"),),
        vaes=(_saved(vae, target / "vae.safetensors"),),
        tokenizers=TokenizerPlaces(folders=(folder.parent,), hub=False),
    )


def _of_folder(folder: Path) -> Any:
    entry = replace(_entry(folder, ""), format="diffusers")
    return exhausted(load_family(entry, device=CPU, dtype=torch.float32))


def test_a_network_alone_and_what_lies_beside_it_are_the_model_of_the_folder(
    tiny: tuple[str, Path], tmp_path: Path
) -> None:
    variant, folder = tiny
    network = NETWORKS[variant](_tensors(folder / "transformer"))
    prefixed = {f"model.diffusion_model.{name}": tensor for name, tensor in network.items()}
    file = _saved(prefixed, tmp_path / "one.safetensors")
    neighbours = _lent(variant, folder, tmp_path / "lent")
    made: Any = exhausted(load_family(_entry(file, variant), device=CPU, dtype=torch.float32, neighbours=neighbours))
    expected = _of_folder(folder)
    for name in ("transformer", "vae"):
        places, theirs = (each.parts[name].state_dict() for each in (made, expected))
        assert places.keys() == theirs.keys()
        assert all(torch.equal(places[each], theirs[each]) for each in places)
    assert torch.equal(made.text.encode("a red cat"), expected.text.encode("a red cat"))
    assert made.scheduler_config == expected.scheduler_config


@pytest.mark.parametrize("tiny", ["flux-2-klein-4b", "z-image", "qwen-image"], indirect=True)
def test_a_network_in_a_gguf_file_computes_with_its_quantised_weights(tiny: tuple[str, Path], tmp_path: Path) -> None:
    variant, folder = tiny
    network = NETWORKS[variant](_tensors(folder / "transformer"))
    entry = _entry(_gguf(network, tmp_path / "one.gguf"), variant, form="gguf")
    neighbours = _lent(variant, folder, tmp_path / "lent")
    made: Any = exhausted(load_family(entry, device=CPU, dtype=torch.float32, neighbours=neighbours))
    expected = _of_folder(folder)
    weights = list(made.parts["transformer"].state_dict().values())
    assert any(each.dtype == torch.uint8 for each in weights)
    latents = torch.randn(1, made.info.latent_channels, 4, 4, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        both = [_predicted(each, latents) for each in (made, expected)]
    assert not torch.equal(*both)
    assert (both[0] - both[1]).abs().max() < 0.1 * both[1].abs().max()


def _predicted(family: Any, latents: torch.Tensor) -> torch.Tensor:
    options = PromptOptions(request=GenerationRequest(prompt="a cat"), embeddings={}.get, width=64, height=64)
    return family.predict(latents, torch.tensor(500.0), family.read_prompts(options)("a cat"))


def _gguf(network: Mapping[str, torch.Tensor], target: Path) -> Path:
    writer = gguf.GGUFWriter(str(target), "network")
    for name, tensor in network.items():
        kind = gguf.GGMLQuantizationType.F32
        if tensor.dim() == 2 and tensor.shape[1] % 32 == 0 and re.match(r"(.*_)?blocks\.|layers\.", name):
            kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(name, gguf.quants.quantize(tensor.numpy(), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return target


@pytest.mark.parametrize(
    ("variant", "missing", "told"),
    [
        ("flux-2", "text_encoder", "mistral_3_small"), ("flux-2-klein-4b", "vae", "flux2-vae"),
        ("z-image", "text_encoder", "qwen_3_4b"), ("qwen-image", "vae", "qwen_image_vae"),
    ],
)  # fmt: skip
def test_what_is_in_no_file_is_told_with_its_file_and_folder(
    variant: str, missing: str, told: str, tmp_path: Path
) -> None:
    rows = SINGLE_PARTS[variant]
    network = empty_part(
        rows["transformer"].class_name, configuration(rows["transformer"].configuration) | _SHALLOW[variant]
    )
    file = _written(NETWORKS[variant](network.state_dict()), tmp_path / "network.safetensors")
    lent = Neighbours()
    if missing == "vae":
        encoder = empty_part(rows["text_encoder"].class_name, configuration(rows["text_encoder"].configuration))
        lent = Neighbours(text_encoders=(_written(encoder.state_dict(), tmp_path / "encoder.safetensors"),))
    with pytest.raises(ModelUnusable, match=told) as raised:
        plan_model(_entry(file, variant), lent)
    assert ("models/vae/" if missing == "vae" else "models/text_encoders/") in raised.value.hint


@pytest.mark.parametrize("kind", ["qwen3", "qwen", "mistral"])
def test_a_tokenizer_that_is_nowhere_says_which_files_to_put_where(kind: str, tmp_path: Path) -> None:
    write_tiny_qwen_tokenizer(tmp_path / "plain" if kind == "qwen3" else tmp_path / "deep" / "er" / "folder")
    with pytest.raises(ModelUnusable, match="the tokenizer of the text encoder") as raised:
        language_tokenizer(kind, TokenizerPlaces(folders=(tmp_path,), hub=False))
    assert "tokenizer_config.json" in raised.value.hint
    assert "models/text_encoders/" in raised.value.hint


def test_a_klein_is_distilled_unless_its_name_says_base(tmp_path: Path) -> None:
    rows = SINGLE_PARTS["flux-2-klein-4b"]
    small = configuration("flux-2/transformer") | _SHALLOW["flux-2-klein-4b"]
    shapes = original_flux_2(empty_part(rows["transformer"].class_name, small).state_dict())
    for name, base in (("flux-2-klein-4b", "FLUX.2 klein 4B"), ("flux-2-klein-base-4b", "FLUX.2 klein 4B base")):
        found = identify_file(_written(shapes, tmp_path / f"{name}.safetensors"))
        assert (found.base, found.family, found.problem) == (base, "flux-2", None)


def test_weights_in_mixed_precision_are_scaled_and_what_describes_them_is_left_out(tmp_path: Path) -> None:
    weight = torch.randn(4, 8).to(torch.float8_e4m3fn)
    tensors = {
        "a.weight": weight, "a.weight_scale": torch.tensor(0.5), "a.input_scale": torch.tensor(2.0),
        "a.comfy_quant": torch.zeros(3, dtype=torch.uint8), "b.weight": torch.randn(4),
    }  # fmt: skip
    plain = unscaled(promised(_saved(tensors, tmp_path / "mixed.safetensors")))
    assert plain.keys() == {"a.weight", "b.weight"}
    assert torch.equal(plain["a.weight"].read().float(), weight.float() * 0.5)
    assert torch.equal(plain["b.weight"].read(), tensors["b.weight"])


def _nothing(module: torch.nn.Module) -> Promises:
    return {}


def test_a_vae_of_another_family_is_no_vae_for_flux_2(tmp_path: Path) -> None:
    part = SINGLE_PARTS["qwen-image"]["vae"]
    other = empty_part(part.class_name, configuration(part.configuration))
    file = _written(original_film_vae(other.state_dict()), tmp_path / "vae.safetensors")
    plan: Any = SimpleNamespace(
        parts={"vae": PartPlan(class_name="AutoencoderKLFlux2", config={}, weights=_nothing, size=0)}
    )
    with pytest.raises(ModelUnusable, match="is no VAE that this model can use"):
        with_vae(plan, replace(_entry(file, "flux-2"), kind="vae"))
