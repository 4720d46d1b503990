"""The repository's own rules: the tests mirror the package, and the web process stays light."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
HEAVY = ("torch", "diffusers", "transformers", "accelerate")


@pytest.mark.parametrize(
    "module", ["webui.server.serve", "webui.server.app", "webui.engine.engine", "webui.ui.page", "webui.cli.main"]
)
def test_a_fresh_interpreter_that_imports_the_web_side_has_no_torch(module: str) -> None:
    code = f"import sys, {module}; print([name for name in {HEAVY} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout.strip() == "[]"


def test_no_module_is_a_drawer_for_anything() -> None:
    banned = {"utils", "util", "common", "shared", "misc", "helpers"}
    assert not [path for path in ROOT.glob("webui/**/*.py") if path.stem in banned or path.parent.name in banned]


def test_no_file_of_the_package_is_too_long_to_read() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path in ROOT.glob("webui/**/*.py")
        if (count := path.read_text(encoding="utf-8").count("\n")) > 400
    ]
    assert not too_long


def test_the_folders_named_in_the_architecture_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = {line.split()[0].rstrip("/") for line in text.splitlines() if line.startswith(("webui/", "tests/"))}
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]
