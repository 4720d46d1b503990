from collections.abc import Callable
from pathlib import Path

import pytest

from tests.extensions.installing.git_server import GitServer, make_repository
from tests.extensions.installing.made import files, manifest, tree, wheel, write, zipped
from webui.errors import ExtensionNotFound, ExtensionUnusable, InstallFailed, InstallRefused
from webui.extensions.cards import Status
from webui.extensions.extensions import Extensions
from webui.extensions.installing.installer import Installer
from webui.extensions.installing.requirements import Requirements
from webui.settings import ROOT, Settings, load_settings

Start = Callable[[], tuple[Extensions, Installer]]
NEEDS_LIBRARY = """
from webui.extensions.api import hookimpl, Switch
import glowlib

@hookimpl
def register_controls():
    return [Switch(name="on", label=f"Glow {glowlib.VERSION}", default=True)]
"""


@pytest.fixture
def repository(git_server: GitServer, tmp_path: Path) -> Path:
    return git_server.repositories / f"glow-{tmp_path.name}"


@pytest.fixture
def address(git_server: GitServer, repository: Path) -> str:
    return f"{git_server.url}/{repository.name}"


def test_an_offer_tells_all_that_an_extension_would_bring(start: Start, repository: Path, address: str) -> None:
    commit = make_repository(repository, files(more={"README.md": "# Glow"}, requirements=["numpy>=1"]))
    offer = start()[1].look(address)
    told = offer.to_json()
    assert told["commit"] == commit
    assert (told["name"], told["version"], told["author"], told["kind"]) == ("glow", "1.0", "Ann", "git")
    assert [file["path"] for file in told["files"]] == ["README.md", "extension.toml", "worker.py"]
    assert told["bytes"] == sum(file["bytes"] for file in told["files"]) > 100
    assert told["hooks"] == {"worker": ["finish_image"]}
    assert (told["permissions"], told["requirements"], told["packages"]) == (["pictures"], ["numpy>=1"], [])
    assert (told["problem"], told["replaces"], told["source"]) == ("", None, address)


def test_an_extension_is_installed_off_with_where_it_came_from(start: Start, repository: Path, address: str) -> None:
    commit = make_repository(repository, files())
    extensions, installer = start()
    assert installer.install(installer.look(address)) == "glow"
    card = extensions.card("glow")
    assert card.status is Status.OFF
    assert (card.record.source, card.record.commit) == (address, commit)
    assert extensions.enable("glow").status is Status.ON


