import importlib.util
import py_compile
import sys
from pathlib import Path
from typing import Any

from tests.extensions.hostile import Hostile
from tests.extensions.loaded import host_with
from webui.extensions.loading import make_loadable
from webui.extensions.overlays import disagreements, versions_in
from webui.extensions.places import Places
from webui.extensions.store import ExtensionStore

ASKS = "import {0}\n@hookimpl\ndef read_infotext():\n    return {{'from': {0}.__file__}}"


def _answer(host: Any, name: str) -> str:
    return next(each.value["from"] for each in host.gather("read_infotext", fields={}) if each.extension == name)


def _packaged(folder: Path, extension: str, package: str, version: str = "1.0") -> Path:
    overlay = folder / "data" / "extensions" / "packages" / extension
    (overlay / package).mkdir(parents=True)
    (overlay / package / "__init__.py").write_text(f"version = {version!r}")
    (overlay / f"{package}-{version}.dist-info").mkdir()
    return overlay


def test_an_extension_may_be_called_like_a_package(tmp_path: Path) -> None:
    host = host_with(tmp_path, [Hostile(name=name, web=ASKS.format(name)) for name in ("json", "numpy")])
    assert _answer(host, "json").endswith("json/__init__.py")
    assert "site-packages" in _answer(host, "numpy")


def test_an_extension_finds_the_packages_that_it_brought(tmp_path: Path) -> None:
    overlay = _packaged(tmp_path, "aa", "only_in_this_overlay")
    host = host_with(tmp_path, [Hostile(name="aa", web=ASKS.format("only_in_this_overlay"))])
    assert _answer(host, "aa").startswith(str(overlay))
    host.unload("aa")
    assert "only_in_this_overlay" not in sys.modules
    assert str(overlay) not in sys.path


def test_one_of_the_same_name_in_another_folder_has_its_own_modules(tmp_path: Path) -> None:
    asks = "from .beside import WORDS\n@hookimpl\ndef read_infotext():\n    return {'from': WORDS}"
    for words in ("one", "other"):
        host = host_with(tmp_path / words, [Hostile(name="twin", web=asks, files={"beside.py": f"WORDS = {words!r}"})])
        assert _answer(host, "twin") == words


def test_the_core_s_own_packages_always_win(tmp_path: Path) -> None:
    overlay = _packaged(tmp_path, "aa", "colorsys")
    host = host_with(tmp_path, [Hostile(name="aa", web=ASKS.format("colorsys"))])
    assert not _answer(host, "aa").startswith(str(overlay))


def test_two_versions_of_one_package_are_told(tmp_path: Path) -> None:
    first, second = _packaged(tmp_path, "aa", "some_package"), _packaged(tmp_path, "bb", "some_package", "2.0")
    places = {"aa": first, "bb": second, "cc": tmp_path / "none"}
    told = disagreements("aa", {name: versions_in(place) for name, place in places.items()})
    assert len(told) == 1 and "some-package 1.0" in told[0] and "some-package 2.0" in told[0]
    assert disagreements("aa", {"aa": versions_in(first), "bb": versions_in(first)}) == ()


def test_a_planted_compiled_file_is_not_run(tmp_path: Path) -> None:
    source = "from . import helper\n@hookimpl\ndef read_infotext():\n    return {'from': helper.word}"
    host = host_with(tmp_path, [Hostile(name="aa", web=source, files={"helper.py": "word = 'the source'"})])
    folder, planted = tmp_path / "extensions" / "aa", tmp_path / "planted.py"
    planted.write_text("raise SystemExit('a planted file was run')")
    for file in ("web.py", "helper.py"):
        target = importlib.util.cache_from_source(str(folder / file))
        py_compile.compile(str(planted), target, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    host.unload("aa")
    places = Places.below(tmp_path / "data")
    assert host.load(make_loadable(folder, ExtensionStore(places.state_file), places))
    assert _answer(host, "aa") == "the source"
