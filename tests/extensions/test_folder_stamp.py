from pathlib import Path

import pytest

from tests.extensions.installing.made import files, write
from webui.extensions.cards import Status
from webui.extensions.extensions import Extensions
from webui.extensions.folder_stamp import folder_stamp
from webui.settings import Settings


def test_what_is_read_stays_the_same_and_what_is_written_does_not(tmp_path: Path) -> None:
    write(tmp_path / "glow", files())
    before = folder_stamp(tmp_path)
    (tmp_path / "glow" / "worker.py").read_text()
    write(tmp_path / "glow" / "__pycache__", {"worker.pyc": "x"})
    assert folder_stamp(tmp_path) == before
    write(tmp_path / "glow", {"new.txt": "x"})
    assert folder_stamp(tmp_path) != before
    assert folder_stamp(tmp_path / "nothing") == ()


def test_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "everything").symlink_to("/")
    assert len(folder_stamp(tmp_path)) == 3


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", extensions_dir=tmp_path / "extensions")


def test_a_folder_that_is_put_there_while_the_server_runs_is_found(settings: Settings) -> None:
    extensions = Extensions(settings)
    write(settings.extensions_dir / "glow", files())
    extensions.look_again()
    assert [card.name for card in extensions.cards()] == ["glow"]
    version = extensions.version
    extensions.look_again()
    assert extensions.version == version
    extensions.close()


def test_what_the_command_line_and_an_editor_do_is_seen(settings: Settings) -> None:
    write(settings.extensions_dir / "glow", files())
    extensions = Extensions(settings)
    Extensions(settings, watched=False, loads=False).enable("glow")
    extensions.look_again()
    assert extensions.card("glow").status is Status.ON
    write(settings.extensions_dir / "glow", {"worker.py": "x = 1"})
    extensions.look_again()
    assert extensions.card("glow").status is Status.CHANGED
    extensions.close()
