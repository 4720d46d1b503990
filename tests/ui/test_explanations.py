"""Each '?' of the page has its words, and all words have their '?'."""

import re
from pathlib import Path

import webui.ui

FOLDER = Path(webui.ui.__file__).parent
TEXTS = FOLDER / "step_scrubber" / "explain.js"
CHANGING = {"xt", "x0", "delta", "noise", "channels", "guidance", "influence", "attention", "roundtrip", "difference"}
"""Keys of buttons that are set by a script, as what they stand beside changes."""


def _explanations() -> dict[str, str]:
    """The block of text behind each key, as it is written."""
    blocks = re.findall(r"^  (\w+): \{\n(.*?)^  \},", TEXTS.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return dict(blocks)


def _asked() -> set[str]:
    """Every key that markup or a script asks for."""
    files = [path for path in FOLDER.rglob("*") if path.suffix in {".html", ".js"}]
    words = re.compile(r'<button[^>]*data-explain="(\w+)"')
    keys = {key for path in files for key in words.findall(path.read_text("utf-8"))}
    called = {key for path in files for key in re.findall(r'\bwhyButton\("(\w+)"', path.read_text("utf-8"))}
    return keys - {"key"} | called | CHANGING  # "key" stands in the comment that says how it is done


def test_every_question_mark_has_words_and_no_words_are_left_over() -> None:
    assert set(_explanations()) == _asked()


def test_an_explanation_is_a_title_and_two_or_three_short_sentences_in_plain_words() -> None:
    for key, block in _explanations().items():
        title = re.search(r'title: "(.+)"', block)
        words = re.findall(r'^ {6}"(.+)",$|words: \["(.+)"\]', block, re.MULTILINE)
        text = " ".join(one or other for one, other in words)
        assert title, key
        assert len(title[1]) < 40, key
        assert 2 <= len(re.findall(r"[.?!](?:\s|$)", text)) <= 6, key
        assert len(text) < 480, f"{key}: {len(text)} characters"
        assert not re.search(r"\b(tensor|epsilon|U-?Net|scheduler|embedding|logits)\b", text, re.IGNORECASE), key
