from webui.imaging.lettering import width_of, wrapped


def test_lines_fit_their_width_and_lose_no_word() -> None:
    text = "a lighthouse on a cliff, waves, and anextraordinarilylongwordthatfitsnowhere in the night"
    lines = wrapped(text, 12, 80, most=20)
    assert all(width_of(line, 12) <= 80 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_what_does_not_fit_ends_in_dots() -> None:
    lines = wrapped("word " * 100, 12, 80, most=2)
    assert len(lines) == 2
    assert lines[-1].endswith("...")


def test_nothing_is_no_line() -> None:
    assert wrapped(" ", 12, 80) == []
