from pathlib import Path

import pytest

from webui.errors import ExtensionUnusable
from webui.extensions import tree_hash as module
from webui.extensions.tree_hash import tree_hash


def _tree(folder: Path) -> Path:
    (folder / "assets").mkdir()
    (folder / "web.py").write_text("a = 1")
    (folder / "assets" / "a.js").write_text("let a")
    return folder


def test_contents_names_and_places_all_count(tmp_path: Path) -> None:
    folder = _tree(tmp_path)
    hashes = {tree_hash(folder)}
    (folder / "web.py").write_text("a = 2")
    hashes.add(tree_hash(folder))
    (folder / "web.py").rename(folder / "worker.py")
    hashes.add(tree_hash(folder))
    (folder / "assets" / "a.js").rename(folder / "a.js")
    hashes.add(tree_hash(folder))
    (folder / "empty.py").touch()
    hashes.add(tree_hash(folder))
    assert len(hashes) == 5


def test_what_python_and_git_keep_for_themselves_does_not_count(tmp_path: Path) -> None:
    before = tree_hash(_tree(tmp_path))
    for name in ("__pycache__", ".git", "assets/__pycache__"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.pyc").write_bytes(b"x")
    assert tree_hash(tmp_path) == before


def test_a_tree_of_too_many_files_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILES", 1)
    with pytest.raises(ExtensionUnusable, match="more than 1 files"):
        tree_hash(_tree(tmp_path))
