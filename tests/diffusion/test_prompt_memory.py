from collections.abc import Hashable
from typing import Any

import pytest
import torch

from webui.diffusion.families.base import PromptEmbedding, PromptOptions
from webui.diffusion.prompt_memory import PromptMemory
from webui.generation.request import GenerationRequest


class Reader:
    """Encodes a text to its length, asks for each word as a textual inversion, and notes the word "odd"."""

    def __init__(self, family: "Reading", options: PromptOptions) -> None:
        self._family, self._options = family, options
        self.notes: list[str] = []

    def __call__(self, text: str, *, negative: bool = False) -> PromptEmbedding:
        self._family.encoded.append((text, negative))
        for word in text.split():
            self._options.embeddings(word)
            if word == "odd":
                self.notes.append("There is an odd word.")
        return PromptEmbedding(torch.full((1, 2, 3), float(len(text))))


class Reading:
    def __init__(self) -> None:
        self.encoded: list[tuple[str, bool]] = []

    def read_prompts(self, options: PromptOptions) -> Reader:
        return Reader(self, options)


@pytest.fixture
def family() -> Any:
    return Reading()


def options(embeddings: dict[str, Any] | None = None, **request: Any) -> PromptOptions:
    return PromptOptions(request=GenerationRequest(**request), embeddings=(embeddings or {}).get, width=256, height=256)


def test_the_next_walk_has_what_was_encoded_for_this_one(family: Any) -> None:
    memory = PromptMemory()
    first = memory.reader(family, options(seed=1, steps=4))("a cat")
    again = memory.reader(family, options(seed=2, steps=9, cfg_scale=3.0))("a cat")
    assert family.encoded == [("a cat", False)]
    assert again is first


@pytest.mark.parametrize("change", [{"clip_skip": 2}, {"emphasis": "None"}, {"distilled_guidance": 2.0}])
def test_what_encoders_are_told_otherwise_is_encoded_again(family: Any, change: dict[str, Any]) -> None:
    memory = PromptMemory()
    memory.reader(family, options())("a cat")
    memory.reader(family, options(**change))("a cat")
    memory.reader(family, options())("a cat", negative=True)
    assert len(family.encoded) == 3


def test_loras_in_the_text_encoders_have_encodings_of_their_own(family: Any) -> None:
    applied: list[Hashable] = []
    memory = PromptMemory(encoded_with=lambda: tuple(applied))
    memory.reader(family, options())("a cat")
    applied.append(("style", 1.0))
    memory.reader(family, options())("a cat")
    applied.clear()
    memory.reader(family, options())("a cat")
    assert len(family.encoded) == 2


def test_a_textual_inversion_that_came_or_changed_is_read(family: Any) -> None:
    memory = PromptMemory()
    vectors = torch.ones(1, 3)
    memory.reader(family, options())("a cat")
    memory.reader(family, options({"cat": vectors}))("a cat")
    memory.reader(family, options({"cat": vectors}))("a cat")
    memory.reader(family, options({"cat": vectors.clone()}))("a cat")
    assert len(family.encoded) == 3


def test_notes_are_told_for_remembered_prompts_too(family: Any) -> None:
    memory = PromptMemory()
    for _ in range(2):
        reader = memory.reader(family, options())
        reader("odd cat")
        reader("odd dog")
        assert set(reader.notes) == {"There is an odd word."}
    assert len(family.encoded) == 2


def test_what_was_not_used_for_longest_goes_first(family: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webui.diffusion.prompt_memory._MOST_BYTES", 50)  # an embedding here has 24 bytes
    memory = PromptMemory()
    for text in ("a", "b", "a", "c", "a", "b"):
        memory.reader(family, options())(text)
    assert [text for text, _ in family.encoded] == ["a", "b", "c", "b"]
