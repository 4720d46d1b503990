from pathlib import Path

import pytest

from webui.errors import ExtensionUnusable
from webui.extensions.manifest import read_manifest
from webui.extensions.permissions import Permission
from webui.extensions.sides import Side

GOOD = """[extension]
name = "film_grain"
title = "Film grain"
version = "1.2"
author = "Somebody"
licence = "MIT"
description = "Grain."
homepage = "https://example.org"
api = 1
requirements = ["colorama>=0.4"]
permissions = ["pictures", "network"]
"""


def extension(folder: Path, toml: str = GOOD, *, files: tuple[str, ...] = ("web.py",)) -> Path:
    own = folder / "film_grain"
    own.mkdir()
    (own / "extension.toml").write_text(toml, encoding="utf-8")
    for file in files:
        (own / file).write_text("raise SystemExit('reading a manifest runs nothing')", encoding="utf-8")
    return own


def test_a_manifest_says_what_its_file_says(tmp_path: Path) -> None:
    manifest = read_manifest(extension(tmp_path, files=("web.py", "worker.py")))
    assert (manifest.name, manifest.title, manifest.version, manifest.api) == ("film_grain", "Film grain", "1.2", 1)
    assert manifest.requirements == ("colorama>=0.4",)
    assert manifest.permissions == {Permission.PICTURES, Permission.NETWORK}
    assert manifest.sides == (Side.WEB, Side.WORKER)
    assert not manifest.needs_newer


def test_a_short_manifest_is_enough(tmp_path: Path) -> None:
    manifest = read_manifest(extension(tmp_path, '[extension]\nname = "film_grain"\nversion = "1"\napi = 2\n'))
    assert manifest.title == "Film grain"
    assert manifest.needs_newer


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "film_grain"', 'name = "Film-Grain"', "its name cannot be used"),
        ('name = "film_grain"', 'name = "other"', "its folder"),
        ('name = "film_grain"', "", "its name cannot be used"),
        ("api = 1", "", "which version of the hooks"),
        ("api = 1", "api = true", "which version of the hooks"),
        ('version = "1.2"', "", "no version"),
        ('title = "Film grain"', "title = 3", "title must be a text"),
        ("https://", "http://", "homepage"),
        ('["pictures", "network"]', '["everything"]', "no permission 'everything'"),
        ('"colorama>=0.4"', '"--index-url https://example.org x"', "no requirement"),
        ('"colorama>=0.4"', '"x @ https://example.org/x.whl"', "is an address"),
        ('["colorama>=0.4"]', '"colorama"', "must be a list"),
        ("[extension]", "[other]", "no section"),
        ("[extension]", "[extension", "no valid TOML"),
        ("api = 1", "api = 1\nspeed = 3", "no field 'speed'"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(ExtensionUnusable, match=says):
        read_manifest(extension(tmp_path, GOOD.replace(old, new)))


def test_a_folder_without_anything_to_run_is_no_extension(tmp_path: Path) -> None:
    with pytest.raises(ExtensionUnusable, match="neither"):
        read_manifest(extension(tmp_path, files=()))


def test_a_folder_without_a_manifest_is_no_extension(tmp_path: Path) -> None:
    with pytest.raises(ExtensionUnusable, match=r"no extension\.toml"):
        read_manifest(tmp_path)
