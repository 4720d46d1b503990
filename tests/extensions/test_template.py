from pathlib import Path

import pytest

from webui.errors import ExtensionUnusable
from webui.extensions.manifest import read_manifest
from webui.extensions.template import write_extension
from webui.testing import Studio


def test_a_new_extension_can_be_enabled_and_takes_part_in_a_picture(tmp_path: Path, tiny_models_dir: Path) -> None:
    folder = write_extension(tmp_path / "extensions", "my_own")
    assert read_manifest(folder).title == "My own"
    with Studio(folder, tmp_path / "darkroom") as studio:
        studio.models = tiny_models_dir
        model = {"model": "tiny"}
        plain, warm = (studio.make("a hill", request=model, warmth=value)[0].image for value in (0.0, 1.0))
        assert plain != warm
        assert not studio.faults


@pytest.mark.parametrize("name", ["x", "My", "with-dash", "controls", "../up", ""])
def test_a_name_that_cannot_be_one_is_refused_and_nothing_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ExtensionUnusable, match="cannot be called"):
        write_extension(tmp_path, name)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_stays(tmp_path: Path) -> None:
    folder = write_extension(tmp_path, "my_own")
    (folder / "web.py").write_text("mine")
    with pytest.raises(ExtensionUnusable, match="there already"):
        write_extension(tmp_path, "my_own")
    assert (folder / "web.py").read_text() == "mine"
