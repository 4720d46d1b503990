from pathlib import Path

import pytest

from webui.errors import InvalidRequest
from webui.generation.styles import Style
from webui.library.prompt_files import STYLES, WILDCARDS, PromptFiles


def put(folder: Path, name: str, text: str | bytes) -> None:
    path = folder / WILDCARDS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def test_a_list_has_a_word_a_line_without_comments_and_empty_lines(tmp_path: Path) -> None:
    put(tmp_path, "colours/warm.txt", "\ufeffred\r\n\r\n# cold ones are elsewhere\r\n  deep orange # a dye\r\n")
    files = PromptFiles(tmp_path)
    assert files.wildcard("colours/warm") == ["red", "deep orange"]
    assert files.wildcard_names() == ["colours/warm"]


def test_a_list_that_is_changed_is_read_again(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "one")
    files = PromptFiles(tmp_path)
    assert files.wildcard("a") == ["one"]
    put(tmp_path, "a.txt", "another")
    assert files.wildcard("a") == ["another"]


def test_a_star_stands_for_all_lists_that_fit(tmp_path: Path) -> None:
    put(tmp_path, "birds/small.txt", "wren")
    put(tmp_path, "birds/tall.txt", "heron")
    put(tmp_path, "fish.txt", "cod")
    files = PromptFiles(tmp_path)
    assert files.wildcard("birds/*") == ["wren", "heron"]
    assert files.wildcard("cats*") is None


@pytest.mark.parametrize("name", ["../secret", "birds/../../secret", "/etc/hostname", "", "none", "a\0b", "x" * 5_000])
def test_no_name_leads_out_of_the_folder_or_fails(tmp_path: Path, name: str) -> None:
    put(tmp_path, "birds/a.txt", "wren")
    (tmp_path / "secret.txt").write_text("hidden")
    assert PromptFiles(tmp_path).wildcard(name) is None


def test_a_file_that_is_no_text_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    put(tmp_path, "odd.txt", b"fine\n\xff\xfe\x00\n")
    lines = PromptFiles(tmp_path).wildcard("odd")
    assert lines is not None and lines[0] == "fine"


def test_without_files_there_are_no_names(tmp_path: Path) -> None:
    files = PromptFiles(tmp_path)
    assert files.wildcard_names() == []
    assert files.styles() == []
    assert files.chosen_styles(()) == []


def test_styles_are_found_by_name_in_the_order_they_are_asked_for(tmp_path: Path) -> None:
    (tmp_path / STYLES).write_text("name,prompt,negative_prompt\nInk,ink,\nSharp,sharp,blurred\n")
    files = PromptFiles(tmp_path)
    assert files.style_names() == ["Ink", "Sharp"]
    assert files.chosen_styles(("Sharp", "Ink")) == [Style("Sharp", "sharp", "blurred"), Style("Ink", "ink")]


def test_a_style_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    (tmp_path / STYLES).write_text("name,prompt\nInk,ink\n")
    with pytest.raises(InvalidRequest, match="Oil") as caught:
        PromptFiles(tmp_path).chosen_styles(("Oil",))
    assert caught.value.field == "styles"
    assert "Ink" in caught.value.hint


def test_a_file_of_styles_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / STYLES).write_text("name,prompt\nInk," + "x" * 200_000 + "\n")
    files = PromptFiles(tmp_path)
    with pytest.raises(InvalidRequest, match=STYLES):
        files.styles()
    assert files.style_names() == []
