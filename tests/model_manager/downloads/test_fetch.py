import hashlib
from pathlib import Path

import pytest

from tests.model_manager.downloads.model_host import ModelHost
from webui.errors import DownloadFailed
from webui.model_manager.downloads import fetch as fetching
from webui.model_manager.downloads import part_file
from webui.model_manager.downloads.addresses import Gate
from webui.model_manager.downloads.fetch import Line, Stopped, Wanted, fetch

CONTENT = bytes(range(256)) * 4096


def _line(**more: object) -> Line:
    return Line(Gate(loopback=True), pause_s=0.0, **more)  # pyright: ignore[reportArgumentType]


def test_a_file_arrives_whole_with_its_hash_and_its_progress(host: ModelHost, tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    address = host.put("/a.safetensors", CONTENT)
    line = _line(tell=lambda done, total: told.append((done, total)))
    fetched = fetch(Wanted(address), tmp_path / "x.part", line)
    assert (tmp_path / "x.part").read_bytes() == CONTENT
    assert (fetched.sha256, fetched.size) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    assert fetched.name == "a.safetensors"
    assert told[-1] == (len(CONTENT), len(CONTENT))


def test_a_connection_that_breaks_is_gone_on_with(host: ModelHost, tmp_path: Path) -> None:
    address = host.put("/a", CONTENT, break_after=300_000)
    fetched = fetch(Wanted(address), tmp_path / "x.part", _line())
    assert fetched.sha256 == hashlib.sha256(CONTENT).hexdigest()
    ranges = [headers.get("range") for _, headers in host.asked]
    assert ranges == [None, "bytes=300000-", "bytes=600000-", "bytes=900000-"]


def test_a_part_of_an_earlier_start_is_gone_on_with(host: ModelHost, tmp_path: Path) -> None:
    address = host.put("/a", CONTENT, break_after=300_000)
    calls = iter([False, False, False, True])
    with pytest.raises(Stopped):
        fetch(Wanted(address), tmp_path / "x.part", _line(cancelled=lambda: next(calls, True)))
    there = (tmp_path / "x.part").stat().st_size
    assert 0 < there < len(CONTENT)
    fetched = fetch(Wanted(address), tmp_path / "x.part", _line())
    assert fetched.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert f"bytes={there}-" in [headers.get("range") for _, headers in host.asked]


def test_a_file_that_changed_meanwhile_is_begun_anew(host: ModelHost, tmp_path: Path) -> None:
    address = host.put("/a", bytes(len(CONTENT)), break_after=300_000, breaks=1)
    calls = iter([False])
    with pytest.raises(Stopped):
        fetch(Wanted(address), tmp_path / "x.part", _line(cancelled=lambda: next(calls, True)))
    host.put("/a", CONTENT, etag='"two"')
    assert fetch(Wanted(address), tmp_path / "x.part", _line()).sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_a_server_without_ranges_sends_all_of_it_again(host: ModelHost, tmp_path: Path) -> None:
    address = host.put("/a", CONTENT, break_after=300_000, breaks=2, ranges=False)
    assert fetch(Wanted(address), tmp_path / "x.part", _line()).sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_a_server_that_promises_more_than_it_has_is_given_up(host: ModelHost, tmp_path: Path) -> None:
    address = host.put("/a", CONTENT, length=len(CONTENT) + 1000, ranges=False)
    with pytest.raises(DownloadFailed, match="broke off"):
        fetch(Wanted(address), tmp_path / "x.part", _line())


def test_a_file_of_another_size_than_the_hub_said_is_refused(host: ModelHost, tmp_path: Path) -> None:
    with pytest.raises(DownloadFailed, match="promised"):
        fetch(Wanted(host.put("/a", CONTENT), size=17), tmp_path / "x.part", _line())


@pytest.mark.parametrize("header", [None, "x-linked-etag"])
def test_a_wrong_hash_is_told_and_the_part_removed(host: ModelHost, tmp_path: Path, header: str | None) -> None:
    wrong = "0" * 64
    address = host.put("/a", CONTENT, headers={header: f'"{wrong}"'} if header else {})
    with pytest.raises(DownloadFailed, match="not the file that was promised"):
        fetch(Wanted(address, sha256=None if header else wrong), tmp_path / "x.part", _line())
    assert not (tmp_path / "x.part").exists()


def test_redirects_are_followed_and_the_key_stays_with_the_first_server(host: ModelHost, tmp_path: Path) -> None:
    other = ModelHost()
    try:
        target = other.put("/real.safetensors", CONTENT)
        address = host.put("/a", status=302, headers={"Location": target})
        fetched = fetch(Wanted(address, token="secret"), tmp_path / "x.part", _line())
        assert fetched.name == "real.safetensors"
        assert host.asked[0][1]["authorization"] == "Bearer secret"
        assert "authorization" not in other.asked[0][1]
    finally:
        other.close()


@pytest.mark.parametrize(
    "target", ["http://10.0.0.1/a", "http://169.254.169.254/latest/meta-data", "file:///etc/passwd", "ftp://e.org/a"]
)
def test_redirects_into_the_network_are_not_followed(host: ModelHost, tmp_path: Path, target: str) -> None:
    address = host.put("/a", status=302, headers={"Location": target})
    with pytest.raises(DownloadFailed):
        fetch(Wanted(address), tmp_path / "x.part", _line())


def test_redirects_without_end_are_given_up(host: ModelHost, tmp_path: Path) -> None:
    address = host.put("/a", status=302, headers={"Location": "/a"})
    with pytest.raises(DownloadFailed, match="without end"):
        fetch(Wanted(address), tmp_path / "x.part", _line())
    assert len(host.asked) < 20


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"<!DOCTYPE html><html>log in</html>", "text/html", "web page"),
        (b"\n <html>", "application/octet-stream", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "text/plain", "Git LFS"),
        (b"\x89PNG", "image/png", "picture"),
    ],
)
def test_what_is_no_model_is_told_at_once(
    host: ModelHost, tmp_path: Path, content: bytes, kind: str, words: str
) -> None:
    address = host.put("/a.safetensors", content, headers={"Content-Type": kind})
    with pytest.raises(DownloadFailed, match=words):
        fetch(Wanted(address), tmp_path / "x.part", _line())


@pytest.mark.parametrize(("status", "words"), [(401, "who asks"), (403, "who asks"), (404, "no file"), (418, "418")])
def test_refusals_are_told(host: ModelHost, tmp_path: Path, status: int, words: str) -> None:
    with pytest.raises(DownloadFailed, match=words):
        fetch(Wanted(host.put("/a", b"no", status=status)), tmp_path / "x.part", _line())


def test_a_busy_server_is_asked_again_and_then_given_up(host: ModelHost, tmp_path: Path) -> None:
    address = host.put("/a", b"", status=503)
    with pytest.raises(DownloadFailed, match="503"):
        fetch(Wanted(address), tmp_path / "x.part", _line())
    assert len(host.asked) == fetching.TRIES


def test_the_room_on_the_disk_is_looked_at_before_anything_is_written(
    host: ModelHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_file, "SPARE_BYTES", 10**18)
    with pytest.raises(DownloadFailed, match="not enough room"):
        fetch(Wanted(host.put("/a", CONTENT)), tmp_path / "x.part", _line())
    assert not (tmp_path / "x.part").exists()


def test_a_silent_server_does_not_keep_a_download_from_being_cancelled(host: ModelHost, tmp_path: Path) -> None:
    address = host.put("/a", CONTENT, stall_after=1000)
    with pytest.raises(Stopped):
        fetch(Wanted(address), tmp_path / "x.part", _line(cancelled=lambda: bool(host.asked)))
