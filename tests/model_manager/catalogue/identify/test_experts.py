"""Every kind of file is known by its header, in diffusers' own names and in those of other programs."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.model_manager.catalogue.header_files import SD1, write_gguf, write_safetensors
from tests.model_manager.catalogue.identify.networks import CONFIGURATIONS, shapes
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.identify.experts import identified, main_type, parameter_count
from webui.model_manager.catalogue.identify.identity import Identity
from webui.model_manager.catalogue.inspecting import identify_file
from webui.model_manager.catalogue.model_entry import ModelEntry
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

Shapes = Mapping[str, tuple[int, ...]]
DIFFUSERS = {
    "SD 1": ("checkpoint", "sd1", "SD 1.x"),
    "SD 1 inpainting": ("checkpoint", "sd1", "SD 1.x inpainting"),
    "SD 2": ("checkpoint", "sd2", "SD 2.x"),
    "SDXL": ("checkpoint", "sdxl", "SDXL 1.0"),
    "SD 3": ("checkpoint", "sd3", "SD 3 medium"),
    "SD 3.5 medium": ("checkpoint", "sd3", "SD 3.5 medium"),
    "SD 3.5 large": ("checkpoint", "sd3", "SD 3.5 large"),
    "FLUX.1 dev": ("checkpoint", "flux", "FLUX.1 dev"),
    "FLUX.1 schnell": ("checkpoint", "flux", "FLUX.1 schnell"),
    "FLUX.1 Fill": ("checkpoint", "flux", "FLUX.1 Fill"),
    "Chroma": ("checkpoint", "chroma", "Chroma"),
    "FLUX.2": ("checkpoint", "flux-2", "FLUX.2 dev"),
    "Z-Image": ("checkpoint", "z-image", "Z-Image"),
    "Qwen-Image": ("checkpoint", "qwen-image", "Qwen-Image"),
    "VAE": ("vae", None, "SD 1.x, SD 2.x or SDXL"),
    "VAE of 16 channels": ("vae", None, "SD 3, FLUX.1, Chroma or Z-Image"),
    "tiny VAE": ("vae", None, "SD 1.x, SD 2.x or SDXL"),
    "VAE of Qwen-Image": ("vae", "qwen-image", "Qwen-Image or Wan"),
    "ControlNet": ("controlnet", "sd1", "SD 1.x"),
    "ControlNet of FLUX": ("controlnet", "flux", "FLUX.1"),
    "ControlNet of SD 3": ("controlnet", "sd3", "SD 3"),
    "T2I-adapter": ("t2i-adapter", "sd1", "SD 1.x"),
    "T2I-adapter of SDXL": ("t2i-adapter", "sdxl", "SDXL"),
    "PixArt": ("checkpoint", None, "PixArt"),
    "Sana": ("checkpoint", None, "Sana"),
    "Wan": ("checkpoint", None, "Wan"),
}


def _identified(tensors: Shapes, metadata: Mapping[str, str] | None = None) -> Identity | None:
    header = {name: ("F16", shape) for name, shape in tensors.items()}
    return identified(SafetensorsHeader(tensors=header, metadata=dict(metadata or {})))


def test_every_network_of_diffusers_here_has_its_expectation() -> None:
    assert DIFFUSERS.keys() == CONFIGURATIONS.keys()


@pytest.mark.parametrize("name", DIFFUSERS)
def test_networks_are_known_by_the_names_that_diffusers_gives_their_tensors(name: str) -> None:
    found = _identified(shapes(name))
    assert found is not None
    assert (found.kind, found.architecture, found.base) == DIFFUSERS[name]
    assert found.inpainting == (name in ("SD 1 inpainting", "FLUX.1 Fill"))


@pytest.mark.parametrize("prefix", ["model.diffusion_model.", "transformer.", "diffusion_model."])
@pytest.mark.parametrize("name", ["FLUX.1 dev", "Z-Image", "Qwen-Image", "SD 3"])
def test_a_prefix_before_a_networks_names_changes_nothing(name: str, prefix: str) -> None:
    found = _identified({f"{prefix}{tensor}": shape for tensor, shape in shapes(name).items()})
    assert found is not None
    assert found.architecture == DIFFUSERS[name][1]


def _unet(width: int, channels: int = 4, **more: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """What tells Stable Diffusion's UNets apart, in the names of their authors."""
    prefix = "model.diffusion_model."
    return {
        f"{prefix}input_blocks.0.0.weight": (320, channels, 3, 3),
        f"{prefix}input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight": (640, width),
        f"{prefix}middle_block.1.transformer_blocks.9.attn1.to_q.weight": (1280, 1280),
        f"{prefix}out.2.weight": (4, 320, 3, 3),
        "first_stage_model.decoder.conv_in.weight": (512, 4, 3, 3),
        **more,
    }


