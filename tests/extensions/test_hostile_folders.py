"""Folders and files that are not what they should be: told or passed over, never run, never waited for."""

import json
import os
import re
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.extensions.hostile import Hostile, implementing
from tests.extensions.hostile_folders import FOLDER_NAMES, SPOILED, TOMLS, write_deep, write_odd_names, write_spoiled
from webui.errors import WebUIError
from webui.extensions.call_mark import CallMark
from webui.extensions.cards import Status
from webui.extensions.extensions import Extensions
from webui.settings import Settings

GOOD = Hostile(name="good", web=implementing("web", "return {'seed': 5}", only=["prepare_request"]))


@pytest.fixture(autouse=True)
def _little_memory() -> Iterator[None]:
    """A file that never ends must not take the machine's memory with it."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2**30, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def _settings(tmp_path: Path, **more: Any) -> Settings:
    return Settings(data_dir=tmp_path / "data", extensions_dir=tmp_path / "extensions", **more)


def _enabled(settings: Settings, *hostile: Hostile) -> None:
    """As if they had been enabled at another time."""
    for each in hostile:
        each.write(settings.extensions_dir)
    extensions = Extensions(settings, watched=False)
    for each in hostile:
        extensions.enable(each.name)
    extensions.close()


def test_every_kind_of_bad_description_is_told_on_its_card(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    for hostile in TOMLS:
        hostile.write(settings.extensions_dir)
    write_spoiled(settings.extensions_dir)
    began = time.monotonic()
    extensions = Extensions(settings)
    cards = {card.name: card for card in extensions.cards()}
    json.dumps([card.to_json() for card in cards.values()]).encode()
    for hostile in TOMLS:
        card = cards[hostile.name]
        assert card.status in (Status.UNUSABLE, Status.NEEDS_NEWER), (hostile.name, card.problem)
        assert re.search(hostile.says, card.problem), (hostile.name, card.problem)
        assert card.problem.isprintable() and len(card.problem) < 500
    for name in [*(each.name for each in TOMLS), *SPOILED]:
        with pytest.raises(WebUIError):
            extensions.enable(name)
    assert not [name for name in cards if extensions.is_on(name)]
    assert time.monotonic() - began < 30  # nothing waited for a pipe
    extensions.close()


def test_odd_names_are_never_extensions(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    write_odd_names(settings.extensions_dir)
    GOOD.write(settings.extensions_dir)
    extensions = Extensions(settings)
    json.dumps([card.to_json() for card in extensions.cards()]).encode()
    usable = {card.name for card in extensions.cards() if card.status is not Status.UNUSABLE}
    assert usable == {"good"}
    for name in (*FOLDER_NAMES, "", ".", "..", "../extensions/good", "good/../good", "GOOD", "good\0", "/etc"):
        with pytest.raises(WebUIError):
            extensions.enable(name)
    extensions.close()


def test_a_huge_folder_is_refused_soon(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    write_deep(settings.extensions_dir)
    extensions = Extensions(settings)
    began = time.monotonic()
    with pytest.raises(WebUIError):
        extensions.enable("deep")
    assert time.monotonic() - began < 20
    extensions.close()


def test_a_planted_compiled_file_is_not_run(tmp_path: Path) -> None:
    """Its folder is no part of the hash, so that it could be put there unseen after the extension was enabled."""
    import importlib.util
    import marshal

    settings = _settings(tmp_path)
    source = "from . import helper\n" + implementing("web", "return {'seed': helper.SEED}", only=["prepare_request"])
    good = Hostile(name="good", web=source, files={"helper.py": "SEED = 5\n"})
    _enabled(settings, good)
    marker = tmp_path / "marker"
    code = compile(f"open({str(marker)!r}, 'w')\nSEED = 6", "helper.py", "exec")
    for name in ("web", "helper", "__init__"):
        planted = settings.extensions_dir / "good" / "__pycache__" / f"{name}.cpython-311.pyc"
        planted.parent.mkdir(exist_ok=True)
        # Flag 1: found by its hash, which nobody checks.
        planted.write_bytes(importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8) + marshal.dumps(code))
    extensions = Extensions(settings)
    assert extensions.card("good").status is Status.ON
    from webui.generation.request import GenerationRequest

    (answer,) = extensions.web.gather("prepare_request", builtins=False, request=GenerationRequest())
    assert answer.value == {"seed": 5}
    assert not marker.exists()
    extensions.close()


@pytest.mark.parametrize(
    "change",
    [
        lambda own: (own / "web.py").write_text("raise SystemExit"),
        lambda own: (own / "new.py").write_text(""),
        lambda own: (own / "empty").mkdir() or (own / "empty" / "file").touch(),
        lambda own: (own / "extension.toml").write_text((own / "extension.toml").read_text() + "# more"),
        lambda own: (own / "web.py").rename(own / "worker.py"),
        lambda own: os.rename(own / "web.py", own / "elsewhere.py"),
        lambda own: (own / "link").symlink_to("/etc/passwd"),
        lambda own: os.mkfifo(own / "pipe"),
        lambda own: (own / "web.py").symlink_to((own / "web.py").rename(own.parent / "elsewhere.py")),
    ],
)  # fmt: skip
def test_what_changed_after_it_was_enabled_is_not_loaded(change: Any, tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    _enabled(settings, GOOD)
    change(settings.extensions_dir / "good")
    extensions = Extensions(settings)
    card = extensions.card("good")
    assert card.status in (Status.CHANGED, Status.UNUSABLE)
    assert card.problem
    assert not extensions.web.has("prepare_request")
    assert extensions.worker_folders() == ()
    extensions.close()


def test_a_folder_that_goes_away_while_it_is_on_harms_nobody(tmp_path: Path) -> None:
    import shutil

    settings = _settings(tmp_path)
    _enabled(settings, GOOD)
    extensions = Extensions(settings)
    shutil.rmtree(settings.extensions_dir)
    extensions.refresh()
    assert extensions.cards() == []
    assert not extensions.web.has("prepare_request")
    with pytest.raises(WebUIError):
        extensions.enable("good")
    extensions.close()


GARBAGE = {
    "empty": b"",
    "binary": os.urandom(512),
    "not_an_object": b"[1, 2, 3]",
    "deep": b"[" * 200_000,
    "long_integer": b'{"good": ' + b"9" * 100_000 + b"}",
    "wrong_types": json.dumps(
        {"good": {"enabled": "yes", "crashes": -1e99, "brings": {"hooks": 5}, "packages": [[]]}}
    ).encode(),
    "wrong_record": b'{"good": [true]}',
    "other_names": b'{"../../etc": {"enabled": true}, "": {"enabled": true}, "good": null}',
    "half": b'{"good": {"enabled": tr',
    "surrogates": b'{"\\ud800": {"enabled": true, "problem": "\\udfff"}}',
}


@pytest.mark.parametrize("place", ["state.json", "web.call", "worker.call", "settings/good.json", "logs/good.log"])
def test_damaged_state_is_as_if_there_were_none(place: str, tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    GOOD.write(settings.extensions_dir)
    path = settings.data_dir / "extensions" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    for garbage in GARBAGE.values():
        path.write_bytes(garbage)
        extensions = Extensions(settings)
        assert [card.name for card in extensions.cards()] == ["good"]
        json.dumps([card.to_json() for card in extensions.cards()]).encode()
        assert CallMark.read(settings.data_dir / "extensions" / "worker.call") is None or place == "worker.call"
        dict(extensions.kept_settings("good"))
        extensions.log("good").encode()
        extensions.close()
    extensions = Extensions(settings)
    assert extensions.enable("good").status is Status.ON
    extensions.close()


@pytest.mark.parametrize("place", ["state.json", "web.call", "worker.call", "settings", "logs", "data"])
def test_a_folder_or_a_file_in_the_place_of_the_other_is_told(place: str, tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    GOOD.write(settings.extensions_dir)
    path = settings.data_dir / "extensions" / place
    if "." in place:
        path.mkdir(parents=True)
    else:
        path.parent.mkdir(parents=True)
        path.write_text("a file")
    extensions = Extensions(settings)
    assert [card.name for card in extensions.cards()] == ["good"]
    try:
        assert extensions.enable("good").status in (Status.ON, Status.FAULTY)
    except WebUIError as error:
        assert str(error)
    extensions.close()


def test_two_deaths_in_its_calls_switch_an_extension_off_and_no_other_name_is_believed(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    _enabled(settings, GOOD)
    mark = settings.data_dir / "extensions" / "web.call"
    for name, expected in (("../../x", 0), ("good", 1), ("nobody_there", 1), ("good", 2)):
        left = CallMark(mark)
        inside = left.entered(name, "startup")
        inside.__enter__()
        extensions = Extensions(settings)
        assert extensions.store.record("good").crashes == expected  # and it dies again: nothing is closed
    extensions = Extensions(settings)
    card = extensions.card("good")
    assert card.status is Status.SWITCHED_OFF
    assert "startup" in card.problem
    assert extensions.enable("good").status is Status.ON  # a person may try again
    extensions.close()


def test_safe_mode_loads_nothing_and_forgets_nothing(tmp_path: Path) -> None:
    settings = _settings(tmp_path)
    _enabled(settings, GOOD)
    extensions = Extensions(settings, safe_mode=True)
    assert not extensions.web.has("prepare_request")
    assert extensions.controls() == {} and extensions.tabs() == [] and extensions.worker_folders() == ()
    with pytest.raises(WebUIError):
        extensions.enable("good")
    extensions.close()
    extensions = Extensions(settings)
    assert extensions.card("good").status is Status.ON
    extensions.close()
