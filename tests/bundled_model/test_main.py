"""The command line."""

from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from PIL import Image

from bundled_model.__main__ import main


def test_draw_writes_a_sheet_and_prints_a_caption_for_each_picture(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--folder", str(tmp_path), "draw", "--count", "5", "--columns", "3"]) == 0
    assert Image.open(tmp_path / "sheet.png").size == (3 * 256, 2 * 256)
    assert len(capsys.readouterr().out.splitlines()) == 6


@pytest.mark.parametrize("arguments", [[], ["paint"], ["train", "--stage", "everything"]])
def test_commands_that_do_not_exist_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