def test_folders_may_be_given_as_relative_paths(
    repository: Path, git_server: GitServer, address: str, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(wheels, "glowlib", "1.7")
    make_repository(repository, files(requirements=["glowlib"]))
    monkeypatch.chdir(tmp_path)
    settings = load_settings(
        data_dir=Path("state"), extensions_dir=Path("mine"), downloads_from_this_computer=True,
        extensions_ca_file=git_server.ca_file,
    )  # fmt: skip
    installer = Installer(Extensions(settings, loads=False), requirements=Requirements(find_links=Path(wheels.name)))
    installer.install(installer.look(address))
    assert (tmp_path / "mine" / "glow" / "worker.py").exists()
    assert (tmp_path / "state" / "extensions" / "packages" / "glow" / "glowlib").is_dir()


def test_what_was_not_wanted_leaves_nothing(start: Start, settings: Settings, tmp_path: Path) -> None:
    _, installer = start()
    before = tree(settings.extensions_dir, settings.data_dir)
    offer = installer.look(str(write(tmp_path / "source", files())))
    installer.forget(offer.id)
    assert tree(settings.extensions_dir, settings.data_dir) == before
    with pytest.raises(InstallFailed, match="not kept any more"):
        installer.install(offer)


@pytest.mark.parametrize(
    "content",
    [
        {"readme.txt": "no extension"},
        {"extension.toml": "[extension", "web.py": ""},
        {"extension.toml": manifest("../glow"), "web.py": ""},
        {"extension.toml": manifest("con"), "web.py": ""},
        {"a/extension.toml": manifest("one"), "b/extension.toml": manifest("two")},
    ],
)
def test_what_is_no_extension_is_refused_and_leaves_nothing(
    content: dict[str, str], start: Start, settings: Settings, tmp_path: Path
) -> None:
    _, installer = start()
    before = tree(settings.extensions_dir, settings.data_dir)
    for source in (write(tmp_path / "source", content), zipped(tmp_path / "source.zip", content)):
        with pytest.raises((InstallFailed, ExtensionUnusable)):
            installer.look(str(source))
    assert tree(settings.extensions_dir, settings.data_dir) == before


def test_files_that_change_between_look_and_install_are_seen(start: Start, tmp_path: Path) -> None:
    extensions, installer = start()
    offer = installer.look(str(write(tmp_path / "source", files())))
    (offer.folder / "worker.py").write_text("raise SystemExit")
    with pytest.raises(InstallFailed, match="has changed since it was shown"):
        installer.install(offer)
    assert not extensions.cards()


def test_a_namesake_from_elsewhere_asks_and_inherits_nothing(
    start: Start, repository: Path, address: str, tmp_path: Path
) -> None:
    make_repository(repository, files())
    extensions, installer = start()
    installer.install(installer.look(address))
    extensions.enable("glow")
    offer = installer.look(str(write(tmp_path / "other", files(version="9.0"))))
    assert offer.replaces is not None
    assert (offer.replaces.version, offer.replaces.source, offer.replaces.same_source) == ("1.0", address, False)
    with pytest.raises(InstallRefused, match=f"comes from {address}") as caught:
        installer.install(offer)
    assert caught.value.field == "replace"
    assert extensions.card("glow").status is Status.ON
    installer.install(offer, replace=True)
    assert extensions.card("glow").status is Status.OFF
    assert extensions.card("glow").record.source == str(tmp_path / "other")


def test_a_zip_that_was_sent_never_counts_as_the_same_source(start: Start, tmp_path: Path) -> None:
    _, installer = start()
    path = zipped(tmp_path / "a.zip", files())
    installer.install(installer.look_zip(path, "glow.zip"))
    offer = installer.look_zip(path, "glow.zip")
    assert offer.replaces is not None and not offer.replaces.same_source
    with pytest.raises(InstallFailed, match="came from a zip file"):
        installer.fetch_update("glow")


@pytest.mark.parametrize("inner", ["", "glow/", "glow-main/", "fetched/"])
def test_a_zip_with_a_folder_of_any_name_in_it_is_installed(inner: str, start: Start, tmp_path: Path) -> None:
    extensions, installer = start()
    path = zipped(tmp_path / "glow.zip", {f"{inner}{name}": text for name, text in files().items()})
    installer.install(installer.look(str(path)))
    assert extensions.card("glow").status is Status.OFF
    assert [each.name for each in extensions.extensions_dir.iterdir()] == ["glow"]


def test_an_update_is_shown_taken_and_asked_for_again(start: Start, repository: Path, address: str) -> None:
    make_repository(repository, files(more={"old.txt": "old", "picture.bin": "\0one"}))
    extensions, installer = start()
    installer.install(installer.look(address))
    extensions.enable("glow")
    assert installer.fetch_update("glow").nothing
    (repository / "old.txt").unlink()
    newer = {
        "extension.toml": manifest(version="1.1", permissions=["pictures", "network"], requirements=["numpy"]),
        "picture.bin": "\0two", "new.txt": "new",
    }  # fmt: skip
    commit = make_repository(repository, newer)
    found = installer.fetch_update("glow")
    told = found.to_json()
    assert (told["old_version"], told["new_version"], told["new_commit"]) == ("1.0", "1.1", commit)
    assert (told["added"], told["removed"]) == (["new.txt"], ["old.txt"])
    diffs = {file["path"]: file["diff"] for file in told["changed"]}
    assert diffs["picture.bin"] == ""
    assert '-version = "1.0"\n+version = "1.1"' in diffs["extension.toml"]
    assert (told["permissions_added"], told["requirements_added"]) == (["network"], ["numpy"])
    assert extensions.card("glow").status is Status.ON
    installer.take_update(found.id)
    assert extensions.card("glow").status is Status.CHANGED
    assert "glow" not in [Path(folder).name for folder in extensions.worker_folders()]
    assert extensions.enable("glow").status is Status.ON


def test_an_update_can_be_rolled_back_and_is_on_again_without_asking(
    start: Start, repository: Path, address: str
) -> None:
    first = make_repository(repository, files())
    extensions, installer = start()
    installer.install(installer.look(address))
    extensions.enable("glow")
    make_repository(repository, files(version="2.0"))
    assert not installer.can_roll_back("glow")
    installer.take_update(installer.fetch_update("glow").id)
    assert installer.can_roll_back("glow")
    installer.rollback("glow")
    card = extensions.card("glow")
    assert card.status is Status.ON
    assert card.manifest is not None and card.manifest.version == "1.0"
    assert card.record.commit == first
    with pytest.raises(InstallFailed, match="no earlier glow"):
        installer.rollback("glow")


def test_what_was_rolled_back_is_what_runs(start: Start, tmp_path: Path) -> None:
    web = "from webui.extensions.api import Tab, hookimpl\n@hookimpl\ndef register_themes():\n    return [THEME]\n"
    theme = "from webui.extensions.api import Theme\nTHEME = Theme(name='t', label='LABEL', light={'--c': 'red'})\n"
    extensions, installer = start()
    for label in ("first", "second"):
        text = theme.replace("LABEL", label) + web
        source = write(tmp_path / "source", {"extension.toml": manifest(permissions=["page"]), "web.py": text})
        if label == "first":
            installer.install(installer.look(str(source)))
        else:
            installer.take_update(installer.fetch_update("glow").id)
        installer.enable("glow")
    assert [each.value[0].label for each in extensions.web.gather("register_themes")] == ["second"]
    installer.rollback("glow")
    assert [each.value[0].label for each in extensions.web.gather("register_themes")] == ["first"]


def test_removing_leaves_nothing_behind(start: Start, repository: Path, address: str, settings: Settings) -> None:
    extensions, installer = start()
    make_repository(repository, files())
    installer.install(installer.look(address))
    installer.remove("glow")
    before = tree(settings.extensions_dir, settings.data_dir)
    installer.install(installer.look(address))
    extensions.enable("glow")
    make_repository(repository, files(version="2.0"))
    installer.take_update(installer.fetch_update("glow").id)
    places = extensions.places
    write(places.data("glow"), {"kept.txt": "mine"})
    write(places.packages("glow"), {"glowlib/__init__.py": ""})
    write(places.settings("glow").parent, {"glow.json": "{}"})
    assert places.log("glow").exists() and places.previous("glow").exists()
    installer.remove("glow")
    assert tree(settings.extensions_dir, settings.data_dir) == before
    assert extensions.store.names() == ()
    with pytest.raises(ExtensionNotFound):
        installer.remove("glow")


def test_the_data_of_a_removed_extension_is_kept_when_that_is_asked_for(start: Start, tmp_path: Path) -> None:
    extensions, installer = start()
    installer.install(installer.look(str(write(tmp_path / "source", files()))))
    write(extensions.places.data("glow"), {"kept.txt": "mine"})
    write(extensions.places.settings("glow").parent, {"glow.json": "{}"})
    installer.remove("glow", keep_data=True)
    assert (extensions.places.data("glow") / "kept.txt").read_text() == "mine"
    assert extensions.places.settings("glow").read_text() == "{}"
    assert not extensions.cards()


def test_what_came_with_the_program_is_not_removed_as_it_could_not_be_had_again(
    start: Start, settings: Settings, tmp_path: Path
) -> None:
    _, installer = start()
    installer.install(installer.look(str(write(tmp_path / "source", files()))))
    assert not installer.ships("glow")
    shipped = settings.model_copy(update={"extensions_dir": ROOT / "extensions"})
    keeper = Installer(Extensions(shipped, loads=False))
    assert keeper.ships("film_grain")
    with pytest.raises(InstallFailed, match="comes with Darkroom"):
        keeper.remove("film_grain")
    assert (ROOT / "extensions" / "film_grain" / "extension.toml").exists()


def test_a_link_in_the_extensions_folder_is_removed_and_not_followed(
    start: Start, settings: Settings, tmp_path: Path
) -> None:
    _, installer = start()
    source = write(tmp_path / "glow", files())
    settings.extensions_dir.mkdir(exist_ok=True)
    (settings.extensions_dir / "glow").symlink_to(source)
    installer.remove("glow")
    assert (source / "extension.toml").exists()
    assert not (settings.extensions_dir / "glow").is_symlink()


def test_an_extension_with_a_package_of_its_own_works_from_its_overlay(
    start: Start, wheels: Path, tmp_path: Path
) -> None:
    wheel(wheels, "glowlib", "1.7")
    extensions, installer = start()
    source = write(tmp_path / "source", files(more={"web.py": NEEDS_LIBRARY}, requirements=["glowlib"]))
    installer.install(installer.look(str(source)))
    extensions.enable("glow")
    assert [control.label for control in extensions.controls()["glow"]] == ["Glow 1.7"]
    assert [package["name"] for package in extensions.card("glow").record.packages] == ["glowlib"]
    assert (extensions.places.packages("glow") / "glowlib" / "__init__.py").exists()
    assert "Successfully installed glowlib-1.7" in extensions.log("glow")


def test_a_clash_is_shown_in_the_offer_and_nothing_is_changed(start: Start, settings: Settings, tmp_path: Path) -> None:
    extensions, installer = start()
    offer = installer.look(str(write(tmp_path / "source", files(requirements=["numpy<1"]))))
    assert offer.problem.startswith("It needs numpy<1, and Darkroom has numpy 2")
    with pytest.raises(InstallFailed, match="It needs numpy<1"):
        installer.install(offer)
    installer.forget(offer.id)
    assert not extensions.cards()
    assert not [path for path in tree(settings.extensions_dir) if Path(path).name != "index.json"]


def test_a_file_that_is_no_python_is_told_before_anything_is_installed(start: Start, tmp_path: Path) -> None:
    told = start()[1].look(str(write(tmp_path / "source", files(more={"web.py": "def (:"})))).to_json()
    assert told["warning"].startswith("web.py, line 1, is not Python")
    assert told["problem"] == ""


def test_an_extension_that_was_put_there_by_hand_has_no_update(start: Start, settings: Settings) -> None:
    write(settings.extensions_dir / "glow", files())
    extensions, installer = start()
    assert extensions.card("glow").status is Status.OFF
    with pytest.raises(InstallFailed, match="Nothing is known of where glow comes from"):
        installer.fetch_update("glow")
    assert installer.installed("glow").contents.hooks == {"worker": ["finish_image"]}


def test_what_an_extension_needs_that_was_put_there_by_hand_is_installed_when_it_is_enabled(
    start: Start, settings: Settings, wheels: Path
) -> None:
    wheel(wheels, "glowlib", "1.7")
    content = files(more={"web.py": NEEDS_LIBRARY}, requirements=["glowlib>=1.5"])
    write(settings.extensions_dir / "glow", content)
    extensions, installer = start()
    assert installer.enable("glow").status is Status.ON
    assert [control.label for control in extensions.controls()["glow"]] == ["Glow 1.7"]
    write(settings.extensions_dir / "glow", files(requirements=["numpy<1"]))
    extensions.refresh()
    with pytest.raises(InstallFailed, match="It needs numpy<1, and Darkroom has numpy"):
        installer.enable("glow")


def test_a_source_that_brings_another_extension_now_is_no_update(start: Start, tmp_path: Path) -> None:
    extensions, installer = start()
    source = write(tmp_path / "source", files())
    installer.install(installer.look(str(source)))
    write(source, files(name="shine"))
    with pytest.raises(InstallFailed, match="has another extension now: shine"):
        installer.fetch_update("glow")
    assert extensions.card("glow").status is Status.OFF
