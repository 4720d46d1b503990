"""The journal of a walk: what its frames mean, and the recording's file that is made of them. No torch.

The first frame is the recording's header. Each pass begins with a frame that has its plan and the latents that it
starts with; then there is one for each call of the network, and one for each turn: what holds from the next call on.
Each frame is in the safetensors format.
"""

import json
import math
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from webui.generation.trajectory import FORMAT, VERSION, RecordedPass, TrajectoryHeader, TrajectorySummary
from webui.library.journal import Piece, read_frames
from webui.library.pictures import temporary_of, write_pieces
from webui.library.raw_tensors import (
    LENGTH_BYTES,
    MalformedTensors,
    Place,
    RawTensor,
    header_bytes,
    packed,
    parse_header,
)
from webui.library.trajectory_checks import Turn

KIND = "kind"
START = "start"
PREDICTIONS = "predictions"
PARTS = ("conditional", "negative")


@dataclass(frozen=True, slots=True)
class Stretch:
    """Where a tensor's bytes lie in the journal, and how they are to be read."""

    offset: int
    place: Place

    def read(self, file: BinaryIO) -> bytes:
        """The bytes."""
        file.seek(self.offset)
        return file.read(self.place.end - self.place.begin)


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalTurn:
    """What holds from a call of a pass on."""

    turn: Turn
    tensors: dict[str, Stretch]


@dataclass(slots=True, kw_only=True)
class JournalPass:
    """A pass: its plan, the latents that it starts with, its turns, and what each call left, by name."""

    plan: RecordedPass
    start: Stretch
    turns: list[JournalTurn] = field(default_factory=list)
    calls: list[dict[str, Stretch]] = field(default_factory=list)

    @property
    def has_parts(self) -> bool:
        """Whether all calls have the predictions with and without the prompt."""
        return all(name in call for call in self.calls for name in PARTS)

    def columns(self, *, parts: bool) -> dict[str, list[Stretch]]:
        """The tensors of each name, one for each call; those that not every call has are left out."""
        names = [name for name in (self.calls[0] if self.calls else ()) if all(name in call for call in self.calls)]
        return {name: [call[name] for call in self.calls] for name in names if parts or name not in PARTS}


@dataclass(slots=True, kw_only=True)
class JournalContent:
    """Everything in a journal up to its last whole frame; tensors as places in the file.

    `frames` counts those after the header. A `damaged` one has more whole frames, which make no sense.
    """

    path: Path
    header: TrajectoryHeader
    passes: list[JournalPass] = field(default_factory=list)
    movement: list[float] = field(default_factory=list)
    frames: int = 0
    damaged: bool = False

    @property
    def begun_passes(self) -> list[JournalPass]:
        """Those that can be replayed; the last may have been cut off before what holds at its first call."""
        return [each for each in self.passes if each.turns]

    def summary(self, *, complete: bool) -> TrajectorySummary:
        """What the recording's file says of itself."""
        guidance = self.header.guidance and all(each.has_parts for each in self.begun_passes)
        return TrajectorySummary(
            header=self.header.model_copy(update={"guidance": guidance}),
            passes=tuple(each.plan for each in self.begun_passes),
            calls=tuple(len(each.calls) for each in self.begun_passes),
            movement=tuple(self.movement),
            complete=complete,
        )


def header_frame(header: TrajectoryHeader) -> list[Piece]:
    """The first frame."""
    return packed({}, {KIND: "header", "header": header.model_dump_json()})


def pass_frame(plan: RecordedPass, start: RawTensor) -> list[Piece]:
    """The frame that begins a pass."""
    return packed({START: start}, {KIND: "pass", "plan": plan.model_dump_json()})


def turn_frame(turn: Turn, tensors: dict[str, RawTensor]) -> list[Piece]:
    """The frame of a turn: `generators`, and perhaps `seen`, `clean`, `noise`, `mask`."""
    return packed(tensors, {KIND: "turn", "turn": json.dumps(turn._asdict())})


