import hashlib
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.extensions.installing.made import wheel
from webui.errors import InstallFailed
from webui.extensions.installing.core_packages import core_versions, hidden_modules
from webui.extensions.installing.requirements import Package, Requirements, parse_requirement


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://evil.example/simple", "--extra-index-url=https://evil.example", "-e .", "-r other.txt",
        ".", "./local", "git+https://evil.example/a.git", "glow @ https://evil.example/glow.whl", "/tmp/glow.whl",
        "glow @ file:///tmp/glow.whl", "numpy[all]", "torch; os_name == 'posix' or", "", " glow", "glow\n--pre",
        "$HOME",
    ],
)  # fmt: skip
def test_anything_but_a_name_with_versions_is_refused(line: str) -> None:
    with pytest.raises(InstallFailed) as caught:
        parse_requirement(line)
    assert caught.value.field == "requirements"


def test_what_the_core_has_is_not_brought_again(tmp_path: Path) -> None:
    assert Requirements(find_links=tmp_path).plan(["numpy>=1", "Pillow", "torch>=2; os_name == 'none'"], print) == ()


@pytest.mark.parametrize("line", ["numpy<1", "torch==1.0", "pillow>=900"])
def test_a_clash_with_the_core_is_told_with_both_versions(line: str, tmp_path: Path) -> None:
    name = line.rstrip("0123456789.").rstrip("<>=")
    with pytest.raises(InstallFailed) as caught:
        Requirements(find_links=tmp_path).plan([line], print)
    assert caught.value.message == f"It needs {line}, and Darkroom has {name} {version(name)}."


def test_a_clash_of_what_it_needs_in_turn_is_told_with_both_versions(wheels: Path) -> None:
    wheel(wheels, "glowlib", "1.0", ["numpy<1"])
    with pytest.raises(InstallFailed) as caught:
        Requirements(find_links=wheels).plan(["glowlib"], print)
    assert caught.value.message == f"It needs glowlib, which needs numpy<1, and Darkroom has numpy {version('numpy')}."


def test_what_is_missing_is_told(wheels: Path) -> None:
    (wheels / "glowlib-1.0.tar.gz").write_bytes(b"a source distribution, which would run its setup.py")
    with pytest.raises(InstallFailed, match="no wheel of glowlib"):
        Requirements(find_links=wheels).plan(["glowlib"], print)


def test_only_what_the_core_has_not_goes_into_the_overlay_and_the_core_stays_as_it_is(
    wheels: Path, tmp_path: Path
) -> None:
    before = _freeze()
    wheel(wheels, "glowlib", "1.5", ["numpy>=1", "glowcore"])
    wheel(wheels, "glowcore", "0.3", ["packaging"])
    requirements, log = Requirements(find_links=wheels), list[str]()
    packages = requirements.plan(["glowlib>=1", "numpy"], log.append)
    assert [(package.name, package.version) for package in packages] == [("glowcore", "0.3"), ("glowlib", "1.5")]
    requirements.install(packages, tmp_path / "overlay", log.append)
    modules = {path.name for path in (tmp_path / "overlay").iterdir() if not path.name.endswith(".dist-info")}
    assert modules == {"glowlib", "glowcore"}
    assert "Successfully installed" in "".join(log)
    assert _freeze() == before


def test_a_wheel_that_is_another_than_was_shown_is_not_installed(wheels: Path, tmp_path: Path) -> None:
    wheel(wheels, "glowlib", "1.0")
    shown = Package("glowlib", "1.0", "0" * 64)
    with pytest.raises(InstallFailed, match="pip could not install"):
        Requirements(find_links=wheels).install([shown], tmp_path / "overlay", print)


def test_a_package_that_would_stand_in_for_one_of_the_core_is_refused(wheels: Path, tmp_path: Path) -> None:
    path = wheel(wheels, "glowlib", "1.0", content={"numpy/__init__.py": "", "glowlib.py": ""})
    shown = Package("glowlib", "1.0", hashlib.sha256(path.read_bytes()).hexdigest())
    with pytest.raises(InstallFailed, match="stand in for 'numpy'"):
        Requirements(find_links=wheels).install([shown], tmp_path / "overlay", print)


def test_modules_that_hide_others_are_found_in_every_form(tmp_path: Path) -> None:
    for name in ("json/__init__.py", "webui/__init__.py", "sitecustomize.py", "PIL/Image.py", "fresh/__init__.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    assert hidden_modules(tmp_path) == ["PIL", "json", "sitecustomize", "webui"]


def test_the_cores_versions_are_those_that_are_installed() -> None:
    assert core_versions()["numpy"] == version("numpy")
    assert core_versions()["pydantic-settings"] == version("pydantic_settings")


def _freeze() -> bytes:
    command = [sys.executable, "-I", "-m", "pip", "--disable-pip-version-check", "freeze", "--all"]
    return subprocess.run(command, check=True, capture_output=True).stdout
