"""security research, incidents M1 to M6: nothing is run, nothing is read that is not there, each gets its sentence."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import SafetensorError, safe_open

from tests.model_manager.catalogue.bad_files import HEADERS, pickles
from tests.model_manager.catalogue.header_files import SD1, write_gguf, write_safetensors
from webui.errors import ModelUnusable
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.gguf_header import read_gguf_header
from webui.model_manager.catalogue.hashing import hashed
from webui.model_manager.catalogue.safetensors_header import read_header


def test_pickles_are_listed_as_to_be_converted_and_nothing_of_them_is_run(tmp_path: Path) -> None:
    marker = tmp_path / "PWNED"
    bad = pickles(marker)
    assert len(bad) >= 25
    folders = ["checkpoints", "loras", "embeddings", "vae"]
    endings = [".ckpt", ".pt", ".pth", ".bin"]
    for number, content in enumerate(bad.values()):
        folder = tmp_path / "models" / folders[number % 4]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"bad{number}{endings[number // 4 % 4]}").write_bytes(content)
    catalogue = Catalogue((tmp_path / "models",), tmp_path / "data")
    entries = catalogue.everything()
    for entry in entries:
        assert entry.problem is not None
        assert "convert" in entry.problem
        hashed(entry.path, lora=entry.kind == "lora")
    assert len(entries) == len(bad)
    assert {entry.kind for entry in entries} == {"checkpoint", "lora", "embedding", "vae"}
    catalogue.rescan()
    assert not marker.exists()


def test_pickles_with_the_ending_of_safetensors_are_refused_and_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "PWNED"
    for number, content in enumerate(pickles(marker).values()):
        (tmp_path / f"bad{number}.safetensors").write_bytes(content)
    entries = Catalogue((tmp_path,)).everything()
    assert len(entries) == len(pickles(marker))
    assert all(entry.problem for entry in entries)
    assert not marker.exists()


def test_the_command_that_converts_is_named(tmp_path: Path) -> None:
    (tmp_path / "old.ckpt").write_bytes(b"\x80\x02}.")
    with pytest.raises(ModelUnusable, match="python -m webui models convert"):
        Catalogue((tmp_path,)).find("old")


@pytest.mark.parametrize("name", HEADERS)
def test_each_bad_header_has_its_own_sentence(tmp_path: Path, name: str) -> None:
    content, says = HEADERS[name]
    path = tmp_path / "x.safetensors"
    path.write_bytes(content)
    with pytest.raises(ModelUnusable, match=says):
        read_header(path)
    (entry,) = Catalogue((tmp_path,)).everything()
    assert entry.problem is not None


def test_the_sentences_differ_where_the_next_step_does() -> None:
    told = ["empty", "a web page", "an LFS pointer", "a zip", "a pickle", "a 7z archive", "bytes missing"]
    assert len({HEADERS[name][1] for name in told}) == len(told)


def test_a_folder_a_pipe_and_a_dangling_link_with_the_name_of_a_model_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "folder.safetensors").mkdir()
    os.mkfifo(tmp_path / "pipe.safetensors")
    (tmp_path / "link.safetensors").symlink_to(tmp_path / "nowhere")
    (entry,) = Catalogue((tmp_path,)).everything()
    assert entry.problem is not None
    assert "it is a folder" in entry.problem


def test_a_tensors_name_is_never_a_path(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "x.safetensors", {"../../etc/x": (2,), "/etc/passwd": (2,)})
    assert set(read_header(path).tensors) == {"../../etc/x", "/etc/passwd"}
    (entry,) = Catalogue((tmp_path,)).everything()
    assert (entry.kind, entry.name) == ("unknown", "x")


_HEADER = json.dumps(
    {
        "__metadata__": {"format": "pt"},
        "a.weight": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]},
        "b": {"dtype": "F16", "shape": [4], "data_offsets": [16, 24]},
    }
).encode()
_SOUND = len(_HEADER).to_bytes(8, "little") + _HEADER + bytes(24)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(_SOUND) - 1), st.integers(0, 255)), max_size=6), st.integers(0, 300))
def test_what_is_accepted_of_changed_files_the_format_s_own_reader_accepts_too(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], length: int
) -> None:
    content = bytearray(_SOUND)
    for at, value in changes:
        content[at] = value
    path = tmp_path_factory.getbasetemp() / "fuzzed.safetensors"
    path.write_bytes(content[:length] if length < len(content) else content)
    try:
        header = read_header(path)
    except ModelUnusable:
        return
    try:
        with safe_open(path, "np") as file:
            assert set(file.keys()) == set(header.tensors)
    except SafetensorError as error:
        pytest.fail(f"{error}: {bytes(content)!r}")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 150), st.integers(0, 255)), max_size=6), st.integers(0, 400))
def test_changed_gguf_files_are_read_or_refused_in_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]], length: int
) -> None:
    path = write_gguf(tmp_path_factory.getbasetemp() / "fuzzed.gguf", {"a.weight": (4, 32), "b": (32,)}, kind=8)
    content = bytearray(path.read_bytes())
    for at, value in changes:
        content[at % len(content)] = value
    path.write_bytes(content[:length] if length < len(content) else content)
    try:
        read_gguf_header(path)
    except ModelUnusable as error:
        assert error.message.startswith("fuzzed.gguf") or "cannot be read" in error.message


Change = Callable[[Path], None]


def _set(file: str, **values: Any) -> Change:
    def change(folder: Path) -> None:
        path = folder / file
        path.write_text(json.dumps(json.loads(path.read_text()) | values))

    return change


def _code(folder: Path) -> None:
    (folder / "pipeline.py").write_text("open('PWNED', 'w')")


def _inner_code(folder: Path) -> None:
    (folder / "unet" / "modeling_unet.py").write_text("open('PWNED', 'w')")


def _linked_code(folder: Path) -> None:
    target = folder.parent.parent / "elsewhere.py"
    target.write_text("open('PWNED', 'w')")
    (folder / "pipeline.py").symlink_to(target)


def _code_behind_a_name(folder: Path) -> None:
    target = folder.parent.parent / "elsewhere.py"
    target.write_text("open('PWNED', 'w')")
    (folder / "unet" / "notes.txt").symlink_to(target)


def _linked_folder(folder: Path) -> None:
    (folder / "more").symlink_to(folder.parent.parent)


def _outside_shard(folder: Path) -> None:
    index = {"weight_map": {"a": "../../../x.safetensors"}}
    (folder / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps(index))


FOLDERS: dict[str, tuple[Change, str]] = {
    "code in the folder": (_code, "code of its own"),
    "code in a part": (_inner_code, "code of its own"),
    "a link to code": (_linked_code, "code of its own"),
    "code behind another name": (_code_behind_a_name, "code of its own"),
    "a link to another folder": (_linked_folder, "link to another folder"),
    "auto_map in a part": (_set("unet/config.json", auto_map={"AutoModel": "m--x.Y"}), "auto_map"),
    "auto_map of a tokenizer": (_set("tokenizer/tokenizer_config.json", auto_map={"A": ["a.B"]}), "auto_map"),
    "nested auto_map": (_set("text_encoder/config.json", text_config={"auto_map": {"AutoModel": "x.Y"}}), "auto_map"),
    "trust_remote_code": (_set("text_encoder/config.json", trust_remote_code=True), "trust_remote_code"),
    "custom_pipeline": (_set("model_index.json", custom_pipeline="me/pipeline"), "custom_pipeline"),
    "attention from the hub": (_set("text_encoder/config.json", _attn_implementation="me/kernel"), "_attn_impl"),
    "attention from the hub, inside": (
        _set("text_encoder/config.json", _attn_implementation_internal="me/kernel:f"), "_attn_implementation_internal"
    ),
    "a pipeline of its own": (_set("model_index.json", _class_name=["pipeline", "Mine"]), "not one of diffusers' own"),
    "a pipeline that nobody knows": (_set("model_index.json", _class_name="EvilPipeline"), "none of diffusers' own"),
    "a part of another library": (_set("model_index.json", unet=["evil_module", "UNet"]), "evil_module"),
    "a part whose class is a path": (_set("model_index.json", unet=["diffusers", "a.b.C"]), "no such name"),
    "weights outside of the folder": (_outside_shard, r"\.\./\.\./\.\./x\.safetensors is missing"),
}  # fmt: skip


@pytest.mark.parametrize("name", FOLDERS)
def test_folders_that_bring_code_are_refused_before_anything_is_imported(
    tiny_models_dir: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path(shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", tmp_path / "models" / "bad"))
    change, says = FOLDERS[name]
    change(folder)
    with pytest.raises(ModelUnusable, match=says):
        Catalogue((tmp_path / "models",)).find("bad")
    assert not (tmp_path / "PWNED").exists()


def test_what_transformers_itself_writes_about_attention_is_no_matter(tiny_models_dir: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", tmp_path / "good"))
    _set("text_encoder/config.json", _attn_implementation_autoset=True, _attn_implementation="sdpa")(folder)
    assert Catalogue((tmp_path,)).find("good").problem is None


def test_pickled_weights_in_a_folder_are_named(tiny_models_dir: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", tmp_path / "bad"))
    for file in (folder / "unet").glob("*.safetensors"):
        file.rename(file.with_suffix(".bin"))
    with pytest.raises(ModelUnusable, match="pickled files, which can run code"):
        Catalogue((tmp_path,)).find("bad")


def test_a_lora_of_absurd_shapes_is_told_by_its_size(tmp_path: Path) -> None:
    content = json.dumps(
        {"lora_unet_x.lora_down.weight": {"dtype": "F16", "shape": [10**6, 10**6], "data_offsets": [0, 2 * 10**12]}}
    ).encode()
    (tmp_path / "x.safetensors").write_bytes(len(content).to_bytes(8, "little") + content)
    (entry,) = Catalogue((tmp_path,)).everything()
    assert entry.problem is not None
    assert "promises 2,000,000,000,1" in entry.problem


def test_a_good_model_beside_bad_ones_is_found_all_the_same(tmp_path: Path) -> None:
    for number, (content, _) in enumerate(HEADERS.values()):
        (tmp_path / f"bad{number}.safetensors").write_bytes(content[:100_000])
    write_safetensors(tmp_path / "good.safetensors", SD1)
    assert Catalogue((tmp_path,)).find(None).name == "good"
