import json
from pathlib import Path

import pytest

from tests.extensions.installing.made import files, write
from webui.errors import InstallFailed
from webui.extensions.extensions import Extensions
from webui.extensions.installing.index import read_index, read_indexes
from webui.extensions.installing.installer import Installer
from webui.settings import ROOT, Settings


def test_the_shipped_index_names_the_shipped_extensions() -> None:
    entries = read_index(ROOT / "extensions" / "index.json")
    assert {entry.name for entry in entries} == {"film_grain", "prompt_travel"}
    assert all((Path(entry.source) / "extension.toml").is_file() for entry in entries)


def test_an_extension_is_installed_by_its_name_in_a_further_index(tmp_path: Path) -> None:
    write(tmp_path / "collection" / "glow", files())
    index = tmp_path / "collection" / "others.json"
    index.write_text(json.dumps({"extensions": [{"name": "glow", "source": "glow", "title": "Glow"}]}))
    settings = Settings(data_dir=tmp_path / "data", extensions_dir=tmp_path / "extensions", extensions_indexes=(index,))
    installer = Installer(Extensions(settings))
    assert installer.install(installer.look("glow")) == "glow"
    assert "glow" in [entry.name for entry in installer.index()[0] if installer.is_installed(entry.name)]
    with pytest.raises(InstallFailed, match="No index has an extension shine"):
        installer.look("shine")
    (index.parent / "glow").rename(tmp_path / "moved")
    with pytest.raises(InstallFailed, match="glow is not where the index says"):
        installer.look("glow")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"extensions": 5}', '{"extensions": [{"name": "../x", "source": "x"}]}', "[" * 100_000]
)
def test_a_broken_index_is_told_and_the_others_still_count(text: str, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text(text)
    (tmp_path / "good.json").write_text('{"extensions": [{"name": "glow", "source": "https://example.org/a/glow"}]}')
    entries, problems = read_indexes([tmp_path / "broken.json", tmp_path / "none.json", tmp_path / "good.json"])
    assert [entry.source for entry in entries] == ["https://example.org/a/glow"]
    assert len(problems) == 2
    assert all("cannot be used" in problem for problem in problems)


def test_what_a_shipped_extension_says_of_updates(tmp_path: Path) -> None:
    installer = Installer(Extensions(Settings(data_dir=tmp_path), watched=False, loads=False))
    with pytest.raises(InstallFailed, match="comes with Darkroom"):
        installer.fetch_update("film_grain")
    with pytest.raises(InstallFailed, match="is installed already"):
        installer.look("film_grain")
