from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.extensions.controls import Choice, Control, Number, Slider, Switch, Text, control_from_json, filled

AMOUNT = Slider("amount", "Amount", 0.0, 1.0, 0.05, default=0.5)
COUNT = Number("count", "Count", 1, 10, 1, default=3)
ON = Switch("on", "On")
KIND = Choice("kind", "Kind", ("fine", "coarse"))
WORDS = Text("words", "Words", default="grain")
ALL: tuple[Control, ...] = (AMOUNT, COUNT, ON, KIND, WORDS)


@pytest.mark.parametrize(
    ("control", "value", "kept"),
    [(AMOUNT, 1, 1.0), (COUNT, 4.0, 4), (ON, True, True), (KIND, "coarse", "coarse"), (WORDS, "", "")],
)
def test_a_control_keeps_values_of_its_kind(control: Control, value: Any, kept: Any) -> None:
    checked = control.checked(value, "extras.film.x")
    assert checked == kept and type(checked) is type(kept)


@pytest.mark.parametrize(
    ("control", "value"),
    [
        (AMOUNT, 1.1), (AMOUNT, "0.5"), (AMOUNT, True), (AMOUNT, float("nan")), (AMOUNT, None), (COUNT, 2.5),
        (AMOUNT, float("inf")), (COUNT, 10**400),
        (ON, 1), (KIND, "rough"), (KIND, ["fine"]), (WORDS, 3), (WORDS, "x" * 2001), (WORDS, "half a \ud800 character"),
    ],
)  # fmt: skip
def test_a_control_refuses_other_values_by_the_field(control: Control, value: Any) -> None:
    with pytest.raises(InvalidRequest) as caught:
        control.checked(value, "extras.film.x")
    assert caught.value.field == "extras.film.x"


@pytest.mark.parametrize("control", ALL, ids=lambda control: control.kind)
def test_a_control_comes_back_from_json(control: Control) -> None:
    assert control_from_json(control.to_json()) == control


@pytest.mark.parametrize("values", [{}, {"kind": "slider"}, {"kind": "dial", "name": "x", "label": "X"}])
def test_json_that_is_no_control_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        control_from_json(values)


def test_what_is_not_said_has_its_default_and_what_cannot_be_counts_as_not_said() -> None:
    assert filled(ALL, {"amount": 7, "count": 5, "gone": 1}) == {
        "amount": 0.5, "count": 5, "on": False, "kind": "fine", "words": "grain"
    }  # fmt: skip


@pytest.mark.parametrize(
    "make",
    [
        lambda: Slider("Amount", "A", 0, 1, 1, 0),
        lambda: Slider("amount", "A", 0, 1, 1, 2),
        lambda: Slider("amount", "A", 0, 1, 0, 1),
        lambda: Choice("kind", "K", ()),
        lambda: Choice("kind", "K", tuple(map(str, range(501)))),
        lambda: Choice("kind", "K", ("a",), default="b"),
        lambda: Text("words", "W", default=3),  # type: ignore[arg-type]
        lambda: Switch("on", "x" * 201),
    ],
)
def test_a_control_that_makes_no_sense_is_refused_when_it_is_made(make: Any) -> None:
    with pytest.raises(ValueError):
        make()


def test_a_range_of_floats_takes_every_number_and_one_of_whole_numbers_those_alone() -> None:
    floats = Number("n", "N", 0.0, 10.0, 1.0, default=5.0)
    assert floats.checked(2.5, "n") == 2.5 and floats.checked(2, "n") == 2
    assert floats.to_json()["whole"] is False and COUNT.to_json()["whole"] is True
