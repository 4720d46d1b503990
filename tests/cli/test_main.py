import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from webui.cli.main import COMMANDS, main


def _refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Runs a command that the user got wrong; the one line that it says."""
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = stop.code
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    return captured.err


def test_a_command_is_run_without_the_modules_of_the_others() -> None:
    code = "import sys; from webui.cli.main import main; main(['serve', '--port', 'x'])"
    check = "print(*sorted(name for name in sys.modules if name.startswith('webui.cli.')))"
    script = f"try:\n    {code}\nexcept SystemExit:\n    {check}"
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    assert "webui.cli.serve" in told
    assert not {f"webui.cli.{name}" for name in ("generate", "explore", "series", "trajectory")} & set(told)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_told_of_in_the_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert re.search(rf"^ +{name}\s", capsys.readouterr().out, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["generate", "--width", "13"], "multiple of 8"),
        (["generate", "--width", "100000"], "at most 2048"),
        (["generate", "--steps", "0"], "at least 1"),
        (["generate", "--steps", "10000"], "at most 150"),
        (["generate", "--cfg-scale", "nan"], "finite"),
        (["generate", "--sampler", "Magic"], "no sampler 'Magic'"),
        (["generate", "--prompt", "a" * 100_000], "100,000 characters"),
        (["generate", "--seed", "x"], "seed: 'x'"),
        (["generate", "--models-dir", "/nowhere"], "/nowhere does not exist"),
        (["generate", "--colour", "red"], "unrecognized arguments"),
        (["serve", "--port", "x"], "--port"),
        (["serve", "--port", "99999"], "port"),
        (["dance"], "invalid choice: 'dance'"),
        ([], "required"),
    ],
)
def test_what_the_user_got_wrong_is_one_line_and_exit_code_two(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert says in _refused(capsys, *arguments)


def test_no_models_at_all_is_told_with_the_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARKROOM_MODELS_DIRS", json.dumps([str(tmp_path)]))
    assert f"no models yet in {tmp_path}" in _refused(capsys, "generate", "--prompt", "x")


def test_a_damaged_settings_file_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{")
    assert "settings.json" in _refused(capsys, "models", "list", "--data-dir", str(tmp_path))


def test_bad_input_is_refused_before_torch_is_imported(capsys: pytest.CaptureFixture[str]) -> None:
    before = "torch" in sys.modules
    _refused(capsys, "generate", "--width", "13")
    assert ("torch" in sys.modules) == before
