import json
from pathlib import Path

import pytest

from tests.model_manager.catalogue.header_files import write_safetensors
from tests.model_manager.downloads.model_host import ModelHost, model_bytes
from webui.errors import DownloadFailed
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.downloads.addresses import Gate
from webui.model_manager.downloads.download import PARTS_FOLDER, Order, download
from webui.model_manager.downloads.fetch import Line


def _download(host: ModelHost, models_dir: Path, source: str, **more: str) -> Path:
    line = Line(Gate(loopback=True), pause_s=0.0)
    return download(Order(source=source, **more).checked(line.gate), models_dir, "task", line, endpoint=host.url)


def _lora(folder: Path) -> bytes:
    base = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k"
    shapes = {f"{base}.lora_down.weight": (4, 768), f"{base}.lora_up.weight": (320, 4)}
    return write_safetensors(folder / "made-lora.safetensors", shapes).read_bytes()


def test_a_link_becomes_a_model_in_the_folder_of_its_kind(host: ModelHost, tmp_path: Path) -> None:
    models = tmp_path / "models"
    address = host.put(
        "/download/12", _lora(tmp_path), headers={"Content-Disposition": 'attachment; filename="a b.safetensors"'}
    )
    assert _download(host, models, address) == models / "loras" / "a b.safetensors"
    assert [(entry.kind, entry.name) for entry in Catalogue((models,)).everything()] == [("lora", "a b")]
    assert not (models / PARTS_FOLDER).exists()


def test_a_file_of_another_kind_than_was_said_is_told(host: ModelHost, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="This is a lora, not a vae"):
        _download(host, tmp_path / "models", host.put("/a.safetensors", _lora(tmp_path)), kind="vae")


def test_a_second_file_of_the_same_name_hides_nothing(host: ModelHost, tmp_path: Path) -> None:
    models = tmp_path / "models"
    first = _download(host, models, host.put("/a.safetensors", model_bytes(tmp_path)))
    again = _download(host, models, host.put("/a.safetensors", model_bytes(tmp_path)))
    other = _download(host, models, host.put("/a.safetensors", model_bytes(tmp_path, width=65)))
    assert first == again == models / "checkpoints" / "a.safetensors"
    assert other.name == "a (2).safetensors"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.ckpt", "pickle"),
        ("a.pt", "pickle"),
        ("a.exe", "not a kind"),
        ("../../a.py", "not a kind"),
        ("", "not a kind"),
    ],
)
def test_other_files_are_never_put_among_the_models(host: ModelHost, tmp_path: Path, name: str, words: str) -> None:
    address = host.put("/x", b"\x80\x02something", headers={"Content-Disposition": f'attachment; filename="{name}"'})
    with pytest.raises(DownloadFailed, match=words):
        _download(host, tmp_path / "models", address)
    assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file() and ".downloads" not in path.parts]


def test_names_cannot_leave_the_folder(host: ModelHost, tmp_path: Path) -> None:
    told = {"Content-Disposition": 'attachment; filename="../../../evil.safetensors"'}
    made = _download(host, tmp_path / "models", host.put("/x", model_bytes(tmp_path), headers=told))
    assert made == tmp_path / "models" / "checkpoints" / "evil.safetensors"


def test_a_damaged_file_is_told_and_never_listed(host: ModelHost, tmp_path: Path) -> None:
    models = tmp_path / "models"
    with pytest.raises(DownloadFailed, match=r"a\.safetensors"):
        _download(host, models, host.put("/a.safetensors", model_bytes(tmp_path)[:-5]))
    assert Catalogue((models,)).everything() == []


def test_one_file_of_a_repository_is_checked_against_the_hubs_hash(host: ModelHost, tmp_path: Path) -> None:
    content = model_bytes(tmp_path)
    host.put_repository("org/name", {"a.safetensors": content, "b.safetensors": content, "README.md": b"hello"})
    made = _download(host, tmp_path / "models", "org/name/b.safetensors")
    assert (made.name, made.read_bytes()) == ("b.safetensors", content)
    host.put("/org/name/resolve/main/b.safetensors", content[:-1] + b"x")
    with pytest.raises(DownloadFailed, match="not the file that was promised"):
        _download(host, tmp_path / "other", "org/name/b.safetensors")


def test_a_repository_with_several_files_asks_which(host: ModelHost, tmp_path: Path) -> None:
    host.put_repository("org/name", {"a.safetensors": b"", "b.gguf": b""})
    with pytest.raises(DownloadFailed, match="say which one") as caught:
        _download(host, tmp_path / "models", "org/name")
    assert "org/name/b.gguf" in caught.value.hint


def test_a_pipelines_repository_becomes_a_folder_without_its_programs_and_pickles(
    host: ModelHost, tmp_path: Path
) -> None:
    weights = model_bytes(tmp_path)
    files = {
        "model_index.json": json.dumps({"_class_name": "StableDiffusionPipeline", "unet": ["diffusers", "U"]}).encode(),
        "unet/config.json": b"{}",
        "unet/diffusion_pytorch_model.safetensors": weights,
        "unet/diffusion_pytorch_model.fp16.safetensors": weights[:-1] + b"h",
        "unet/diffusion_pytorch_model.bin": b"pickle",
        "tokenizer/merges.txt": b"a b",
        "safety_checker/model.safetensors": weights,
        "v1-5-pruned.safetensors": weights,
        "pipeline.py": b"import os",
        "unet/evil.py": b"import os",
    }
    host.put_repository("org/some-model", files)
    made = _download(host, tmp_path / "models", "org/some-model")
    assert made == tmp_path / "models" / "checkpoints" / "some-model"
    assert sorted(str(path.relative_to(made)) for path in made.rglob("*") if path.is_file()) == [
        "model_index.json",
        "tokenizer/merges.txt",
        "unet/config.json",
        "unet/diffusion_pytorch_model.safetensors",
    ]
    assert (made / "unet" / "diffusion_pytorch_model.safetensors").read_bytes().endswith(b"h")


def test_a_repository_with_nothing_but_pickles_is_refused(host: ModelHost, tmp_path: Path) -> None:
    host.put_repository("org/old", {"model.ckpt": b"x", "README.md": b"y"})
    with pytest.raises(DownloadFailed, match="pickles"):
        _download(host, tmp_path / "models", "org/old")


def test_a_repository_that_is_not_there_is_told(host: ModelHost, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed) as caught:
        _download(host, tmp_path / "models", "org/nothing")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (Order(source="nothing"), "source"),
        (Order(source="http://example.org/a.safetensors"), "source"),
        (Order(source="a/b", kind="poem"), "kind"),
        (Order(source="a/b", sha256="123"), "sha256"),
    ],
)
def test_orders_that_cannot_be_tried_name_their_field(order: Order, field: str) -> None:
    with pytest.raises(DownloadFailed) as caught:
        order.checked(Gate())
    assert caught.value.field == field
