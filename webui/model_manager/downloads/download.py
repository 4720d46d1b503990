"""A model from its source to its place: what to fetch, fetched beside the models, checked, and moved in at the end."""

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from webui.errors import DownloadFailed, ModelUnusable
from webui.model_manager.catalogue.identify.experts import identified
from webui.model_manager.catalogue.model_entry import CHECKPOINT
from webui.model_manager.catalogue.model_folders import OWN_FOLDERS
from webui.model_manager.catalogue.safetensors_header import read_header
from webui.model_manager.downloads.addresses import Gate
from webui.model_manager.downloads.contents import TAKEN, safe_name
from webui.model_manager.downloads.fetch import Fetched, Line, Stopped, Wanted, fetch
from webui.model_manager.downloads.hub import INDEX, Piece, pieces_of
from webui.model_manager.downloads.part_file import remove_part
from webui.model_manager.downloads.sources import LinkSource, parse_source

PARTS_FOLDER = ".downloads"
"""Inside the models folder, so that a finished file only has to be renamed; the catalogue looks into no such folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is wanted. `kind`: where it goes, None finds out; `sha256`: of a single file, in 64 hexadecimal digits."""

    source: str
    kind: str | None = None
    sha256: str | None = None

    def checked(self, gate: Gate) -> "Order":
        """The same, once it is known that it can be tried.

        Args:
            gate: says where it may come from.

        Raises:
            DownloadFailed: the source is none, there is no such kind, or the hash is no hash.
        """
        source = parse_source(self.source)
        if isinstance(source, LinkSource):
            gate.checked(source.url)
        if self.kind is not None and self.kind not in OWN_FOLDERS:
            raise DownloadFailed(
                f"There is no kind of model '{self.kind[:40]}'.",
                hint=f"There are {', '.join(OWN_FOLDERS)}.",
                field="kind",
            )
        plain = (self.sha256 or "").strip().lower()
        if plain and (len(plain) != 64 or any(sign not in "0123456789abcdef" for sign in plain)):
            raise DownloadFailed("A SHA-256 has 64 hexadecimal digits.", hint="Leave it out.", field="sha256")
        return replace(self, sha256=plain or None)


Told = Callable[[str], None]


def download(order: Order, models_dir: Path, workplace: str, line: Line, *, endpoint: str | None = None) -> Path:
    """Bring a model into the models folder; a later call with the same workplace goes on where an earlier one ended.

    Args:
        order: what is wanted, checked.
        models_dir: the models folder that takes it.
        workplace: a name for the folder of the parts.
        line: where it may come from, and who hears how far it is.
        endpoint: another hub than the usual one.

    Returns:
        The model's file or folder.

    Raises:
        DownloadFailed: it cannot be had, or is no model.
        Stopped: it was cancelled; what has come stays.
    """
    source = parse_source(order.source)
    parts = models_dir / PARTS_FOLDER / workplace
    try:
        parts.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(error) from error
    try:
        if isinstance(source, LinkSource):
            folder_name, pieces = "", [Piece(Wanted(source.url), "")]
        else:
            folder_name, pieces = pieces_of(source, endpoint=endpoint)
        if order.sha256 and not folder_name:
            pieces = [replace(pieces[0], wanted=replace(pieces[0].wanted, sha256=order.sha256))]
        fetched = _fetch_all(pieces, parts, line)
        if folder_name:
            target = _folder_in(models_dir, order.kind, folder_name, parts, pieces)
        else:
            name = pieces[0].path or fetched[0].name
            target = _file_in(models_dir, order.kind, name, _part(parts, 0), fetched[0])
        shutil.rmtree(parts, ignore_errors=True)
        return target
    finally:
        _remove_empty(parts, models_dir / PARTS_FOLDER)


def forget(models_dir: Path, workplace: str) -> None:
    """Remove what a download that was given up has left."""
    shutil.rmtree(models_dir / PARTS_FOLDER / workplace, ignore_errors=True)
    _remove_empty(models_dir / PARTS_FOLDER)


def _remove_empty(*folders: Path) -> None:
    for folder in folders:
        with suppress(OSError):  # it is not there, or has something in it
            folder.rmdir()