def call_frame(tensors: dict[str, RawTensor], movement: float) -> list[Piece]:
    """The frame of a call: `predictions`, and perhaps `momentum`, `conditional`, `negative`."""
    return packed(tensors, {KIND: "call", "movement": repr(movement)})


def read_journal(path: Path) -> JournalContent | None:
    """What a journal has; None where not even its header is whole, or another version wrote it.

    Raises:
        OSError: there is no such file, or it cannot be read.
    """
    content: JournalContent | None = None
    try:
        for offset, frame in read_frames(path):
            if content is None:
                content = JournalContent(path=path, header=_header(frame))
            else:
                _take(content, offset, frame)
                content.frames += 1
    except (MalformedTensors, ValidationError, ValueError, LookupError, TypeError):
        if content is not None:
            content.damaged = True
    return content


def write_file(content: JournalContent, final: Path, *, complete: bool, replace: bool = False) -> TrajectorySummary:
    """Make the recording's file of a journal: temporary name, synced, renamed. The journal stays.

    Raises:
        OSError: nothing was left on the disk; `FileExistsError` where there is such a file and it is not to give way.
    """
    summary = content.summary(complete=complete)
    temporary = temporary_of(final.with_name(f"{final.name}.{secrets.token_hex(4)}"))
    write_pieces(final, _pieces(content, summary), temporary=temporary, replace=replace)
    return summary


def _pieces(content: JournalContent, summary: TrajectorySummary) -> Iterator[Piece]:
    shapes: dict[str, tuple[str, tuple[int, ...]]] = {}
    stretches: list[Stretch] = []
    for number, each in enumerate(content.begun_passes):
        alone = {START: each.start}
        for turn_number, turn in enumerate(each.turns):
            alone |= {f"turn{turn_number}.{name}": stretch for name, stretch in turn.tensors.items()}
        for name, stretch in alone.items():
            shapes[f"pass{number}.{name}"] = stretch.place.like
            stretches.append(stretch)
        for name, column in each.columns(parts=summary.header.guidance).items():
            dtype, shape = column[0].place.like
            shapes[f"pass{number}.{name}"] = dtype, (len(column), *shape)
            stretches.extend(column)
    yield header_bytes(shapes, _texts(content, summary))
    with content.path.open("rb") as file:
        for stretch in stretches:
            yield stretch.read(file)


def _texts(content: JournalContent, summary: TrajectorySummary) -> dict[str, str]:
    turns = [[each.turn._asdict() for each in recorded.turns] for recorded in content.begun_passes]
    return {
        "format": FORMAT,
        "version": str(VERSION),
        "turns": json.dumps(turns),
        "summary": summary.model_dump_json(),
    }


def _header(frame: bytes) -> TrajectoryHeader:
    texts, _ = _parsed(frame, 0)
    if texts.get(KIND) != "header":
        raise MalformedTensors("a journal begins with its header")
    return TrajectoryHeader.model_validate_json(texts["header"])


def _take(content: JournalContent, offset: int, frame: bytes) -> None:
    texts, stretches = _parsed(frame, offset)
    if texts[KIND] == "pass":
        plan = RecordedPass.model_validate_json(texts["plan"])
        content.passes.append(JournalPass(plan=plan, start=stretches[START]))
    elif texts[KIND] == "turn":
        content.passes[-1].turns.append(JournalTurn(turn=Turn(**json.loads(texts["turn"])), tensors=stretches))
    else:
        movement = float(texts["movement"])
        if not math.isfinite(movement) or PREDICTIONS not in stretches:
            raise MalformedTensors("a call that cannot be")
        content.passes[-1].calls.append(stretches)
        content.movement.append(movement)


def _parsed(frame: bytes, offset: int) -> tuple[dict[str, str], dict[str, Stretch]]:
    length = int.from_bytes(frame[:LENGTH_BYTES], "little")
    header = parse_header(frame[LENGTH_BYTES : LENGTH_BYTES + length])
    begin = offset + header.start
    return header.texts, {name: Stretch(begin + place.begin, place) for name, place in header.places.items()}
