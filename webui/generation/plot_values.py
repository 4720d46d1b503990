"""The values of a plot's axis as they are typed: lists with quotes, and ranges as A1111 writes them.

`1, 2, "a, b"` is a list; `1-5` counts by one, `1-5 (+2)` by two, `1-5 [3]` takes three values evenly spaced.
"""

import csv
import io
import re
from decimal import Decimal
from typing import TypeVar

MAX_VALUES = 100
MAX_CHARACTERS = 20_000
_LONGEST_RANGE = 60
_T = TypeVar("_T")
_NUMBER = r"[+-]?\d+(?:\.\d*)?"
_RANGE = re.compile(
    rf"(?P<first>{_NUMBER}) ?- ?(?P<last>{_NUMBER})(?: ?\( ?(?P<step>{_NUMBER}) ?\)| ?\[ ?(?P<count>\d+) ?\])?"
)


def split_values(text: str) -> list[str]:
    """The entries of a comma list; one in double quotes may hold commas, and a doubled quote stands for one.

    Raises:
        ValueError: a sentence without its end mark: the list is too long, or has too many entries.
    """
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"the list is longer than {MAX_CHARACTERS:,} characters")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), skipinitialspace=True))
    except csv.Error as error:
        raise ValueError("the list cannot be read") from error
    entries = [entry.strip() for row in rows for entry in row if entry.strip()]
    return _counted(entries)


def whole_numbers(entries: list[str]) -> list[int]:
    """Whole numbers and ranges of them.

    Raises:
        ValueError: names the entry that is neither.
    """
    numbers: list[int] = []
    for entry in entries:
        found = _numbers_of(entry)
        if found is None or (_is_plain(entry) and found[0] % 1):
            raise ValueError(f"'{shortened(entry)}' is no whole number and no range such as 1-5, 1-9 (+2) or 1-9 [3]")
        numbers += [int(number) for number in found]
    return _counted(numbers)


def numbers(entries: list[str]) -> list[float]:
    """Numbers and ranges of them.

    Raises:
        ValueError: names the entry that is neither.
    """
    found: list[float] = []
    for entry in entries:
        read = _numbers_of(entry)
        if read is None:
            raise ValueError(f"'{shortened(entry)}' is no number and no range such as 1-5, 0-1 (+0.25) or 0-1 [5]")
        found += [float(number) for number in read]
    return _counted(found)


def switches(entries: list[str]) -> list[bool]:
    """True and false, as people write them.

    Raises:
        ValueError: names the entry that is neither.
    """
    words = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
    for entry in entries:
        if entry.casefold() not in words:
            raise ValueError(f"'{shortened(entry)}' is neither yes nor no")
    return [words[entry.casefold()] for entry in entries]


def shown(value: float) -> str:
    """A number as it is labelled: without a tail of zeros or of rounding."""
    return f"{value:.8f}".rstrip("0").rstrip(".")


def shortened(text: str, most: int = 60) -> str:
    """A text of the user's in a sentence."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def _is_plain(entry: str) -> bool:
    return re.fullmatch(_NUMBER, entry) is not None


def _numbers_of(entry: str) -> list[Decimal] | None:
    if len(entry) > _LONGEST_RANGE:
        return None
    entry = " ".join(entry.split())
    if _is_plain(entry):
        return [Decimal(entry)]
    match = _RANGE.fullmatch(entry)
    if match is None:
        return None
    first, last = Decimal(match["first"]), Decimal(match["last"])
    if match["count"] is not None:
        return _spaced(first, last, int(match["count"]))
    return _stepped(first, last, Decimal(match["step"] or (1 if last >= first else -1)), entry)


def _stepped(first: Decimal, last: Decimal, step: Decimal, entry: str) -> list[Decimal]:
    """From the first on, and the last with them where a step falls on it."""
    if step == 0 or (last - first) * step < 0:
        raise ValueError(f"'{entry}' never reaches its end")
    count = int((last - first) / step) + 1
    _check_count(count)
    return [first + index * step for index in range(count)]


def _spaced(first: Decimal, last: Decimal, count: int) -> list[Decimal]:
    _check_count(count)
    if count < 2:
        return [first] * count
    return [first + (last - first) * index / (count - 1) for index in range(count)]


def _check_count(count: int) -> None:
    if count > MAX_VALUES:
        raise ValueError(f"there are {count:,} values; an axis has at most {MAX_VALUES}")


def _counted(values: list[_T]) -> list[_T]:
    _check_count(len(values))
    return values
