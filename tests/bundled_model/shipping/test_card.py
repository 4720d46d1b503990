"""Figures in words and tables, and only those of the very weights that are told of."""

import json
import shutil
from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.judging.evaluation import EVALUATION_FILE
from bundled_model.judging.generating import weights_of
from bundled_model.judging.seams import SEAMS_FILE
from bundled_model.judging.speed import megabytes
from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.shipping.card import (
    EVALUATED,
    attributes_table,
    parts_table,
    sections_of,
    settings_sentence,
    speed_sentence,
    write_card,
)
from bundled_model.shipping.sentences import SENTENCES_FILE

FIGURES = dict.fromkeys([*ATTRIBUTES, "mean", "all"], 99.5)
EVALUATION = {
    "prompts": 1000,
    "sizes": {"256x256": 700, "384x256": 300},
    "steps": 20,
    "guidance": 5.0,
    "solver": "DDIMScheduler",
    "scenes": dict.fromkeys(ATTRIBUTES, 1000),
    "classifier": FIGURES,
    "drawn": FIGURES,
    "generated": FIGURES,
    "mistakes": {"sky": ["storm as rain: 3 of 40"], "subject": ["fishing_boat as sailboat: 2 of 9"], "time": []},
    "diversity": {"features": 0.912, "pixels": 0.8},
    "autoencoder_psnr": {"poster": 31.25, "all": 30.0},
    "seconds_per_picture": 1.24,
    "machine": {"device": "processor", "cores": 2, "threads": 2},
    "megabytes": 46.2,
}


def test_figures_are_told_in_words_and_tables(tiny_model: Path, tmp_path: Path) -> None:
    weights = weights_of(tiny_model)
    (tmp_path / EVALUATION_FILE).write_text(json.dumps({"weights": weights} | EVALUATION))
    seams = {"weights": weights, "mean": {"seam": 1.1, "before": 1.05}, "cases": [{}, {}]}
    (tmp_path / SEAMS_FILE).write_text(json.dumps(seams))
    told = [{"text": "a castle by night", "named": {"subject": "castle"}, "read": {"subject": "castle"}}]
    (tmp_path / SENTENCES_FILE).write_text(json.dumps({"weights": weights, "sentences": told}))
    sections = sections_of(tmp_path, tiny_model)
    assert sections["settings"].startswith("1,000 prompts (700 of 256x256 and 300 of 384x256 pixels), 20 steps")
    assert "| 31.2 | 30.0 |" in sections["psnr"]
    assert "0.91 times" in sections["diversity"]
    assert "1.2 seconds on 2 processor cores" in sections["speed"]
    assert f"folder has {megabytes(tiny_model):.0f} MB" in sections["speed"]
    assert "- subject: fishing boat as sailboat: 2 of 9" in sections["mistakes"]
    assert "1.10 times" in sections["seams"]
    assert "a castle by night" in sections["sentences"]
    model = Path(shutil.copytree(tiny_model, tmp_path / "model"))
    card = write_card(tmp_path, model).read_text(encoding="utf-8")
    assert "1.2 seconds" in card
    assert "<!--" not in card


def test_figures_are_told_in_good_sentences_however_many_there_are() -> None:
    sizes = {"256x256": 700, "384x256": 150, "256x384": 1500}
    assert "(700 of 256x256, 150 of 384x256 and 1,500 of 256x384 pixels)" in settings_sentence(
        EVALUATION | {"sizes": sizes}
    )
    assert "(700 of 256x256 pixels)" in settings_sentence(EVALUATION | {"sizes": {"256x256": 700}})
    alone = {"machine": {"device": "processor", "cores": 2, "threads": 1}}
    assert "on one processor core (" in speed_sentence(EVALUATION | alone)


def test_what_was_measured_of_other_weights_is_left_out(tiny_model: Path, tmp_path: Path) -> None:
    (tmp_path / EVALUATION_FILE).write_text(json.dumps({"weights": "others"} | EVALUATION))
    assert not set(sections_of(tmp_path, tiny_model)) & set(EVALUATED)


def test_the_attributes_are_those_of_scenes() -> None:
    rows = attributes_table().splitlines()
    assert len(rows) == 2 + len(ATTRIBUTES)
    assert "| count | 1, 2, 3 |" in rows
    assert any("fishing boat, house" in row for row in rows)


def test_the_parts_have_their_classes_and_sizes(tiny_model: Path) -> None:
    rows = parts_table(tiny_model).splitlines()
    assert [row.split("|")[2].strip() for row in rows[2:]] == [
        "`UNet2DConditionModel`",
        "`AutoencoderTiny`",
        "`CLIPTextModel`",
    ]
