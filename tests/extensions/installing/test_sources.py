from pathlib import Path

import pytest

from webui.errors import InstallFailed
from webui.extensions.installing.sources import (
    FolderSource,
    GitSource,
    IndexSource,
    ZipSource,
    parse_source,
    same_source,
)

HOSTILE = (
    "ext::sh -c 'touch MARKER'",
    "ext::sh -c touch% MARKER",
    "--upload-pack=touch MARKER",
    "--upload-pack=touch MARKER https://example.org/a/b",
    "-u/tmp/touch",
    "-utouch MARKER",
    "--config=core.sshCommand=touch MARKER",
    "-c core.gitProxy=touch",
    "--template=/tmp/evil",
    "file:///etc",
    "file://localhost/tmp/repository",
    "ssh://-oProxyCommand=touch%20MARKER/x",
    "ssh://git@example.org/a/b",
    "git@example.org:a/b.git",
    "git://example.org/a/b",
    "http://example.org/a/b",
    "ftp://example.org/a/b",
    "https://user:secret@example.org/a/b",
    "https://token@example.org/a/b",
    "https://example.org/a/b\nhttps://example.org/c",
    "https://example.org/a%0ab/c",
    "https://example.org/%2e%2e/b",
    "https:///a/b",
    "https://",
    "https:example.org/a/b",
    "https://ex\u00e4mple.org/a/b",
    "https://xn--exmple-cua.org/a/b",
    "https://example.org/a/..",
    "https://example.org/../../etc/passwd",
    "https://example.org/a/b#--foo",
    "https://example.org/a/b#x..y",
    "https://example.org/a/-b",
    "https://example.org/a/b?x=--upload-pack",
    "https://example.org/a/b\\..\\c",
    "https://example.org:0/a/b",
    "https://example.org:99999/a/b",
    "https://[::1/a/b",
    "https://example.org",
    "https://example.org/" + "a" * 3000,
    "HTTPS+ext://example.org/a/b",
    "https://example.org/ann/glow/archive/main.zip",
)
"""Addresses that must be refused before git is even looked for."""


@pytest.mark.parametrize("address", HOSTILE)
def test_an_address_that_is_not_a_plain_https_one_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(InstallFailed) as caught:
        parse_source(address)
    assert caught.value.message.endswith(".")
    assert caught.value.field == "source"


@pytest.mark.parametrize(
    ("text", "url", "branch"),
    [
        ("https://example.org/ann/glow", "https://example.org/ann/glow", ""),
        ("https://Example.ORG:443/ann/glow.git/", "https://example.org/ann/glow.git", ""),
        ("https://example.org:8443/glow#main", "https://example.org:8443/glow", "main"),
        ("https://example.org/a/b#feature/light-2", "https://example.org/a/b", "feature/light-2"),
        ("HTTPS://[2001:DB8::1]/a", "https://[2001:db8::1]/a", ""),
    ],
)
def test_an_https_address_is_taken_with_its_branch(text: str, url: str, branch: str) -> None:
    assert parse_source(text) == GitSource(url, branch)


def test_a_zip_file_a_folder_and_a_name_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "glow.zip").write_bytes(b"")
    assert parse_source(str(tmp_path)) == FolderSource(tmp_path)
    assert parse_source(str(tmp_path / "glow.zip")) == ZipSource(tmp_path / "glow.zip")
    assert parse_source("film_grain") == IndexSource("film_grain")
    with pytest.raises(InstallFailed, match="There is no file or folder"):
        parse_source(str(tmp_path / "nothing"))


def test_a_source_is_the_same_however_it_is_written() -> None:
    assert same_source("https://example.org/a/b.git", "https://example.org/a/b")
    assert not same_source("https://example.org/a/b", "https://example.org/other/b")
    assert not same_source("https://example.org/a/b#main", "https://example.org/a/b")
    assert not same_source("", "")