_XL_TEXT = {
    "conditioner.embedders.0.transformer.text_model.embeddings.token_embedding.weight": (49408, 768),
    "conditioner.embedders.1.model.token_embedding.weight": (49408, 1280),
}
_DOUBLE = "double_blocks.0.img_attn.qkv.weight"
AUTHORS: dict[str, tuple[Shapes, tuple[str, str | None, str]]] = {
    "SD 1": (SD1, ("checkpoint", "sd1", "SD 1.x")),
    "SD 1 for edits": (_unet(768, 8), ("checkpoint", "sd1", "SD 1.x")),
    "SD 2": (_unet(1024), ("checkpoint", "sd2", "SD 2.x")),
    "SDXL": (_unet(2048) | _XL_TEXT, ("checkpoint", "sdxl", "SDXL 1.0")),
    "SDXL inpainting": (_unet(2048, 9) | _XL_TEXT, ("checkpoint", "sdxl", "SDXL 1.0 inpainting")),
    "the refiner": (_unet(1280), ("checkpoint", "sdxl-refiner", "SDXL 1.0 refiner")),
    "Playground": (_unet(2048, edm_mean=(1, 4, 1, 1)), ("checkpoint", "sdxl", "Playground 2.5")),
    "SD 3": (
        {"model.diffusion_model.joint_blocks.0.context_block.attn.qkv.weight": (4608, 1536)},
        ("checkpoint", "sd3", "SD 3 medium"),
    ),
    "SD 3.5 medium": (
        {"joint_blocks.0.context_block.attn.qkv.weight": (1, 1), "joint_blocks.0.x_block.attn2.qkv.weight": (1, 1)},
        ("checkpoint", "sd3", "SD 3.5 medium"),
    ),
    "SD 3.5 large": (
        {f"joint_blocks.{i}.context_block.attn.qkv.weight": (1, 1) for i in range(38)},
        ("checkpoint", "sd3", "SD 3.5 large"),
    ),
    "FLUX.1 dev": (
        {_DOUBLE: (9216, 3072), "img_in.weight": (3072, 64), "guidance_in.in_layer.weight": (3072, 256)},
        ("checkpoint", "flux", "FLUX.1 dev"),
    ),
    "FLUX.1 schnell": ({_DOUBLE: (9216, 3072), "img_in.weight": (3072, 64)}, ("checkpoint", "flux", "FLUX.1 schnell")),
    "FLUX.1 Fill": (
        {_DOUBLE: (9216, 3072), "img_in.weight": (3072, 384), "guidance_in.in_layer.weight": (3072, 256)},
        ("checkpoint", "flux", "FLUX.1 Fill"),
    ),
    "FLUX.1 Canny": ({_DOUBLE: (1, 1), "img_in.weight": (3072, 128)}, ("checkpoint", "flux", "FLUX.1 Canny or Depth")),
    "Chroma": (
        {_DOUBLE: (1, 1), "img_in.weight": (3072, 64), "distilled_guidance_layer.in_proj.weight": (5120, 64)},
        ("checkpoint", "chroma", "Chroma"),
    ),
    "FLUX.2": (
        {_DOUBLE: (1, 1), "img_in.weight": (6144, 128), "double_stream_modulation_img.lin.weight": (36864, 6144)},
        ("checkpoint", "flux-2", "FLUX.2 dev"),
    ),
    "Z-Image": (
        {"x_embedder.weight": (3840, 64), "cap_embedder.1.weight": (3840, 2560), "layers.0.x": (1, 1)},
        ("checkpoint", "z-image", "Z-Image"),
    ),
    "Lumina 2": (
        {"x_embedder.weight": (2304, 64), "cap_embedder.1.weight": (2304, 2304), "cap_embedder.0.weight": (2304,)},
        ("checkpoint", None, "Lumina 2"),
    ),
    "HunyuanVideo": (
        {_DOUBLE: (1, 1), "txt_in.individual_token_refiner.blocks.0.adaLN_modulation.1.bias": (1,)},
        ("checkpoint", None, "HunyuanVideo"),
    ),
    "a VAE": ({"decoder.conv_in.weight": (512, 4, 3, 3), "decoder.conv_out.weight": (3, 128, 3, 3)},
              ("vae", None, "SD 1.x, SD 2.x or SDXL")),
    "a VAE within its prefix": (
        {"first_stage_model.decoder.conv_in.weight": (512, 4, 3, 3), "first_stage_model.decoder.conv_out.weight": (3,)},
        ("vae", None, "SD 1.x, SD 2.x or SDXL"),
    ),
    "FLUX.2's VAE": ({"decoder.conv_in.weight": (512, 32, 3, 3), "decoder.conv_out.weight": (3, 1, 3, 3)},
                     ("vae", "flux-2", "FLUX.2")),
    "TAESD": ({"decoder.1.weight": (64, 4, 3, 3)}, ("vae", None, "SD 1.x, SD 2.x or SDXL")),
    "a textual inversion": ({"emb_params": (4, 768)}, ("embedding", "sd1", "SD 1.x")),
    "a textual inversion for SD 2": ({"string_to_param.*": (2, 1024)}, ("embedding", "sd2", "SD 2.x")),
    "a textual inversion for SDXL": ({"clip_l": (3, 768), "clip_g": (3, 1280)}, ("embedding", "sdxl", "SDXL")),
    "a textual inversion by its word": ({"<cat>": (768,)}, ("embedding", "sd1", "SD 1.x")),
    "a ControlNet": (
        {"control_model.input_blocks.0.0.weight": (320, 4, 3, 3), "control_model.input_hint_block.0.weight": (16, 3),
         "control_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight": (320, 768)},
        ("controlnet", "sd1", "SD 1.x"),
    ),
    "a control LoRA": ({"lora_controlnet": (0,), "input_blocks.1.1.proj_in.up": (1, 1)}, ("controlnet", None, "")),
    "a T2I-adapter": ({"body.0.block1.weight": (320, 320, 3, 3), "conv_in.weight": (320, 192, 3, 3)},
                      ("t2i-adapter", "sd1", "SD 1.x")),
    "an IP-Adapter": ({"image_proj.proj.weight": (3072, 1024), "ip_adapter.1.to_k_ip.weight": (320, 768)},
                      ("ip-adapter", "sd1", "SD 1.x")),
    "an IP-Adapter of SDXL": ({"image_proj.proj.weight": (1, 1), "ip_adapter.1.to_k_ip.weight": (640, 2048)},
                              ("ip-adapter", "sdxl", "SDXL")),
    "Real-ESRGAN": ({"conv_first.weight": (64, 3, 3, 3), "body.0.rdb1.conv1.weight": (32, 64, 3, 3)},
                    ("upscaler", None, "Real-ESRGAN")),
    "ESRGAN as it was": ({"model.0.weight": (64, 3, 3, 3), "model.1.sub.0.RDB1.conv1.0.weight": (32, 64, 3, 3)},
                         ("upscaler", None, "ESRGAN")),
    "SwinIR": ({"params_ema.conv_first.weight": (180, 3, 3, 3),
                "params_ema.layers.0.residual_group.blocks.0.norm1.weight": (180,)}, ("upscaler", None, "SwinIR")),
    "CLIP": ({"text_model.embeddings.token_embedding.weight": (49408, 768)}, ("text-encoder", None, "CLIP L")),
    "T5": ({"encoder.block.0.layer.0.SelfAttention.q.weight": (4096, 4096), "shared.weight": (32128, 4096)},
           ("text-encoder", None, "T5 XXL")),
    "a language model": ({"model.layers.0.self_attn.q_proj.weight": (1, 1), "model.norm.weight": (2560,)},
                         ("text-encoder", None, "language model, 2560 wide")),
}  # fmt: skip


