"""Finished LoRAs are measured: weights, legibility, mixing."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from bundled_model.judging.generating import Sampling
from bundled_model.learning.lora.judge import look_judge, read_right
from bundled_model.learning.lora.measuring import WEIGHTS, asked_for, distance, measure, rises, table
from bundled_model.learning.lora.settings import Places
from bundled_model.learning.stopping import Stop


@pytest.fixture
def places(trained: Places, tmp_path: Path) -> Places:
    """Two finished LoRAs, one of them under another name too."""
    both = replace(trained, training=tmp_path, loras=tmp_path / "loras")
    both.loras.mkdir()
    for name in ("neon", "blueprint"):
        shutil.copy(trained.file("neon"), both.file(name))
    return both


def test_figures_and_a_sheet_are_written(places: Places) -> None:
    judge = look_judge(places.work("judge"), Stop(), drawings=32, steps=1, batch=4)
    assert judge is not None
    figures = measure(places, ("neon", "blueprint"), 1, Sampling(places.model, steps=1, guidance=1.0), judge)
    assert json.loads((places.training / "loras.json").read_text()) == figures
    assert Image.open(places.training / "loras.png").size == (len(WEIGHTS) * 128, 3 * 128)
    neon = figures["looks"]["neon"]
    assert list(neon["distance to weight 0"]) == ["0", "0.25", "0.5", "0.75", "1", "1.25", "1.5"]
    assert neon["distance to weight 0"]["0"] == 0
    assert "style" not in neon["read at weight 1"]
    assert table(figures).count("| neon ") == 2


def test_a_judge_is_trained_once_and_may_be_stopped(tmp_path: Path) -> None:
    asked = Stop()
    asked.asked = True
    assert look_judge(tmp_path, asked, drawings=32, steps=1, batch=4) is None
    judge = look_judge(tmp_path, Stop(), drawings=32, steps=1, batch=4)
    assert judge is not None
    changed = (tmp_path / "classifier.pt").stat().st_mtime_ns
    assert look_judge(tmp_path, Stop(), drawings=32, steps=1, batch=4) is not None
    assert (tmp_path / "classifier.pt").stat().st_mtime_ns == changed
    scene = asked_for(1)[0].scene
    assert 0 <= read_right(judge, [np.zeros((256, 256, 3), np.uint8)], [scene])["mean"] <= 100


def test_distances_that_rise_or_nearly_so_are_told_from_those_that_fall() -> None:
    assert rises([0, 10, 20, 19.8, 30])
    assert not rises([0, 20, 10, 30])
    black, white = np.zeros((2, 2, 3), np.uint8), np.full((2, 2, 3), 255, np.uint8)
    assert distance([black, white], [white, white]) == pytest.approx(127.5)
