"""The command that asks what sentences mean."""

from pathlib import Path

import pytest

pytest.importorskip("skia", exc_type=ImportError)

from bundled_model.__main__ import main


def test_before_the_words_are_learned_a_sentence_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--folder", str(tmp_path), "understand", "a red boat"]) == 1
    assert "words" in capsys.readouterr().out
