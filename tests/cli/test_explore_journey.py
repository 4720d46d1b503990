import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.engine.engines import FACTORY
from tests.engine.fake_model import make_model
from webui.cli.explore_journey import travel
from webui.cli.main import main
from webui.engine.events import ImageDone
from webui.engine.generate import create
from webui.engine.journey_film import FilmForm
from webui.engine.worker_control import JobControl
from webui.generation.request import GenerationRequest
from webui.settings import Settings

TRAVEL: dict[str, Any] = {
    "stops": [{"prompt": "a boat", "seed": 1, "frames": 3}, {"prompt": "a castle", "seed": 2}],
    "request": {"steps": 2, "width": 64, "height": 64},
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    make_model(tmp_path / "models")
    return Settings(data_dir=tmp_path / "data", models_dirs=(tmp_path / "models",))


def test_a_journey_becomes_a_film(settings: Settings, tmp_path: Path) -> None:
    out = tmp_path / "travel.webp"
    assert travel(settings, TRAVEL, out, FilmForm.WEBP, generator_factory=FACTORY) == [out]
    with Image.open(out) as film:
        assert (film.n_frames, film.size) == (4, (64, 64))  # pyright: ignore[reportAttributeAccessIssue]


def test_the_stops_of_a_journey_are_their_single_pictures_byte_for_byte(tiny_models_dir: Path, tmp_path: Path) -> None:
    stops: list[dict[str, Any]] = [
        {"prompt": "the (cat:1.2)", "negative_prompt": "rain", "seed": 1, "frames": 3},
        {"prompt": "a dog", "seed": 2, "cfg_scale": 7.5, "frames": 2, "noise_turns": [{"seed": 9, "share": 0.3}]},
        {"blend": {"ideas": [{"prompt": "red", "weight": 0.5}, {"prompt": "hat", "weight": 0.7}]}, "seed": 3},
    ]
    shared = {"model": "tiny", "steps": 2, "width": 64, "height": 64, "sampler": "Euler a"}
    settings = Settings(data_dir=tmp_path / "data", models_dirs=(tiny_models_dir,))
    frames = travel(settings, {"stops": stops, "request": shared}, tmp_path / "frames", None)
    assert [path.name for path in frames] == [f"frame-{number:04d}.png" for number in range(1, 7)]
    generator = create([tiny_models_dir], tmp_path / "other")
    for stop, path in zip(stops, (frames[0], frames[3], frames[5]), strict=True):
        own = {name: value for name, value in stop.items() if name != "frames"}
        made = generator.run("alone", GenerationRequest.parse(shared | own), JobControl())
        assert [event.png for event, _ in made if isinstance(event, ImageDone)] == [path.read_bytes()]
    assert len({path.read_bytes() for path in frames}) == 6


def test_what_cannot_be_used_is_one_line_and_exit_code_two(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "journey.json"
    file.write_text(json.dumps(TRAVEL))
    assert main(["explore", "journey", str(file), "--out", "travel.avi", "--data-dir", str(tmp_path / "data")]) == 2
    assert "ends in none of .mp4, .webp, .gif, .zip" in capsys.readouterr().err
