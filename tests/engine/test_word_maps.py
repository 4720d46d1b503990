"""What words do in a call of a recorded walk, asked of the tiny model and of the one that comes with the program."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.engine.studio import Studio
from webui.engine.call_again import CallAgain
from webui.engine.events import ImageDone
from webui.engine.generate import create
from webui.engine.looks import LookAttention, WordView
from webui.engine.open_recordings import OpenRecording
from webui.engine.word_maps import MOST_TRIED, Again, Looked, WordMaps, attended, influences
from webui.engine.worker_control import JobControl
from webui.generation.request import GenerationRequest
from webui.model_manager.loading.load_model import exhausted

BUNDLED = Path(__file__).parents[2] / "models"


@pytest.fixture(scope="module")
def studio(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Studio:
    return Studio(tiny_models_dir, tmp_path_factory.mktemp("data"))


def _maps(studio: Studio, recording: OpenRecording, look: Callable[[Again], Looked]) -> WordMaps:
    return exhausted(look(lambda: studio.again(recording, 1)))


@pytest.mark.parametrize("look", [attended, influences])
def test_the_words_of_all_parts_are_there(studio: Studio, look: Callable[[Again], Looked]) -> None:
    found = _maps(studio, studio.walked(prompt="the cat AND a dog:0.5"), look)
    assert [(word.text, word.map.shape) for word in found.words] == [
        (text, (8, 8)) for text in ("the", "cat", "a", "dog")
    ]
    assert all(word.share > 0 for word in found.words)


def test_the_shares_of_what_words_change_add_up_to_one(studio: Studio) -> None:
    found = _maps(studio, studio.walked(prompt="the cat AND a dog:0.5"), influences)
    assert sum(word.share for word in found.words) == pytest.approx(1.0)


@pytest.mark.parametrize("look", [attended, influences])
def test_an_empty_prompt_has_no_words(studio: Studio, look: Callable[[Again], Looked]) -> None:
    assert _maps(studio, studio.walked(prompt=""), look) == WordMaps([])


@pytest.mark.parametrize("prompt", ["cat " * (MOST_TRIED + 10), " AND ".join(["cat"] * (MOST_TRIED + 10))])
def test_of_a_long_prompt_so_many_words_are_tried_as_an_encoder_reads_at_once(studio: Studio, prompt: str) -> None:
    found = _maps(studio, studio.walked(prompt=prompt), influences)
    assert (len(found.words), found.untried) == (MOST_TRIED, 10)


def test_a_word_changes_the_same_whatever_is_asked_in_one_call(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    recording = studio.walked(prompt="the cat (a:1.3) " + "b " * 80)
    together = _maps(studio, recording, influences).words
    monkeypatch.setattr(CallAgain, "at_once", 1)
    alone = _maps(studio, recording, influences).words
    for one, other in zip(together, alone, strict=True):
        assert np.allclose(one.map, other.map, atol=1e-5)


@pytest.mark.parametrize("of", ["influence", "attention"])
def test_others_have_their_turn_between_the_calls_with_other_models_too(studio: Studio, of: WordView) -> None:
    words = " ".join("abcdefghijklmnopqrstuvwxyz" * 2)
    trajectory = studio.walked(prompt=f"{words} AND the cat").trajectory.header.id
    question = LookAttention(trajectory=trajectory, step=1, model="tiny", of=of)
    alone = studio.generator.look(question)
    looking = studio.generator.looking(question)
    short = studio.walked(prompt="a dog").trajectory.header.id
    other = LookAttention(trajectory=short, step=1, model="tiny-v", of=of)
    turns = 0
    while True:
        try:
            next(looking)
        except StopIteration as end:
            among_others = end.value
            break
        turns += 1
        studio.generator.look(other)
        assert studio.generator.describe()["model"] == "tiny-v"
        job = GenerationRequest(prompt="a dog", seed=1, steps=2, width=64, height=64, model="tiny-v")
        assert list(studio.generator.run(f"between{turns}", job, JobControl()))
    assert turns >= (4 if of == "influence" else 1)
    assert among_others == alone


@pytest.mark.parametrize("side", ["left", "right"])
def test_on_the_bundled_model_a_word_changes_the_picture_where_it_is_painted(tmp_path: Path, side: str) -> None:
    generator = create([BUNDLED], tmp_path)
    request = GenerationRequest(prompt=f"a lighthouse at night, moon on the {side}", seed=1, steps=8, model="postcard")
    events = list(generator.run("job", request, JobControl(), record="steps"))
    (trajectory,) = [event.trajectory for event, _ in events if isinstance(event, ImageDone)]
    shares = []
    for step in (1, 3, 5):
        answered = generator.look(LookAttention(trajectory=trajectory, step=step, model="postcard", of="influence"))
        place = next(each["index"] for each in answered.values["words"] if each["text"] == "moon")
        shares.append(_left(answered.parts[0], place) if side == "left" else 1 - _left(answered.parts[0], place))
    assert np.mean(shares) > 0.6, shares


def _left(png: bytes, place: int) -> float:
    """The share of a cell's light that lies in its left half."""
    maps = np.asarray(Image.open(io.BytesIO(png))).astype(float)
    cell = maps[place // 8 * 32 :, place % 8 * 32 :][:32, :32]
    return float(cell[:, :16].sum() / cell.sum())
