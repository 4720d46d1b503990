"""Folders of other programs, used in place, and whatever else lies in them."""

import json
import os
from pathlib import Path

import pytest

from tests.model_manager.catalogue.header_files import SD1, write_safetensors
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.folder_scan import scan
from webui.model_manager.catalogue.model_folders import places
from webui.settings import write_settings

LORA = {"lora_unet_x_attn2_to_k.lora_down.weight": (4, 768)}
VAE = {"decoder.conv_in.weight": (8, 4, 3, 3), "decoder.conv_out.weight": (3, 8, 3, 3)}
EMBEDDING = {"emb_params": (2, 768)}
CONTROLNET = {"control_model.input_hint_block.0.weight": (16, 3, 3, 3)}
UPSCALER = {"conv_first.weight": (64, 3, 3, 3), "body.0.rdb1.conv1.weight": (32, 64, 3, 3)}
CLIP = {"text_model.embeddings.token_embedding.weight": (49408, 768)}
A1111 = {
    "models/Stable-diffusion/sea.safetensors": SD1,
    "models/Lora/style/ink.safetensors": LORA,
    "models/LyCORIS/oil.safetensors": LORA,
    "models/VAE/clear.safetensors": VAE,
    "embeddings/cat.safetensors": EMBEDDING,
    "models/ControlNet/canny.safetensors": CONTROLNET,
    "models/ESRGAN/x4.safetensors": UPSCALER,
    "models/text_encoder/clip_l.safetensors": CLIP,
}
COMFYUI = {
    "models/checkpoints/sea.safetensors": SD1,
    "models/unet/bare.safetensors": SD1,
    "models/diffusion_models/bare2.safetensors": SD1,
    "models/loras/ink.safetensors": LORA,
    "models/vae/clear.safetensors": VAE,
    "models/embeddings/cat.safetensors": EMBEDDING,
    "models/controlnet/canny.safetensors": CONTROLNET,
    "models/upscale_models/x4.safetensors": UPSCALER,
    "models/clip/clip_l.safetensors": CLIP,
}


def _fill(folder: Path, files: dict[str, dict[str, tuple[int, ...]]]) -> Path:
    for name, shapes in files.items():
        write_safetensors(folder / name, shapes)
    return folder


def _kinds(catalogue: Catalogue) -> dict[str, str]:
    return {entry.name: entry.kind for entry in catalogue.everything()}


@pytest.mark.parametrize("inner", ["", "models"])
def test_a1111s_and_forges_folders_are_used_in_place(tmp_path: Path, inner: str) -> None:
    _fill(tmp_path / "webui", A1111)
    expected = {
        "sea": "checkpoint", "ink": "lora", "oil": "lora", "clear": "vae", "canny": "controlnet", "x4": "upscaler",
        "clip_l": "text-encoder",
    } | ({} if inner else {"cat": "embedding"})  # fmt: skip
    assert _kinds(Catalogue((tmp_path / "webui" / inner,))) == expected


def test_comfyuis_folders_are_used_in_place(tmp_path: Path) -> None:
    _fill(tmp_path / "ComfyUI", COMFYUI)
    kinds = _kinds(Catalogue((tmp_path / "ComfyUI",)))
    assert kinds == {
        "sea": "checkpoint", "bare": "checkpoint", "bare2": "checkpoint", "ink": "lora", "clear": "vae",
        "cat": "embedding", "canny": "controlnet", "x4": "upscaler", "clip_l": "text-encoder",
    }  # fmt: skip


