"""Questions from a file, and the sentence that is made of the answers."""

import json
from pathlib import Path

import pytest

from tests.tiny_readers import QUESTIONS
from webui.errors import ModelUnusable
from webui.readers.questions import Questions, read_questions
from webui.readers.reading import AttributeRead, Reading, tags_of


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"subject": "boat", "count": "1", "time": "night"}, "one boat, at night"),
        ({"subject": "house", "count": "2", "time": "day"}, "two houses, by day"),
        ({"subject": "none", "count": "2", "time": "day"}, "by day"),
        ({"subject": "house", "count": "none", "time": "day"}, "house, by day"),
    ],
)
def test_the_sentence_names_what_is_there_and_nothing_else(answers: dict[str, str], sentence: str) -> None:
    assert Questions.model_validate(QUESTIONS).sentence_of(answers) == sentence


@pytest.mark.parametrize(
    "broken",
    [
        "no JSON", [], {}, {**QUESTIONS, "version": 2}, {**QUESTIONS, "more": 1},
        {**QUESTIONS, "sentence": [{"needs": "subject", "text": "{colour}"}]},
        {**QUESTIONS, "attributes": {"time": {"labels": {"day": {"sentences": []}}}}},
        {**QUESTIONS, "attributes": {"time": {"sharpness": -1, "labels": {"day": {"sentences": ["by day"]}}}}},
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_in_a_sentence(tmp_path: Path, broken: object) -> None:
    file = tmp_path / "questions.json"
    file.write_text(broken if isinstance(broken, str) else json.dumps(broken))
    with pytest.raises(ModelUnusable, match=r"questions\.json"):
        read_questions(file)


def test_tags_are_the_answers_that_name_something() -> None:
    attributes = (
        AttributeRead("subject", (("fishing_boat", 0.8), ("none", 0.2))), AttributeRead("count", (("none", 1.0),)),
    )  # fmt: skip
    reading = Reading(reader="own", kind="attributes", sentence="a boat", attributes=attributes)
    assert tags_of(reading.to_json()) == "fishing boat"
