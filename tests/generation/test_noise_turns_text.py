import pytest
from hypothesis import given, settings

from tests.generation.requests import requests
from webui.errors import InvalidRequest
from webui.generation.noise_turns import NoiseTurn
from webui.generation.noise_turns_text import read_turns, written_turns
from webui.generation.request import GenerationRequest

NESTED = (
    NoiseTurn(seed=77, share=0.3),
    NoiseTurn(seed=9, share=-0.5, variation_seed=4, variation_strength=0.2, turns=(NoiseTurn(seed=3, share=1.0),)),
)


def test_turns_are_written_as_people_would_say_them() -> None:
    assert written_turns(NESTED) == "0.3 to 77; -0.5 to 9 varied 0.2 to 4 (1.0 to 3)"


@settings(max_examples=40, deadline=None)
@given(requests())
def test_what_is_written_is_read_back_exactly(request: GenerationRequest) -> None:
    assert read_turns(written_turns(request.noise_turns)) == request.noise_turns


def test_spaces_and_whole_numbers_are_read() -> None:
    assert read_turns(" 1to 5 ;\n.5 TO 6 ") == (NoiseTurn(seed=5, share=1.0), NoiseTurn(seed=6, share=0.5))
    assert read_turns("  ") == ()


@pytest.mark.parametrize(
    "text",
    ["0.3", "0.3 to", "0.3 to 5;", "0.3 to 5 6", "(0.3 to 5)", "0.3 to 5 (0.2 to 6", "9 to 5", "0.3 to -2",
     "0.1 to 1 (0.1 to 1 (0.1 to 1 (0.1 to 1)))", "0.3 to 5 varied 2 to 6", "x" * 20_000],
)  # fmt: skip
def test_what_cannot_be_read_is_told_by_its_field(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_turns(text)
    assert (refused.value.field or "").startswith("noise_turns")
