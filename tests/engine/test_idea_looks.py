"""Where ideas lie and what a vector is near to, asked of the tiny model and of the one that comes with the program."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from webui.engine.generate import Generator, create
from webui.engine.looks import LookIdeas, LookVector
from webui.engine.word_vectors import FOLDER
from webui.errors import InvalidRequest
from webui.generation.blend import Blend, BlendWay, Idea
from webui.generation.request import GenerationRequest

BUNDLED = Path(__file__).parents[2] / "models"
WORDS = ("night", "red", "palace", "tree", "sea", "castle", "snow", "windmill", "fortress", "left", "moon", "lake")
PROMPTS = ("a lighthouse at night", "a beacon at night", "a castle by day")


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Generator:
    return create([BUNDLED], tmp_path_factory.mktemp("data"))


@pytest.fixture(autouse=True)
def few_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webui.engine.word_vectors.vocabulary", lambda model: WORDS)


@pytest.fixture(scope="module")
def tiny(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator:
    return create([tiny_models_dir], tmp_path_factory.mktemp("data"))


def _vector(model: str, ideas: tuple[str, ...] = (), **asked: Any) -> LookVector:
    return LookVector(model=model, request=GenerationRequest(seed=1, **asked), ideas=ideas)


def test_ideas_that_mean_nearly_the_same_lie_together(bundled: Generator) -> None:
    values = bundled.look(LookIdeas(model="postcard", prompts=PROMPTS)).values
    places, alike = np.array(values["places"]), np.array(values["similarities"])
    assert np.linalg.norm(places[0] - places[1]) < np.linalg.norm(places[0] - places[2]) / 2
    assert alike[0, 1] > 0.9 > alike[0, 2]
    assert 0.5 < values["explained"] <= 1.0


def test_what_is_told_of_ideas_is_of_their_whole_embeddings(tiny: Generator) -> None:
    long = "the cat " * 60
    values = tiny.look(LookIdeas(model="tiny", prompts=("the cat", "the cat", long))).values
    assert values["tokens"] > 77
    assert values["dimensions"] == values["tokens"] * 32
    distances = np.array(values["distances"])
    assert np.array_equal(distances, distances.T)
    assert (distances[0, 1], distances[0, 0]) == (0, 0)
    assert distances[0, 2] > 0
    assert np.array(values["similarities"])[0, 1] == pytest.approx(1)


def test_an_idea_of_no_words_is_like_nothing(tiny: Generator) -> None:
    values = tiny.look(LookIdeas(model="tiny", prompts=("", "the cat"))).values
    assert values["similarities"][0] == [0, 0]
    assert values["norms"][0] > 0


def test_a_vector_at_an_idea_is_that_idea(tiny: Generator) -> None:
    blend = Blend(ideas=(Idea(prompt="a dog"), Idea(prompt="the cat", weight=0)))
    values = tiny.look(_vector("tiny", ("a dog", "the cat"), prompt="the cat", blend=blend)).values
    own, other = values["ideas"]
    assert (own["prompt"], own["distance"], own["similarity"]) == ("a dog", 0, pytest.approx(1))
    assert other["distance"] > 0


def test_a_vector_half_way_lies_between_its_ideas(tiny: Generator) -> None:
    ideas = ("a dog", "the cat")
    apart = tiny.look(LookIdeas(model="tiny", prompts=ideas)).values["distances"][0][1]
    blend = Blend(ideas=tuple(Idea(prompt=idea, weight=0.5) for idea in ideas), way=BlendWay.LINEAR)
    told = tiny.look(_vector("tiny", ideas, blend=blend)).values["ideas"]
    assert [each["distance"] for each in told] == [pytest.approx(apart / 2, abs=1e-4)] * 2


def test_the_nearest_words_of_a_prompt_are_those_of_its_kind(bundled: Generator) -> None:
    nearest = [each["word"] for each in bundled.look(_vector("postcard", prompt="a castle")).values["nearest"]]
    assert set(nearest[:3]) == {"castle", "palace", "fortress"}
    assert len(nearest) == 10


def test_words_are_read_once_and_kept_for_later_starts(
    tiny_models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = _vector("tiny", prompt="the cat")
    before = create([tiny_models_dir], tmp_path).look(question)
    assert list((tmp_path / FOLDER).glob("*.npz"))

    def none(model: Path) -> tuple[str, ...]:
        raise AssertionError("the words are read again")

    monkeypatch.setattr("webui.engine.word_vectors.vocabulary", none)
    after = create([tiny_models_dir], tmp_path).look(question)
    assert [each["word"] for each in after.values["nearest"]] == [each["word"] for each in before.values["nearest"]]


def test_words_are_read_with_turns_for_others_and_those_read_are_not_lost(
    tiny_models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webui.engine.word_vectors._TURN_SECONDS", 0.0)
    monkeypatch.setattr("webui.engine.word_vectors.vocabulary", lambda model: ("cat", "dog", "the", "and"))
    generator = create([tiny_models_dir], tmp_path)
    given_up = generator.looking(_vector("tiny", prompt="the cat"))
    for _ in range(3):
        next(given_up)
    given_up.close()
    assert sum(1 for _ in generator.looking(_vector("tiny", prompt="a dog"))) == 2


def test_damaged_words_are_read_again(tiny_models_dir: Path, tmp_path: Path) -> None:
    question = _vector("tiny", prompt="the cat")
    before = create([tiny_models_dir], tmp_path).look(question)
    for file in (tmp_path / FOLDER).iterdir():
        file.write_bytes(file.read_bytes()[:50])
    assert create([tiny_models_dir], tmp_path).look(question) == before


def test_a_projection_that_is_not_installed_is_refused_in_a_sentence(
    tiny: Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webui.exploring.projection.umap_is_installed", lambda: False)
    with pytest.raises(InvalidRequest, match="UMAP"):
        tiny.look(LookIdeas(model="tiny", prompts=PROMPTS, projection="umap"))
