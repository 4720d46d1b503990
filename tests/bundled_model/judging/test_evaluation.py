"""The evaluation asks for what was never trained on, and its table says what was measured."""

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.judging.evaluation import prompts_for, table
from bundled_model.scenes.attributes import ATTRIBUTES
from bundled_model.scenes.sampling import holds_out


def test_every_prompt_is_of_a_combination_that_is_held_out() -> None:
    chosen = prompts_for(40)
    assert all(holds_out(scene) for scene, _, _ in chosen)
    assert all(text for _, text, _ in chosen)


def test_prompts_are_the_same_at_every_call() -> None:
    assert prompts_for(5) == prompts_for(5)


def test_the_table_has_a_row_for_each_attribute_and_two_for_all_of_them() -> None:
    figures = dict.fromkeys([*ATTRIBUTES, "mean", "all"], 99.5)
    rows = table({"classifier": figures, "drawn": figures, "generated": figures}).splitlines()
    assert len(rows) == 2 + len(ATTRIBUTES) + 2
    assert "light place" in rows[7]
    assert rows[7].count("99.5 %") == 3