@pytest.mark.parametrize("name", AUTHORS)
def test_files_are_known_by_the_names_that_other_programs_give_their_tensors(name: str) -> None:
    tensors, expected = AUTHORS[name]
    found = _identified(tensors)
    assert found is not None
    assert (found.kind, found.architecture, found.base) == expected


LORAS: dict[str, tuple[Shapes, tuple[str | None, str]]] = {
    "kohya, SD 1": (
        {"lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight": (8, 768)},
        ("sd1", "kohya"),
    ),
    "kohya, SD 2": (
        {"lora_unet_input_blocks_1_1_transformer_blocks_0_attn2_to_v.lora_down.weight": (8, 1024)}, ("sd2", "kohya")
    ),
    "kohya, SDXL": (
        {"lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight": (8, 2048)}, ("sdxl", "kohya")
    ),
    "kohya, SDXL, text alone": (
        {"lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": (8, 1280)}, ("sdxl", "kohya")
    ),
    "kohya, FLUX.1": (
        {"lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight": (8, 3072),
         "lora_unet_double_blocks_0_img_attn_qkv.lora_up.weight": (9216, 8)},
        ("flux", "kohya"),
    ),
    "kohya, SD 3": ({"lora_unet_joint_blocks_0_x_block_attn_qkv.lora_down.weight": (8, 1536)}, ("sd3", "kohya")),
    "diffusers, FLUX.1": (
        {"transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight": (8, 3072),
         "transformer.single_transformer_blocks.0.attn.to_q.lora_B.weight": (3072, 8)},
        ("flux", "peft"),
    ),
    "diffusers, FLUX.2": (
        {"transformer.single_transformer_blocks.0.attn.to_qkv_mlp_proj.lora_A.weight": (8, 6144)}, ("flux-2", "peft")
    ),
    "klein, as narrow as FLUX.1": (
        {"diffusion_model.single_blocks.0.linear1.lora_A.weight": (8, 3072),
         "diffusion_model.single_blocks.0.linear1.lora_B.weight": (27648, 8)},
        ("flux-2", "peft"),
    ),
    "diffusers, Qwen-Image": (
        {"transformer.transformer_blocks.0.attn.add_q_proj.lora_A.weight": (8, 3072)}, ("qwen-image", "peft")
    ),
    "diffusers, SD 3": ({"transformer.transformer_blocks.0.attn.add_q_proj.lora_A.weight": (8, 1536)}, ("sd3", "peft")),
    "Wan": ({"diffusion_model.blocks.0.cross_attn.k.lora_A.weight": (8, 5120)}, ("wan", "peft")),
    "Z-Image": ({"diffusion_model.layers.0.attention.to_q.lora_A.weight": (8, 3840)}, ("z-image", "peft")),
    "diffusers' older names": (
        {"unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_k_lora.down.weight": (4, 768)},
        ("sd1", "diffusers"),
    ),
    "LoHa": (
        {"lora_unet_x_attn2_to_k.hada_w1_a": (320, 4), "lora_unet_x_attn2_to_k.hada_w1_b": (4, 768)}, ("sd1", "LoHa")
    ),
    "LoKr": ({"lora_unet_double_blocks_0_img_mlp_0.lokr_w1": (4, 4)}, ("flux", "LoKr")),
    "IA3": ({"lora_te2_x.weight": (1, 1), "lora_te2_x.on_input": (1,)}, ("sdxl", "IA3")),
    "DoRA": (
        {"lora_unet_x_attn2_to_k.lora_down.weight": (8, 2048), "lora_unet_x_attn2_to_k.dora_scale": (1, 2048)},
        ("sdxl", "DoRA"),
    ),
    "a full difference": ({"diffusion_model.double_blocks.0.img_attn.qkv.diff": (9216, 3072)},
                          ("flux", "full difference")),
    "a UNet of somebody's own, by kohya's names": (
        {"lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight": (12, 192),
         "lora_unet_down_blocks_0_resnets_0_conv1.lora_down.weight": (12, 64, 3, 3)},
        ("sd-192", "kohya"),
    ),
    "a UNet of somebody's own, by peft's": (
        {"unet.up_blocks.0.attentions.1.transformer_blocks.0.attn2.to_v.lora_A.weight": (12, 192)}, ("sd-192", "peft")
    ),
    "layers that tell nothing": ({"lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": (8, 768)},
                                 (None, "kohya")),
}  # fmt: skip


