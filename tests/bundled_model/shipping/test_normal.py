"""What is normal for the bundled model: pictures of scenes of all kinds."""

import shutil
from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.shipping.normal import measure_normal_range, normal_prompts
from webui.engine.normal_pictures import NORMAL_FILE
from webui.exploring.normal_range import NormalRange
from webui.model_manager.kept_json import read_kept


def test_scenes_of_all_kinds_are_normal() -> None:
    prompts = normal_prompts(120)
    assert prompts == normal_prompts(120)
    assert len(set(prompts)) > 110
    told = " ".join(prompts)
    for word in ("night", "sunset", "watercolo", "pixel", "poster", "winter", "fog", "sea", "desert", "urban", "moon"):
        assert word in told


def test_the_range_of_a_model_lies_beside_its_weights(tiny_model: Path, tmp_path: Path) -> None:
    model = Path(shutil.copytree(tiny_model, tmp_path / "checkpoints" / "own"))
    found = measure_normal_range(model, 8)
    assert found.pictures == 8
    assert NormalRange.from_json(read_kept(model / NORMAL_FILE)) == found
