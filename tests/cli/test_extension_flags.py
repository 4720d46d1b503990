import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.extensions.tried import enable_untried, write_extension
from webui.cli.extension_flags import extra_values
from webui.cli.main import main
from webui.errors import InvalidRequest
from webui.extensions.controls import Choice, Control, Number, Slider, Switch, Text

GRAIN: tuple[Control, ...] = (
    Slider("amount", "Amount", 0.0, 1.0, 0.05, 0.2),
    Number("size", "Size", 1, 9, 1, 3),
    Switch("colour", "Colour"),
    Choice("stock", "Stock", ("400", "Portra")),
    Text("note", "Note"),
)
CONTROLS = {"film_grain": GRAIN}
WORKER = """from webui.extensions.api import *
from PIL import Image

@hookimpl
def finish_image(image, values):
    return Image.new("RGB", image.size, (int(values["amount"] * 100), 1, 2))
"""
WEB = """
import json
from pathlib import Path

@hookimpl
def prepare_request(request, values):
    return {"negative_prompt": f"grain {values['amount']:g}"}

@hookimpl
def image_saved(image, values):
    Path(__file__).with_name("diary.txt").write_text(json.dumps([str(image.path), image.index, dict(values)]))
"""


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("amount=0.4", 0.4),
        ("amount=1", 1.0),
        ("size=2", 2),
        ("colour=yes", True),
        ("colour=False", False),
        ("stock=400", "400"),
        ("note=a=b, c", "a=b, c"),
        ("note=", ""),
    ],
)
def test_a_value_is_read_as_its_control_has_it(typed: str, value: Any) -> None:
    (read,) = extra_values([f"film_grain.{typed}"], CONTROLS)["film_grain"].values()
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("film_grain.amount", "names no control"),
        ("film_grain.amont=1", "film_grain.amount, film_grain.size"),
        ("film_grain", "names no control"),
        ("other.amount=1", "names no control"),
        ("=1", "names no control"),
        ("film_grain.amount=2", "from 0 to 1"),
        ("film_grain.amount=much", "must be a number"),
        ("film_grain.amount=nan", "must be"),
        ("film_grain.size=2.5", "whole number"),
        ("film_grain.colour=2", "true or false"),
        ("film_grain.stock=Velvia", "one of 400, Portra"),
    ],
)
def test_a_value_that_cannot_be_is_told_in_one_line(typed: str, words: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        extra_values([typed], CONTROLS)
    assert words in str(refused.value)


def test_a_picture_is_made_with_the_hooks_of_both_processes_and_the_flags_values(
    tiny_models_dir: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = write_extension(tmp_path, "film_grain", WEB, **{"worker.py": WORKER})
    enable_untried(tmp_path, "film_grain", controls=GRAIN)
    out = tmp_path / "made.png"
    folders = ["--data-dir", str(tmp_path / "data"), "--models-dir", str(tiny_models_dir), "--model", "tiny"]
    command = ["generate", *folders, "--extensions-dir", str(tmp_path / "extensions"), "--prompt", "the cat"]
    made = [*command, "--seed", "3", "--steps", "1", "--width", "64", "--height", "64", "--out", str(out)]
    assert main([*made, "--extra", "film_grain.amount=0.5"]) == 0
    with Image.open(out) as picture:
        assert picture.getpixel((5, 5)) == (50, 1, 2)
        request = json.loads(picture.info["darkroom"])
        assert 'Extension film_grain: "{\\"amount\\": 0.5}"' in picture.info["parameters"]
    assert (request["negative_prompt"], request["extras"]) == ("grain 0.5", {"film_grain": {"amount": 0.5}})
    told = json.loads((place / "diary.txt").read_text())
    assert (told[0], told[1], told[2]["amount"]) == (str(out), 0, 0.5)
    capsys.readouterr()
    assert main([*made, "--extra", "film_grain.amount=5"]) == 2
    assert "film_grain.amount" in capsys.readouterr().err
    assert main([*made, "--safe-mode", "--infotext", str(out)]) == 0
    assert "film_grain is not on: its values were not used." in capsys.readouterr().err
    with Image.open(out) as picture:
        assert picture.getpixel((5, 5)) != (50, 1, 2)


def test_extensions_beside_the_model_are_ended_once_after_each_command(tiny_models_dir: Path, tmp_path: Path) -> None:
    diary = tmp_path / "ended"
    hook = f"@hookimpl\ndef shutdown():\n    open({str(diary)!r}, 'a').write('x')\n"
    place = write_extension(tmp_path, "film_grain", "", **{"worker.py": f"from webui.extensions.api import *\n{hook}"})
    (place / "web.py").unlink()
    enable_untried(tmp_path, "film_grain")
    folders = ["--data-dir", str(tmp_path / "data"), "--models-dir", str(tiny_models_dir)]
    places = [*folders, "--extensions-dir", str(tmp_path / "extensions")]
    recording = str(tmp_path / "cat.safetensors")
    made = ["--model", "tiny", "--prompt", "the cat", "--steps", "1", "--width", "64", "--height", "64"]
    assert main(["generate", *places, *made, "--out", str(tmp_path / "cat.png"), "--trajectory", recording]) == 0
    assert diary.read_text() == "x"
    exported = ["--what", "frame", "--step", "1", "--out", str(tmp_path / "step.png")]
    assert main(["trajectory", "export", *places, recording, *exported]) == 0
    assert diary.read_text() == "xx"