@pytest.mark.parametrize("name", LORAS)
def test_loras_are_known_by_form_and_by_the_architecture_that_they_fit(name: str) -> None:
    tensors, expected = LORAS[name]
    found = _identified(tensors)
    assert found is not None
    assert (found.kind, found.architecture, found.form) == ("lora", *expected)


def test_a_loras_metadata_say_what_its_layers_do_not() -> None:
    tensors = {"lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": (8, 768)}
    for metadata, architecture in (
        ({"ss_base_model_version": "sd_v1"}, "sd1"),
        ({"ss_base_model_version": "sdxl_base_v1-0"}, "sdxl"),
        ({"modelspec.architecture": "stable-diffusion-v2-768-v/lora"}, "sd2"),
    ):
        found = _identified(tensors, metadata)
        assert found is not None
        assert found.architecture == architecture


def test_chromas_loras_are_told_from_flux_by_their_metadata() -> None:
    tensors = {"lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight": (8, 3072)}
    found = _identified(tensors, {"ss_base_model_version": "chroma"})
    assert found is not None
    assert found.architecture == "chroma"


def test_a_vae_and_a_checkpoint_tell_the_channels_of_their_latents(tmp_path: Path) -> None:
    for channels in (4, 16, 32):
        shapes = {"decoder.conv_in.weight": (512, channels, 3, 3), "decoder.conv_out.weight": (3, 1, 3, 3)}
        write_safetensors(tmp_path / "vae" / f"{channels}.safetensors", shapes)
    write_safetensors(tmp_path / "checkpoints" / "sd.safetensors", SD1)
    found = {entry.name: entry.latent_channels for entry in Catalogue((tmp_path,)).everything()}
    assert found == {"4": 4, "16": 16, "32": 32, "sd": 4}
    bundled = Catalogue((Path(__file__).parents[4] / "models",)).find("postcard")
    assert bundled.latent_channels == 16