def _fetch_all(pieces: list[Piece], parts: Path, line: Line) -> list[Fetched]:
    """All files, told as one: bytes of those that are done and of the one that comes."""
    sizes = [piece.wanted.size for piece in pieces]
    whole = None if None in sizes else sum(size or 0 for size in sizes)
    fetched: list[Fetched] = []
    for index, piece in enumerate(pieces):
        before = sum(one.size for one in fetched)

        def tell(done: int, total: int | None, before: int = before) -> None:
            line.tell(before + done, whole if whole is not None else (total if len(pieces) == 1 else None))

        fetched.append(fetch(piece.wanted, _part(parts, index), replace(line, tell=tell)))
    return fetched


def _part(parts: Path, index: int) -> Path:
    return parts / f"{index:04}.part"


def _file_in(models_dir: Path, kind: str | None, name: str, part: Path, fetched: Fetched) -> Path:
    """Checks a single file and moves it to where its kind belongs."""
    name = _named(name, part)
    found = _kind_of(part, name)
    if kind is not None and found is not None and kind != found:
        remove_part(part)
        raise DownloadFailed(
            f"This is a {found}, not a {kind}.", hint="Start it again and let the program find the kind.", field="kind"
        )
    folder = models_dir / OWN_FOLDERS.get(kind or found or CHECKPOINT, "checkpoints")
    return _move(part, _free(folder / name, fetched.size))


def _named(name: str, part: Path) -> str:
    """A safe name; one without an ending that is taken gets it from what the file is."""
    if PurePosixPath(name).suffix.lower() in TAKEN:
        return safe_name(name)
    try:
        read_header(part)
    except ModelUnusable:
        return safe_name(name)
    stem = name.rpartition(".")[0] if name.lower().endswith((".bin", ".ckpt", ".pt")) else name
    return safe_name(f"{stem or 'model'}.safetensors")


def _kind_of(part: Path, name: str) -> str | None:
    """What a file is; None where only its user knows.

    Raises:
        DownloadFailed: it is no model's file, or it is damaged.
    """
    if name.endswith(".gguf"):
        with part.open("rb") as file:
            if file.read(4) != b"GGUF":
                remove_part(part)
                raise DownloadFailed("This is no GGUF file.", hint="Check the link.", field="source")
        return CHECKPOINT
    try:
        found = identified(read_header(part))
    except ModelUnusable as error:
        remove_part(part)
        message = error.message.replace(f"'{part.name}'", name).replace(part.name, name)
        raise DownloadFailed(message, hint="Download it again, or from another place.", field="source") from error
    return found.kind if found is not None else None


def _folder_in(models_dir: Path, kind: str | None, name: str, parts: Path, pieces: list[Piece]) -> Path:
    """Puts the files of a diffusers folder together and moves it in."""
    if kind not in (None, CHECKPOINT):
        raise DownloadFailed("This repository is a checkpoint, in a folder.", hint="Leave the kind out.", field="kind")
    made = parts / "folder"
    for index, piece in enumerate(pieces):
        target = made / piece.path
        if not target.resolve().is_relative_to(made.resolve()):
            raise DownloadFailed("The repository has files with impossible names.", field="source")
        part = _part(parts, index)
        if part.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
    if not (made / INDEX).is_file():
        raise DownloadFailed("The repository's files are not all there.", hint="Start it again.", field="source")
    return _move(made, _free(models_dir / OWN_FOLDERS[CHECKPOINT] / name, None))


def _free(target: Path, size: int | None) -> Path:
    """A name that nothing has yet; a file of the same name and size is the same model and is replaced."""
    if not target.exists() or (size is not None and target.is_file() and target.stat().st_size == size):
        return target
    stem, ending = (target.stem, target.suffix) if size is not None else (target.name, "")
    numbered = (target.with_name(f"{stem} ({number}){ending}") for number in range(2, 1000))
    return next(path for path in numbered if not path.exists())


def _move(source: Path, target: Path) -> Path:
    """Rename; onto another disk, copy under another name first, so that no half file is ever seen."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_file():
            with source.open("rb") as file:
                os.fsync(file.fileno())  # a name that is there after a power cut must have all of its bytes
        try:
            os.replace(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            arriving = target.with_name(f".{target.name}.part")
            shutil.move(source, arriving)
            os.replace(arriving, target)
    except OSError as error:
        raise _not_written(error) from error
    return target


def _not_written(error: OSError) -> DownloadFailed:
    return DownloadFailed(
        f"The models folder cannot be written to: {error.strerror or error}.",
        hint="Check its permissions and the room on its disk.",
    )


__all__ = ["PARTS_FOLDER", "Line", "Order", "Stopped", "download", "forget"]
