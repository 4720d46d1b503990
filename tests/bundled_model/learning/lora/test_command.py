"""The command line of LoRAs."""

from pathlib import Path

import pytest

from bundled_model.__main__ import main
from bundled_model.learning.lora.settings import Places


def test_what_is_not_trained_yet_cannot_be_measured(
    tmp_path: Path, trained: Places, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--model", str(trained.model), "--output", str(tmp_path), "--style", "neon", "--measure"]
    assert main(["--folder", str(tmp_path), "lora", *options]) == 1
    assert "neon: not trained yet" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["--style", "ink"], ["--steps", "3", "--minutes", "1"]])
def test_styles_that_the_model_knows_and_two_lengths_at_once_are_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(["lora", *arguments])