def test_what_nobody_knows_is_nothing() -> None:
    assert _identified({"some.weight": (3, 3), "other.weight": (5, 5)}) is None
    assert _identified({}) is None


def test_parts_of_a_whole_checkpoint_are_listed_by_diffusers_names() -> None:
    found = _identified(_unet(2048) | _XL_TEXT)
    assert found is not None
    assert found.parts == ("unet", "vae", "text_encoder", "text_encoder_2")
    flux = {
        f"model.diffusion_model.{_DOUBLE}": (1, 1), "model.diffusion_model.img_in.weight": (3072, 64),
        "vae.decoder.conv_in.weight": (1, 16, 3, 3), "text_encoders.clip_l.transformer.x": (1,),
        "text_encoders.t5xxl.transformer.x": (1,),
    }  # fmt: skip
    found = _identified(flux)
    assert found is not None
    assert found.parts == ("transformer", "vae", "text_encoder", "text_encoder_2")


def _written(folder: Path, name: str, tensors: Shapes, metadata: Mapping[str, str] | None = None) -> ModelEntry:
    return identify_file(write_safetensors(folder / name, tensors, metadata=metadata))


def test_the_prediction_is_told_by_a_key_the_metadata_a_yaml_or_the_name(tmp_path: Path) -> None:
    xl = _unet(2048) | _XL_TEXT
    assert _written(tmp_path, "a.safetensors", xl).prediction == "epsilon"
    assert _written(tmp_path, "b.safetensors", xl | {"v_pred": (0,)}).prediction == "v_prediction"
    assert _written(tmp_path, "noob_vpred_1.safetensors", xl).prediction == "v_prediction"
    told = _written(tmp_path, "c.safetensors", xl, {"modelspec.prediction_type": "v"})
    assert told.prediction == "v_prediction"
    (tmp_path / "d.yaml").write_text('model:\n  params:\n    parameterization: "v"\n')
    assert _written(tmp_path, "d.safetensors", SD1).prediction == "v_prediction"


def test_sd_2_is_of_768_pixels_and_velocities_where_its_name_does_not_say_base(tmp_path: Path) -> None:
    told = _written(tmp_path, "v2-1_768-ema.safetensors", _unet(1024))
    assert (told.prediction, told.default_width) == ("v_prediction", 768)
    told = _written(tmp_path, "v2-1_512-ema.safetensors", _unet(1024))
    assert (told.prediction, told.default_width) == ("epsilon", 512)


def test_the_commonest_type_is_told_as_people_say_it(tmp_path: Path) -> None:
    header = SafetensorsHeader(
        tensors={"a": ("F32", (2,)), "b": ("F8_E4M3", (100,)), "c": ("BF16", (3, 3))}, metadata={}
    )
    assert (main_type(header), parameter_count(header)) == ("fp8 e4m3", 111)
    packed = SafetensorsHeader(tensors={"a.quant_state.bitsandbytes__nf4": ("U8", (9,))}, metadata={})
    assert main_type(packed) == "nf4"


def test_a_gguf_file_of_a_transformer_is_a_checkpoint(tmp_path: Path) -> None:
    tensors = {_DOUBLE: (96, 64), "img_in.weight": (32, 64), "guidance_in.in_layer.weight": (32, 32)}
    entry = identify_file(write_gguf(tmp_path / "flux-Q8_0.gguf", tensors, kind=8))
    assert (entry.kind, entry.architecture, entry.base, entry.format) == ("checkpoint", "flux", "FLUX.1 dev", "gguf")
    assert entry.dtype == "Q8_0"


def test_a_video_model_s_single_file_says_which_form_to_get(tmp_path: Path) -> None:
    entry = _written(tmp_path, "wan.safetensors", {"head.modulation": (1, 2, 5120)})
    assert entry.problem == "Wan is loaded from a diffusers folder alone: download that form of it."
