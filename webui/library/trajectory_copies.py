"""A recording's file under another id: the same tensors, with a header that says so."""

from collections.abc import Iterator
from pathlib import Path

from webui.generation.trajectory import TrajectorySummary
from webui.library.pictures import temporary_of, write_pieces
from webui.library.raw_tensors import Header, header_bytes
from webui.library.trajectory_files import read_header

_PIECE_BYTES = 2**20


def with_id(file: Path, final: Path, summary: TrajectorySummary, trajectory: str) -> TrajectorySummary:
    """Write the recording in `file` to `final` with `trajectory` for its id; returns what it says of itself then.

    Raises:
        OSError: nothing was left on the disk.
    """
    renamed = summary.model_copy(update={"header": summary.header.model_copy(update={"id": trajectory})})
    header = read_header(file)
    texts = header.texts | {"summary": renamed.model_dump_json()}
    write_pieces(final, _pieces(file, header, texts), temporary=temporary_of(final), replace=False)
    return renamed


def _pieces(file: Path, header: Header, texts: dict[str, str]) -> Iterator[bytes]:
    ordered = sorted(header.places.items(), key=lambda each: each[1].begin)
    yield header_bytes({name: place.like for name, place in ordered}, texts)
    with file.open("rb") as source:
        source.seek(header.start)
        while piece := source.read(_PIECE_BYTES):
            yield piece
