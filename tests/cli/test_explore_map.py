import json
from pathlib import Path
from typing import Any

import pytest

from webui.cli.main import main

IDEAS = [
    {"prompt": "a cat", "x": -1, "y": -1},
    {"prompt": "a dog", "x": 1, "y": -1},
    {"prompt": "an owl", "x": 0, "y": 1},
]
SHARED = {"seed": 7, "steps": 2, "width": 64, "height": 64, "model": "tiny"}


def _file(folder: Path, **changes: Any) -> str:
    file = folder / "map.json"
    file.write_text(json.dumps({"ideas": IDEAS, "weighing": "barycentric", "request": SHARED} | changes))
    return str(file)


@pytest.fixture
def flags(tiny_models_dir: Path, tmp_path: Path) -> list[str]:
    return ["--models-dir", str(tiny_models_dir), "--data-dir", str(tmp_path / "data")]


def _made(tmp_path: Path, name: str, *arguments: str) -> bytes:
    out = tmp_path / name
    assert main([*arguments, "--out", str(out)]) == 0
    return out.read_bytes()


def test_at_an_ideas_place_the_file_is_that_of_its_prompt(tmp_path: Path, flags: list[str]) -> None:
    at_idea = _made(tmp_path, "idea.png", "explore", "map", _file(tmp_path), "--at", "-1,-1", *flags)
    by_weight = _made(tmp_path, "weight.png", "explore", "map", _file(tmp_path), "--weights", "1,0,0", *flags)
    values = [part for name, value in SHARED.items() for part in (f"--{name}", str(value))]
    assert at_idea == by_weight == _made(tmp_path, "plain.png", "generate", "--prompt", "a cat", *values, *flags)


def test_between_ideas_the_file_says_what_is_blended(tmp_path: Path, flags: list[str]) -> None:
    content = _made(tmp_path, "between.png", "explore", "map", _file(tmp_path), "--at", "-0.5,0", *flags)
    assert b"Blend: 0.5 * " in content


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--at", "1"), "at: 1 is no point"),
        (("--at", "x,y"), "is no list of numbers"),
        (("--at", "nan,0"), "is no list of numbers"),
        (("--at", "90,90"), "it must be at least -20"),
        (("--weights", "1,0"), "there are 2 for 3 ideas"),
        (("--weights", "0,0,0"), "all weights are 0"),
    ],
)
def test_what_is_no_point_is_one_line_and_exit_code_two(
    tmp_path: Path, flags: list[str], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], says: str
) -> None:
    assert main(["explore", "map", _file(tmp_path), *arguments, *flags]) == 2
    said = capsys.readouterr().err
    assert says in said and said.count("\n") == 1


@pytest.mark.parametrize(
    ("changes", "says"),
    [({"ideas": IDEAS[:2]}, "ideas:"), ({"request": []}, "request:"), ({"request": {"steps": 0}}, "request.steps:")],
)
def test_a_file_that_is_no_map_is_told_by_its_field(
    tmp_path: Path, flags: list[str], capsys: pytest.CaptureFixture[str], changes: dict[str, Any], says: str
) -> None:
    assert main(["explore", "map", _file(tmp_path, **changes), "--at", "0,0", *flags]) == 2
    assert says in capsys.readouterr().err
