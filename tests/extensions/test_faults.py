from webui.errors import InvalidRequest
from webui.extensions.faults import MAX_SENTENCE, error_sentence, fault_of, plain


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise SystemExit


def test_a_fault_names_the_extension_the_hook_and_what_was_raised() -> None:
    try:
        raise ValueError("too\n  dark")
    except ValueError as error:
        fault = fault_of("film", "finish_image", error)
    assert fault.sentence == "film failed in finish_image: ValueError: too dark"
    assert "raise ValueError" in fault.traceback and not fault.hung


def test_a_sentence_of_ours_stays_as_it_is() -> None:
    assert error_sentence(InvalidRequest("It is too dark.", hint="Add light.")) == "It is too dark. Add light."


def test_no_exception_can_break_the_telling_of_it() -> None:
    assert "its text cannot be read" in error_sentence(Unspeakable())
    assert fault_of("film", "x", Unspeakable()).traceback
    assert len(error_sentence(ValueError("x" * 10**6))) <= MAX_SENTENCE
    error_sentence(ValueError("half \ud800")).encode()


def test_plain_text_is_one_line_that_every_encoder_takes() -> None:
    assert plain("a\n\tb \x00\u202e c", 40) == "a b c"
    assert plain("x" * 50, 10) == "x" * 9 + "…"
