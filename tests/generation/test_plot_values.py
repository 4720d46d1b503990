import pytest

from webui.generation.plot_values import numbers, shown, split_values, whole_numbers


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("1, 2,3", ["1", "2", "3"]),
        ('a, "b, c" , d', ["a", "b, c", "d"]),
        ('"say ""hi"""', ['say "hi"']),
        (" , a,, ", ["a"]),
        ("", []),
    ],
)
def test_lists_are_split_at_commas_outside_quotes(text: str, entries: list[str]) -> None:
    assert split_values(text) == entries


def test_a_quote_that_is_not_closed_runs_to_the_end() -> None:
    assert split_values('a, "b, c') == ["a", "b, c"]


def test_too_long_a_list_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 100"):
        split_values("1," * 101)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("1-5", [1, 2, 3, 4, 5]),
        ("1-5 (+2)", [1, 3, 5]),
        ("1-5 [3]", [1, 3, 5]),
        ("10-1 (-3)", [10, 7, 4, 1]),
        ("3-1", [3, 2, 1]),
        ("-2-2 (+2)", [-2, 0, 2]),
        ("-1", [-1]),
        ("1-6 (+2)", [1, 3, 5]),
        ("7-9 [1]", [7]),
    ],
)
def test_ranges_of_whole_numbers_are_read_as_in_a1111(entry: str, expected: list[int]) -> None:
    assert whole_numbers([entry]) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("0.1-0.5 (+0.1)", [0.1, 0.2, 0.3, 0.4, 0.5]),
        ("0-1 [3]", [0.0, 0.5, 1.0]),
        ("7.5", [7.5]),
        ("1-3", [1.0, 2.0, 3.0]),
    ],
)
def test_ranges_of_numbers_hit_their_ends_exactly(entry: str, expected: list[float]) -> None:
    assert numbers([entry]) == expected


@pytest.mark.parametrize("entry", ["a", "1-", "1-5 (0)", "1-5 (-1)", "1.5", "1-1000000000", "9" * 70, "1-5 [999]"])
def test_what_is_no_whole_number_and_no_range_is_refused(entry: str) -> None:
    with pytest.raises(ValueError, match=r"whole number|never reaches|at most 100"):
        whole_numbers([entry])


def test_numbers_are_labelled_without_a_tail() -> None:
    assert [shown(value) for value in (7.0, 0.1 + 0.2, 10.0, 0.125)] == ["7", "0.3", "10", "0.125"]
