import pytest
from hypothesis import given
from hypothesis import strategies as st

from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.generation.styles import Style, apply_styles, read_styles, styled_fields, write_styles

INK = Style("Ink", "ink drawing of {prompt}, black", "colour")
SHARP = Style("Sharp", "sharp, detailed", "{prompt}, blurred")


def test_a_style_goes_around_the_words_or_behind_them() -> None:
    assert apply_styles("a cat", "dog", [INK, SHARP]) == (
        "ink drawing of a cat, black, sharp, detailed",
        "dog, colour, blurred",
    )


def test_empty_words_and_empty_styles_leave_no_comma() -> None:
    assert apply_styles("", " dog ", [Style("Plain", "sharp"), Style("Nothing")]) == ("sharp", "dog")
    assert apply_styles("a cat ", "", []) == ("a cat ", "")


def test_styles_that_make_a_prompt_too_long_are_told() -> None:
    doubling = Style("Doubling", "{prompt}{prompt}")
    with pytest.raises(InvalidRequest) as caught:
        apply_styles("a cat", "", [doubling] * 50)
    assert caught.value.field == "styles"


def test_a_request_has_its_styles_as_words_and_names_none_any_more() -> None:
    request = GenerationRequest(prompt="a cat", styles=("Ink",), hires={"prompt": "a big cat"})  # pyright: ignore
    styled = request.with_changes(**styled_fields(request, [INK]))
    assert (styled.prompt, styled.negative_prompt, styled.styles) == ("ink drawing of a cat, black", "colour", ())
    assert styled.hires is not None
    assert (styled.hires.prompt, styled.hires.negative_prompt) == ("ink drawing of a big cat, black", "")


def test_a_file_of_a1111_is_read() -> None:
    text = '\ufeffname,prompt,negative_prompt\r\nInk,"ink drawing of {prompt}, black",colour\r\n,skipped,\r\nBare,,\r\n'
    assert read_styles(text) == [INK, Style("Bare")]


def test_older_and_newer_columns_are_read_too() -> None:
    assert read_styles("name,text\nOld,words\n") == [Style("Old", "words")]
    assert read_styles("name,prompt,negative_prompt,notes\nNew,words,no,x,y\n") == [Style("New", "words", "no")]


def test_of_two_rows_with_one_name_the_last_counts() -> None:
    assert read_styles("name,prompt\na,one\na,two\n") == [Style("a", "two")]


texts = st.text(st.characters(exclude_characters="\x00\r", exclude_categories=["Cs"]), max_size=30)


@given(st.lists(st.builds(Style, texts.map(str.strip).filter(bool), texts, texts), unique_by=lambda style: style.name))
def test_what_is_written_is_read_again(styles: list[Style]) -> None:
    assert read_styles(write_styles(styles)) == styles


def test_a_style_goes_around_each_idea_of_a_blend_and_leaves_its_network_to_the_prompt() -> None:
    blend = {"ideas": [{"prompt": "a cat", "weight": 0.3}, {"prompt": "a dog", "weight": 0.7}]}
    style = Style("Ink", "ink drawing of {prompt} <lora:ink:1>")
    changes = styled_fields(GenerationRequest.parse({"prompt": "pets", "blend": blend, "styles": ["Ink"]}), [style])
    request = GenerationRequest.parse(changes)
    assert request.prompt == "ink drawing of pets <lora:ink:1>"
    assert request.blend is not None
    assert [idea.prompt.strip() for idea in request.blend.ideas] == ["ink drawing of a cat", "ink drawing of a dog"]


def test_a_style_goes_into_every_point() -> None:
    points = [{"prompt": "a cat"}, {"prompt": "a dog", "negative_prompt": "rain"}]
    request = GenerationRequest.parse({"points": points, "batch_size": 2})
    styled = request.with_changes(**styled_fields(request, [SHARP]))
    assert [point.prompt for point in styled.points] == ["a cat, sharp, detailed", "a dog, sharp, detailed"]
    assert styled.points[1].negative_prompt == "rain, blurred"
