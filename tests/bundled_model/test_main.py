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


def test_a_sheet_can_be_of_one_style_and_of_another_size(tmp_path: Path) -> None:
    sheet = tmp_path / "wide.png"
    options = ["--count", "2", "--columns", "2", "--cell", "64", "--style", "ink", "--size", "384x256"]
    assert main(["--folder", str(tmp_path), "draw", *options, "--output", str(sheet)]) == 0
    assert Image.open(sheet).size == (192, 64)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["paint"],
        ["train", "--stage", "everything"],
        ["draw", "--size", "huge"],
        ["draw", "--size", "64x64"],
        ["draw", "--style", "crayon"],
        ["draw", "--style", "ink", "--every-style"],
        ["evaluate", "--size", "300x256"],
        ["card", "--count", "3"],
    ],
)
def test_commands_and_options_that_do_not_exist_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)


def test_an_evaluation_without_a_judge_says_what_to_do_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--folder", str(tmp_path), "evaluate"]) == 1
    assert "--stage classifier" in capsys.readouterr().out


def test_prompts_are_painted_on_one_sheet(tiny_model: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.png"
    options = ["--model", str(tiny_model), "--steps", "1", "--cell", "64", "--size", "256x384"]
    assert main(["--folder", str(tmp_path), "sample", "a castle", "the sea", *options, "--output", str(sheet)]) == 0
    assert Image.open(sheet).size == (128, 96)
