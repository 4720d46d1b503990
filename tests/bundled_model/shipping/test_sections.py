"""Texts with parts that a command fills."""

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.shipping.card import CARD, README
from bundled_model.shipping.sections import cleared, filled, names_of

TEXT = """before
<!-- filled: one -->
old
<!-- end -->
between

<!-- filled: two -->
<!-- end -->

after
"""


def test_a_section_is_filled_and_the_rest_stays() -> None:
    made = filled(TEXT, {"one": "new\n"})
    assert made == TEXT.replace("old", "new")
    assert filled(made, {"one": "old", "two": "x"}) == TEXT.replace("two -->\n", "two -->\nx\n")


def test_what_is_filled_in_may_hold_anything() -> None:
    assert r"\1 $ {x}" in filled(TEXT, {"two": r"\1 $ {x}"})


def test_a_cleared_text_has_no_comments_and_no_holes() -> None:
    assert cleared(TEXT) == "before\nold\n\nbetween\n\nafter\n"


def test_the_page_and_the_card_have_sections_that_can_be_filled() -> None:
    from bundled_model.shipping.card import EVALUATED

    known = {*EVALUATED, "attributes", "parts", "reading", "seams", "sentences", "sentences_summary"}
    used = [names_of(file.read_text(encoding="utf-8")) for file in (README, CARD)]
    assert {name for names in used for name in names} == known
    assert all(len(set(names)) == len(names) for names in used)
