from pathlib import Path

import pytest

from webui.errors import ExtensionUnusable
from webui.extensions.template import write_extension
from webui.testing import Studio

BREAKS = """
from webui.extensions.api import hookimpl

@hookimpl
def image_saved(image):
    raise RuntimeError("no room for copies")
"""
MISSPELT = """
from webui.extensions.api import hookimpl

@hookimpl
def finish_imag(image):
    pass
"""


def test_a_hook_that_fails_is_among_the_faults_and_the_pictures_are_made(tmp_path: Path) -> None:
    folder = write_extension(tmp_path, "breaks")
    (folder / "web.py").write_text(BREAKS)
    before = sorted(folder.rglob("*"))
    with Studio(folder, tmp_path / "darkroom") as studio:
        made = studio.make("a hill", quick=True, request={"batch_count": 2})
        assert [each.request.seed for each in made] == [1, 2]
        assert made[0].image.size == (64, 64)
        assert made[0].image != made[1].image
        assert ["no room for copies" in fault.sentence for fault in studio.faults] == [True, True]
    assert sorted(folder.rglob("*")) == before


def test_what_cannot_be_enabled_is_said_as_on_its_card(tmp_path: Path) -> None:
    folder = write_extension(tmp_path, "misspelt")
    (folder / "worker.py").write_text(MISSPELT)
    with pytest.raises(ExtensionUnusable, match="finish_image"):
        Studio(folder, tmp_path / "darkroom")
