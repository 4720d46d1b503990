import json
from pathlib import Path

from webui.model_manager.catalogue import Catalogue
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
