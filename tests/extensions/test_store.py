from pathlib import Path

import pytest

from webui.errors import InvalidRequest, SaveFailed
from webui.extensions.brings import Brings
from webui.extensions.contributions import Tab, Theme
from webui.extensions.controls import Slider, Text
from webui.extensions.kept_settings import KeptSettings
from webui.extensions.sides import Side
from webui.extensions.store import ExtensionStore, Record

BRINGS = Brings(
    hooks={Side.WEB: ("startup",), Side.WORKER: ("register_samplers",)},
    controls=(Slider("amount", "Amount", 0, 1, 0.1, 0.5),),
    settings=(Text("service", "Service"),),
    tabs=(Tab(name="film", label="Film", html="film.html"),),
    themes=(Theme(name="sepia", label="Sepia", light={"--dk-amber": "#8a5a2b"}),),
    samplers=(
        {"name": "Mine", "note": "", "takes": ["eta"], "aliases": [], "order": 1, "flow": False},
    ),
    preprocessors=({"name": "Edges", "note": "", "controls": []},),
)  # fmt: skip


def test_what_is_kept_is_there_for_the_next_start_and_for_another_process(tmp_path: Path) -> None:
    store, other = ExtensionStore(tmp_path / "x" / "state.json"), ExtensionStore(tmp_path / "x" / "state.json")
    assert other.record("film") == Record()
    kept = store.update("film", enabled=True, tree_hash="ab", brings=BRINGS, packages=({"name": "x", "version": "1"},))
    assert other.record("film") == kept == ExtensionStore(tmp_path / "x" / "state.json").record("film")
    assert other.record("film").brings == BRINGS
    store.forget("film")
    assert other.names() == ()


def test_a_record_that_makes_no_sense_is_as_if_it_had_never_been_kept(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_text('{"a": 3, "b": {"enabled": "yes", "crashes": true, "brings": {"hooks": 3}, "commit": "c"}}')
    store = ExtensionStore(path)
    assert store.record("a") == Record()
    assert store.record("b") == Record(commit="c")


def test_a_state_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SaveFailed):
        ExtensionStore(tmp_path / "file" / "state.json").update("film", enabled=True)


def test_settings_are_seen_at_once_wherever_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "settings" / "film.json"
    read, written = (KeptSettings(path, BRINGS.settings) for _ in range(2))
    assert dict(read) == {"service": ""}
    written.write({"service": "there"})
    assert read["service"] == "there"
    with pytest.raises(InvalidRequest) as caught:
        written.write({"service": 3})
    assert caught.value.field == "settings.service"
    with pytest.raises(InvalidRequest):
        written.write({"other": "x"})
    path.write_text("{")
    assert read["service"] == ""
