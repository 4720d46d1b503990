import json
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.tiny_readers import add_tiny_encoder
from webui.cli.main import main


@pytest.fixture(scope="module")
def models(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    models = tmp_path_factory.mktemp("interrogate")
    shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", models / "readers" / "own")
    add_tiny_encoder(models / "readers" / "own")
    return models


@pytest.fixture
def flags(models: Path, tmp_path: Path) -> list[str]:
    Image.new("RGB", (40, 60), "navy").save(tmp_path / "picture.png")
    return ["--models-dir", str(models), "--data-dir", str(tmp_path / "data"), "--reader", "own"]


def test_a_picture_is_told_in_a_sentence_and_a_line_for_each_attribute(
    capsys: pytest.CaptureFixture[str], flags: list[str], tmp_path: Path
) -> None:
    assert main(["interrogate", str(tmp_path / "picture.png"), *flags]) == 0
    sentence, *lines = capsys.readouterr().out.splitlines()
    assert sentence
    assert [line.split(":")[0].strip() for line in lines] == ["subject", "count", "time"]
    assert all(line.endswith("%") for line in lines)


def test_as_json_every_label_has_its_score(
    capsys: pytest.CaptureFixture[str], flags: list[str], tmp_path: Path
) -> None:
    assert main(["interrogate", str(tmp_path / "picture.png"), "--json", *flags]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["reader"] == "own" and told["tags"]
    assert {label["label"] for label in told["attributes"][2]["labels"]} == {"day", "night"}


def test_what_cannot_be_read_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], flags: list[str], tmp_path: Path
) -> None:
    (tmp_path / "words.png").write_text("no picture")
    for asked in ([str(tmp_path / "nosuch.png"), *flags], [str(tmp_path / "words.png"), *flags],
                  [str(tmp_path / "picture.png"), *flags[:-1], "nosuch"]):  # fmt: skip
        assert main(["interrogate", *asked]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
