import hashlib
import threading
from pathlib import Path

import pytest

from tests.model_manager.catalogue.header_files import SD1, write_safetensors
from webui.model_manager.catalogue import Catalogue, hashing
from webui.model_manager.catalogue.hashing import HashingStopped, HashKeeper, hashed

LORA = {"lora_unet_x_attn2_to_k.lora_down.weight": (4, 768)}


@pytest.mark.parametrize("chunk", [1, 7, 100, 4096, 10**6])
def test_hashes_are_those_of_the_published_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int) -> None:
    path = write_safetensors(tmp_path / "x.safetensors", LORA, metadata={"a": "b"})
    content = path.read_bytes()
    monkeypatch.setattr(hashing, "_CHUNK_BYTES", chunk)
    hashes = hashed(path, lora=True)
    assert hashes.sha256 == hashlib.sha256(content).hexdigest()
    assert hashes.autov2 == hashes.sha256[:10]
    weights = content[8 + int.from_bytes(content[:8], "little") :]
    assert hashes.autov3 == hashlib.sha256(weights).hexdigest()[:12]


def test_the_hash_of_a_loras_weights_outlives_a_change_of_its_metadata(tmp_path: Path) -> None:
    one = hashed(write_safetensors(tmp_path / "a.safetensors", LORA), lora=True)
    other = hashed(write_safetensors(tmp_path / "b.safetensors", LORA, metadata={"title": "new"}), lora=True)
    assert one.autov3 == other.autov3
    assert one.sha256 != other.sha256


def test_hashing_can_be_stopped(tmp_path: Path) -> None:
    path = write_safetensors(tmp_path / "x.safetensors", LORA)
    with pytest.raises(HashingStopped):
        hashed(path, lora=False, stopped=lambda: True)


def test_the_keeper_hashes_what_has_none_and_pickles_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_PAUSE_SECONDS", 0.01)
    write_safetensors(tmp_path / "sea.safetensors", SD1)
    write_safetensors(tmp_path / "loras" / "ink.safetensors", LORA)
    (tmp_path / "old.ckpt").write_bytes(b"\x80\x02}.")
    catalogue, done = Catalogue((tmp_path,)), threading.Event()
    learn = catalogue.learn_hashes
    learnt: list[str] = []

    def noted(entry, hashes) -> None:  # noqa: ANN001
        learn(entry, hashes)
        learnt.append(entry.name)
        if len(learnt) == 2:
            done.set()

    monkeypatch.setattr(catalogue, "learn_hashes", noted)
    keeper = HashKeeper(catalogue)
    keeper.start()
    assert done.wait(30)
    keeper.stop()
    assert learnt == ["ink", "sea"]
    told = {entry.name: entry.hashes for entry in catalogue.everything()}
    assert told["old"] is None
    assert told["ink"] is not None
    assert told["ink"].autov3


def test_a_busy_program_is_not_disturbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashing, "_PAUSE_SECONDS", 0.01)
    write_safetensors(tmp_path / "sea.safetensors", SD1)
    catalogue, asked = Catalogue((tmp_path,)), threading.Event()

    def busy() -> bool:
        asked.set()
        return True

    keeper = HashKeeper(catalogue, busy)
    keeper.start()
    assert asked.wait(30)
    keeper.stop()
    assert catalogue.find("sea").hashes is None
