import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from webui.generation.networks import Network
from webui.model_manager.catalogue import Catalogue, Hashes, ModelEntry
from webui.model_manager.networks import NetworkFiles


def put(path: Path, tensors: dict[str, list[int]], **metadata: str) -> None:
    header, end = {"__metadata__": metadata}, 0
    for name, shape in tensors.items():
        size = 4 * int.__mul__(*shape) if len(shape) == 2 else 4 * shape[0]
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + bytes(end))


def path_of(networks: NetworkFiles, name: str) -> Path | None:
    entry = networks.find_lora(name)
    return entry and entry.path


def test_loras_are_found_by_name_in_any_folder_and_by_their_alias(tmp_path: Path) -> None:
    ink, oil = tmp_path / "one/loras/ink.safetensors", tmp_path / "two/loras/paint/oil.safetensors"
    put(ink, {"a": [2, 2]}, ss_output_name="india_ink")
    put(oil, {"a": [2, 2]})
    networks = NetworkFiles(Catalogue((tmp_path / "one", tmp_path / "two")))
    assert networks.loras() == ["ink", "oil"]
    for name in ("ink", "Ink", "india_ink", "drawn/ink", "drawn\\ink.safetensors"):
        assert path_of(networks, name) == ink, name
    assert path_of(networks, "oil") == oil
    assert networks.find_lora("pencil") is None


def test_a_file_that_is_added_or_changed_is_seen(tmp_path: Path) -> None:
    networks = NetworkFiles(Catalogue((tmp_path,)))
    assert networks.find_lora("old") is None
    put(tmp_path / "loras/a.safetensors", {"a": [1, 1]}, ss_output_name="old")
    assert networks.find_lora("old") is not None
    put(tmp_path / "loras/a.safetensors", {"a": [1, 2]}, ss_output_name="new")
    assert networks.find_lora("old") is None
    assert networks.find_lora("new") is not None


def test_textual_inversions_have_their_number_of_vectors(tmp_path: Path) -> None:
    put(tmp_path / "embeddings/Hands.safetensors", {"emb_params": [4, 8]})
    put(tmp_path / "embeddings/bird.safetensors", {"emb_params": [8]})
    (tmp_path / "embeddings/broken.safetensors").write_bytes(b"nothing")
    assert NetworkFiles(Catalogue((tmp_path, tmp_path / "missing"))).embeddings() == {"bird": 1, "Hands": 4}


class Known:
    """A catalogue of entries that are given."""

    version = 1

    def __init__(self, *entries: ModelEntry) -> None:
        self._entries = entries

    def entries(self, kind: str) -> list[ModelEntry]:
        return [entry for entry in self._entries if entry.kind == kind]


def entry(name: str, **about: Any) -> ModelEntry:
    return ModelEntry(
        name=name, path=Path(f"/loras/{name}.safetensors"), kind="lora", family=None, format="single file",
        size_bytes=1, default_width=0, default_height=0, **about,
    )  # fmt: skip


def test_the_infotext_has_the_hashes_that_are_known_as_a1111_writes_them() -> None:
    hashes = Hashes(sha256="c" * 64, autov2="c" * 10, autov3="0123456789ab")
    networks: Any = Known(entry("ink", hashes=hashes), entry("a, b: c", hashes=hashes), entry("new"))
    named = [Network("lora", name) for name in ("ink", "a, b: c", "new", "missing")]
    assert NetworkFiles(networks).hash_pairs(named) == {"Lora hashes": "ink: 0123456789ab, a b c: 0123456789ab"}
    assert NetworkFiles(networks).hash_pairs([Network("lora", "new"), Network("hypernet", "ink")]) == {}


def test_of_two_files_of_one_name_the_folder_tells_which() -> None:
    networks: Any = Known(entry("a/ink"), entry("b/ink"))
    known = NetworkFiles(networks)
    assert path_of(known, "b/ink") == Path("/loras/b/ink.safetensors")
    assert path_of(known, "ink") == Path("/loras/a/ink.safetensors")


def test_a_lora_for_another_architecture_is_told_with_both_names() -> None:
    networks: Any = Known(entry("ink", architecture="sdxl", base="SDXL"))
    model = replace(entry("m"), architecture="sd1", base="SD 1.x")
    assert NetworkFiles(networks).notes([Network("lora", "ink")], model) == [
        "The LoRA 'ink' does not fit the model. It was made for SDXL, and this model is SD 1.x."
    ]
    assert NetworkFiles(networks).notes([Network("lora", "ink")], replace(model, architecture="sdxl")) == []
