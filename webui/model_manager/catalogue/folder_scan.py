"""Walks through places with models: every file and diffusers folder once, whatever links there are. No torch."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from webui.model_manager.catalogue.model_folders import MODEL_INDEX, Place

SAFETENSORS = (".safetensors", ".sft")
PICKLES = (".ckpt", ".pt", ".pth", ".bin")
GGUF = ".gguf"
_ENDINGS = (*SAFETENSORS, GGUF, *PICKLES)
_PICTURES = (".png", ".jpg", ".jpeg", ".webp")
_SIDECARS = (*_PICTURES, ".json", ".info", ".yaml", ".txt")
_MAX_DEPTH, _MAX_ENTRIES = 16, 200_000
_PASSED_OVER = {"__pycache__", "node_modules", "venv", "site-packages"}
_PLAIN_STEMS = {"diffusion_pytorch_model", "model", "pytorch_lora_weights", "adapter_model", "pytorch_model"}
"""What diffusers and transformers call every file: the folder's name says which model it is."""
_SHARD = re.compile(r"-(\d{5})-of-\d{5}$")


@dataclass(frozen=True, slots=True)
class Found:
    """A model on the disk. `inner` is its name with the folders that it lies in, below the place where it was found.

    `siblings` are the files beside it whose names begin as its own does, each with its state; `state` changes when the
    model or one of them does.
    """

    path: Path
    inner: str
    place: Place
    folder: bool
    size_bytes: int
    changed_ns: int
    siblings: tuple[tuple[str, str], ...] = ()
    state: str = ""


@dataclass(slots=True)
class _Walk:
    """What a walk has seen: folders and files by device and number."""

    seen: set[tuple[int, int]]
    entries: int = 0

    def first_time(self, status: os.stat_result) -> bool:
        key = (status.st_dev, status.st_ino)
        if status.st_ino and key in self.seen:
            return False
        self.seen.add(key)
        return True


def scan(all_places: list[Place]) -> list[Found]:
    """The models in some places, in their order; what cannot be read is passed over."""
    walk = _Walk(set())
    return [found for place in all_places for found in _scan_place(place, walk)]


def found_at(path: Path, kind: str = "") -> Found | None:
    """One model by its path, wherever it lies; None where there is none."""
    place = Place(path.parent, kind)
    if (path / MODEL_INDEX).is_file():
        return _diffusers(path, path.name, place, _listed(path, _Walk(set()))[0])
    files, _ = _listed(path.parent, _Walk(set()))
    try:
        return _found(path, path.stem, place, files, path.stat())
    except OSError:
        return None


def _scan_place(place: Place, walk: _Walk) -> Iterator[Found]:
    waiting: list[tuple[Path, str, int]] = [(place.folder, "", 0)]
    while waiting and walk.entries < _MAX_ENTRIES:
        folder, inner, depth = waiting.pop()
        files, folders = _listed(folder, walk)
        if MODEL_INDEX in files:
            yield _diffusers(folder, place.name or inner or folder.name, place, files)
            continue
        yield from _models(folder, inner, place, files, walk)
        if depth < _MAX_DEPTH and (place.deep or depth == 0):
            for name in sorted(folders, reverse=True):
                if place.deep or (folder / name / MODEL_INDEX).is_file():
                    waiting.append((folder / name, f"{inner}/{name}" if inner else name, depth + 1))


def _listed(folder: Path, walk: _Walk) -> tuple[dict[str, os.stat_result], list[str]]:
    """The files of a folder with their states, and its folders; nothing for a folder that was seen before."""
    files: dict[str, os.stat_result] = {}
    folders: list[str] = []
    try:
        if not walk.first_time(folder.stat()):
            return files, folders
        with os.scandir(folder) as entries:
            for entry in entries:
                walk.entries += 1
                if walk.entries > _MAX_ENTRIES:
                    break
                if not entry.name.startswith(".") and entry.name not in _PASSED_OVER and _can_be_told(entry.name):
                    _sort_in(entry, files, folders)
    except OSError:
        pass
    return files, folders