def test_comfyuis_own_list_of_folders_is_read(tmp_path: Path) -> None:
    _fill(tmp_path / "other", A1111)
    _fill(tmp_path / "more", {"loras/more.safetensors": LORA})
    yaml = tmp_path / "extra_model_paths.yaml"
    yaml.write_text(
        "#comment\n"
        "a111:\n"
        "    base_path: other/models\n"
        "    checkpoints: Stable-diffusion\n"
        "    loras: |\n"
        "         Lora\n"
        f"         {tmp_path / 'more' / 'loras'}\n"
        "    vae: VAE\n"
        "first:\n"
        "    is_default: true\n"
        "    base_path: other\n"
        "    embeddings: embeddings\n"
    )
    catalogue = Catalogue((yaml,))
    assert _kinds(catalogue) == {
        "sea": "checkpoint", "ink": "lora", "more": "lora", "clear": "vae", "cat": "embedding"
    }  # fmt: skip
    assert places(yaml)[0].kind == "embedding"


@pytest.mark.parametrize(
    "content", ["", "[1, 2]", "a: b", "a: {base_path: 3, loras: [1, {}]}", "a: [", "!!python/x", "\0"]
)
def test_a_list_that_says_nothing_names_no_folders(tmp_path: Path, content: str) -> None:
    yaml = tmp_path / "extra.yaml"
    yaml.write_text(content)
    assert Catalogue((yaml,)).everything() == []


def test_hugging_faces_cache_gives_the_main_revision_under_the_repositorys_name(
    tiny_models_dir: Path, tmp_path: Path
) -> None:
    repository = tmp_path / "hub" / "models--someone--tiny-model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("abc")
    for revision in ("abc", "def"):
        folder = repository / "snapshots" / revision
        folder.mkdir(parents=True)
        for path in sorted((tiny_models_dir / "checkpoints" / "tiny").rglob("*")):
            target = folder / path.relative_to(tiny_models_dir / "checkpoints" / "tiny")
            target.mkdir(exist_ok=True) if path.is_dir() else target.symlink_to(path)
    write_safetensors(
        tmp_path / "hub" / "models--someone--vae" / "snapshots" / "x" / "diffusion_pytorch_model.safetensors", VAE
    )
    for given in (tmp_path, tmp_path / "hub"):
        catalogue = Catalogue((given,))
        assert _kinds(catalogue) == {"tiny-model": "checkpoint", "vae": "vae"}
        assert catalogue.find("tiny-model").path.name == "abc"


def test_one_diffusers_folder_can_be_named_itself(tiny_models_dir: Path) -> None:
    assert _kinds(Catalogue((tiny_models_dir / "checkpoints" / "tiny",))) == {"tiny": "checkpoint"}


def test_a_file_says_itself_what_it_is_wherever_it_lies(tmp_path: Path) -> None:
    _fill(tmp_path, {"checkpoints/ink.safetensors": LORA, "loras/sea.safetensors": SD1, "clear.safetensors": VAE})
    assert _kinds(Catalogue((tmp_path,))) == {"sea": "checkpoint", "ink": "lora", "clear": "vae"}


def test_names_are_stems_and_clashes_get_their_folders(tmp_path: Path) -> None:
    _fill(tmp_path / "loras", {"a/ink.safetensors": LORA, "b/ink.safetensors": LORA, "b/pen.safetensors": LORA})
    catalogue = Catalogue((tmp_path,))
    assert [entry.name for entry in catalogue.entries("lora")] == ["a/ink", "b/ink", "pen"]
    assert catalogue.find("b/ink", "lora").path == tmp_path / "loras" / "b" / "ink.safetensors"
    assert catalogue.find("PEN", "lora").folder == "b"


def test_of_two_files_of_one_name_the_usable_one_has_it(tmp_path: Path) -> None:
    write_safetensors(tmp_path / "sea.safetensors", SD1)
    (tmp_path / "sea.ckpt").write_bytes(b"\x80\x02}.")
    assert [(entry.name, entry.format) for entry in Catalogue((tmp_path,)).entries()] == [
        ("sea", "single file"), ("sea.ckpt", "pickle")
    ]  # fmt: skip


