import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import save, save_file

from webui.errors import ModelUnusable
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.embeddings import EmbeddingFiles


def _save(models_dir: Path, name: str, **tensors: torch.Tensor) -> Path:
    path = models_dir / "embeddings" / f"{name}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path)
    return path


def _files(*models_dirs: Path) -> EmbeddingFiles:
    return EmbeddingFiles(Catalogue(models_dirs), moment=0)


def test_vectors_are_found_by_the_name_of_their_file_in_any_case(tmp_path: Path) -> None:
    _save(tmp_path, "EasyNegative", emb_params=torch.arange(6.0).reshape(2, 3))
    find = _files(tmp_path)
    for name in ("EasyNegative", "easynegative"):
        vectors = find(name)
        assert vectors is not None
        assert vectors.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert find("Easy") is None


def test_a_single_vector_and_half_precision_are_read_too(tmp_path: Path) -> None:
    _save(tmp_path, "cat-toy", **{"<cat-toy>": torch.tensor([0.5, 2.0], dtype=torch.float16)})
    vectors = _files(tmp_path)("cat-toy")
    assert vectors is not None
    assert vectors.dtype == torch.float32
    assert vectors.tolist() == [[0.5, 2.0]]


def test_an_earlier_folder_hides_a_later_one(tmp_path: Path) -> None:
    _save(tmp_path / "a", "style", vectors=torch.ones(1, 2))
    _save(tmp_path / "b", "style", vectors=torch.zeros(1, 2))
    vectors = _files(tmp_path / "none", tmp_path / "a", tmp_path / "b")("style")
    assert vectors is not None
    assert vectors.tolist() == [[1, 1]]


def test_a_file_for_two_encoders_has_vectors_for_each(tmp_path: Path) -> None:
    _save(tmp_path, "xl", clip_l=torch.zeros(2, 768), clip_g=torch.zeros(2, 1280))
    vectors = _files(tmp_path)("xl")
    assert isinstance(vectors, dict)
    assert {name: tuple(each.shape) for name, each in vectors.items()} == {"clip_l": (2, 768), "clip_g": (2, 1280)}


def test_a_damaged_file_is_told_when_its_name_is_asked_for(tmp_path: Path) -> None:
    path = _save(tmp_path, "style", vectors=torch.ones(1, 2))
    path.write_bytes(path.read_bytes()[:-3])
    find = _files(tmp_path)
    assert find("other") is None
    with pytest.raises(ModelUnusable, match=r"style\.safetensors is truncated"):
        find("style")


def test_another_kind_of_file_is_told(tmp_path: Path) -> None:
    _save(tmp_path, "picture", weights=torch.ones(1, 3, 8, 8))
    with pytest.raises(ModelUnusable, match="is no textual inversion"):
        _files(tmp_path)("picture")


def test_no_folder_is_no_embeddings(tmp_path: Path) -> None:
    assert _files(tmp_path)("style") is None


def test_all_words_that_are_asked_for_in_a_moment_share_one_look_at_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _save(tmp_path, "style", vectors=torch.ones(1, 2))
    catalogue = Catalogue((tmp_path,))
    looks: list[str] = []
    entries = catalogue.entries
    monkeypatch.setattr(catalogue, "entries", lambda kind: looks.append(kind) or entries(kind))
    find = EmbeddingFiles(catalogue, moment=60)
    assert [find(word) is not None for word in ("a", "house", "style") * 20] == [False, False, True] * 20
    assert len(looks) == 1


def test_files_that_come_and_go_while_it_runs_are_noticed(tmp_path: Path) -> None:
    find = _files(tmp_path)
    assert find("style") is None
    path = _save(tmp_path, "style", vectors=torch.ones(1, 2))
    assert find("style") is not None
    path.unlink()
    assert find("style") is None


def test_a_file_that_is_replaced_in_place_is_read_again(tmp_path: Path) -> None:
    path = _save(tmp_path, "style", vectors=torch.ones(1, 2))
    find = _files(tmp_path)
    assert find("style") is not None
    newer = path.stat().st_mtime_ns + 1_000_000
    with path.open("r+b") as file:
        file.write(save({"vectors": torch.zeros(1, 2)}))
    os.utime(path, ns=(newer, newer))
    vectors = find("style")
    assert vectors is not None
    assert vectors.tolist() == [[0, 0]]