def _can_be_told(name: str) -> bool:
    """Whether a name is text: on some systems it may be any bytes, which no page and no JSON can have."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _sort_in(entry: "os.DirEntry[str]", files: dict[str, os.stat_result], folders: list[str]) -> None:
    try:
        lowered = entry.name.casefold()
        if entry.is_dir():
            if lowered.endswith(_ENDINGS):
                files[entry.name] = entry.stat()
            else:
                folders.append(entry.name)
        elif lowered.endswith((*_ENDINGS, *_SIDECARS)):
            status = os.stat(entry.path)
            if stat.S_ISREG(status.st_mode):
                files[entry.name] = status
    except OSError:  # it vanished, or the link leads nowhere
        return


def _models(folder: Path, inner: str, place: Place, files: dict[str, os.stat_result], walk: _Walk) -> Iterator[Found]:
    for name in sorted(files):
        stem, ending = os.path.splitext(name)
        shard = _SHARD.search(stem)
        if ending.casefold() not in _ENDINGS or (shard and int(shard[1]) != 1):
            continue
        if ending.casefold() == ".bin" and not place.kind:
            continue  # half the files of this world end so
        if not walk.first_time(files[name]):
            continue
        told = _SHARD.sub("", stem)
        if told.removesuffix(".fp16") in _PLAIN_STEMS and (inner or place.name):
            shown = inner or place.name
        else:
            shown = f"{inner}/{told}" if inner else told
        yield _found(folder / name, shown, place, files, files[name])


def _found(path: Path, inner: str, place: Place, files: dict[str, os.stat_result], status: os.stat_result) -> Found:
    siblings = tuple((name, f"{files[name].st_size}:{files[name].st_mtime_ns}") for name in _beside(path.stem, files))
    return Found(
        path=path, inner=inner, place=place, folder=False, size_bytes=status.st_size, changed_ns=status.st_mtime_ns,
        siblings=siblings, state=_digest(f"{status.st_size}:{status.st_mtime_ns}:{siblings}"),
    )  # fmt: skip


_BESIDE = (".preview", "", ".civitai")


def _beside(stem: str, files: dict[str, os.stat_result]) -> list[str]:
    """Pictures and descriptions that belong to a file by their names."""
    wanted = [f"{stem}{middle}{ending}" for middle in _BESIDE for ending in _SIDECARS]
    return [name for name in wanted if name in files]


def _diffusers(folder: Path, inner: str, place: Place, files: dict[str, os.stat_result]) -> Found:
    """A folder of diffusers' format; every file below it counts for its state."""
    states: list[str] = []
    size, changed = 0, 0
    for path, status in _below(folder):
        if "/" not in path and path != MODEL_INDEX:
            continue  # what is told of a model, such as `preview.json`, is not the model
        states.append(f"{path}:{status.st_size}:{status.st_mtime_ns}")
        changed = max(changed, status.st_mtime_ns)
        if path.casefold().endswith(SAFETENSORS) and "/" in path:
            size += status.st_size
    pictures = sorted(name for name in files if name.casefold().endswith(_PICTURES))
    siblings = tuple((name, str(files[name].st_mtime_ns)) for name in pictures)
    return Found(folder, inner, place, True, size, changed, siblings, _digest(f"{states}{siblings}"))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def _below(folder: Path) -> list[tuple[str, os.stat_result]]:
    """All files of a diffusers folder, two levels deep, by their place in it."""
    found: list[tuple[str, os.stat_result]] = []
    waiting = [("", folder, 0)]
    while waiting and len(found) < 10_000:
        inner, at, depth = waiting.pop()
        try:
            for name in sorted(os.listdir(at)):
                status = os.stat(at / name)
                if stat.S_ISDIR(status.st_mode):
                    if depth < 2 and not name.startswith("."):
                        waiting.append((f"{inner}{name}/", at / name, depth + 1))
                else:
                    found.append((f"{inner}{name}", status))
        except OSError:
            continue
    return sorted(found, key=lambda each: each[0])