def test_folders_of_the_settings_are_looked_into_without_a_restart(tmp_path: Path) -> None:
    _fill(tmp_path / "elsewhere", A1111)
    catalogue = Catalogue((tmp_path / "models",), tmp_path / "data")
    assert catalogue.everything() == []
    before = catalogue.version
    write_settings(tmp_path / "data", {"models": {"extra_folders": [str(tmp_path / "elsewhere")]}})
    assert catalogue.find("sea").kind == "checkpoint"
    assert catalogue.version > before


def test_loops_of_links_are_walked_once_and_every_file_is_listed_once(tmp_path: Path) -> None:
    loras = tmp_path / "loras"
    _fill(loras, {"a/ink.safetensors": LORA})
    (loras / "a" / "up").symlink_to(loras)
    (loras / "b").symlink_to(loras / "a")
    (loras / "self").symlink_to(loras / "self")
    (loras / "gone").symlink_to(tmp_path / "nowhere")
    (loras / "again.safetensors").symlink_to(loras / "a" / "ink.safetensors")
    found = [each for place in places(tmp_path) for each in scan([place])]
    assert len(Catalogue((tmp_path,)).everything()) == 1
    assert {each.path.resolve() for each in found} == {loras / "a" / "ink.safetensors"}


def test_a_folder_that_cannot_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(tmp_path / "loras", {"a/ink.safetensors": LORA, "pen.safetensors": LORA})
    list_folder = os.scandir

    def refuse(path: Path) -> object:  # the superuser, who may run this, reads everything
        if Path(path).name == "a":
            raise PermissionError(13, "Permission denied")
        return list_folder(path)

    monkeypatch.setattr(os, "scandir", refuse)
    assert _kinds(Catalogue((tmp_path,))) == {"pen": "lora"}


def test_folders_that_are_not_there_hold_nothing(tmp_path: Path) -> None:
    assert Catalogue((tmp_path / "nothing", tmp_path / "nothing.yaml")).everything() == []


def test_a_file_that_vanishes_between_the_look_and_the_reading_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_safetensors(tmp_path / "sea.safetensors", SD1)

    def scan_and_remove(given: list) -> list:
        found = scan(given)
        path.unlink()
        return found

    monkeypatch.setattr("webui.model_manager.catalogue.model_list.scan", scan_and_remove)
    (entry,) = Catalogue((tmp_path,)).everything()
    assert entry.problem is not None
    assert "cannot be read" in entry.problem


def test_parts_in_several_files_and_files_without_names_go_by_their_folders(tmp_path: Path) -> None:
    folder = tmp_path / "text_encoders" / "big"
    for number in (1, 2):
        write_safetensors(folder / f"model-0000{number}-of-00002.safetensors", CLIP)
    write_safetensors(tmp_path / "controlnet" / "canny" / "diffusion_pytorch_model.safetensors", CONTROLNET)
    assert _kinds(Catalogue((tmp_path,))) == {"big": "text-encoder", "canny": "controlnet"}


def test_names_that_are_no_text_are_passed_over_and_odd_ones_are_kept(tmp_path: Path) -> None:
    write_safetensors(Path(os.fsdecode(os.fsencode(tmp_path) + b"/loras/\xff\xfe.safetensors")), LORA)
    odd = ["a:b, <c>", "\u202egnp", "  spaced  ", "Ünï—çødé 水"]
    for name in odd:
        write_safetensors(tmp_path / "loras" / f"{name}.safetensors", LORA)
    catalogue = Catalogue((tmp_path,), tmp_path / "data")
    assert set(_kinds(catalogue)) == set(odd)
    assert json.loads(json.dumps([entry.to_json() for entry in catalogue.everything()]))


def test_hidden_files_and_other_peoples_bin_files_are_no_models(tmp_path: Path) -> None:
    (tmp_path / "._sea.safetensors").write_bytes(b"\0\5\x16\7")
    (tmp_path / "firmware.bin").write_bytes(b"1")
    assert Catalogue((tmp_path,)).everything() == []
