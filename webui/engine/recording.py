"""Writes a walk down while it is walked, so that nothing of it is lost when the process dies. Torch.

Every call becomes a frame of a journal; at the walk's end the journal becomes the recording's file. A disk that takes
no more costs the recording, never the picture.
"""

import math
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import torch

from webui.diffusion.families.base import Latents
from webui.diffusion.passes import Turn as PassTurn
from webui.engine.trajectory_file import raw
from webui.errors import WebUIError
from webui.generation.trajectory import RecordedPass, TrajectoryHeader
from webui.library.journal import Journal, Piece
from webui.library.pictures import as_save_failed
from webui.library.raw_tensors import RawTensor
from webui.library.trajectory_checks import Turn
from webui.library.trajectory_files import read_summary
from webui.library.trajectory_journal import (
    call_frame,
    header_frame,
    pass_frame,
    read_journal,
    turn_frame,
    write_file,
)


class Recorder:
    """A `WalkRecorder` for the walk of one group of pictures.

    As a context it closes the journal at its end. A journal that was not made a file by then is left where it is, for
    whoever takes the job up again or ends it, unless nobody will.

    Args:
        header: what the recording says of itself.
        journal: the file to write while the walk goes on.
        final: the recording's own file.
        known: how many frames the journal has already from an earlier attempt, whose walk is replayed first: that many
            calls of the methods below are not written again.
        keeps_journal: whether anybody looks for the journal after an error; else it becomes a file at once.
    """

    def __init__(
        self, header: TrajectoryHeader, *, journal: Path, final: Path, known: int = 0, keeps_journal: bool = True
    ) -> None:
        self.wants_parts = header.guidance
        self.note = ""
        """Why there is no recording, as a sentence; empty as long as there is one."""
        self._header = header
        self._path = journal
        self._final = final
        self._known = known
        self._keeps_journal = keeps_journal
        self._journal: Journal | None = None
        self._ended = False

    @property
    def trajectory(self) -> str:
        """The recording's id, or an empty text where it was dropped."""
        return "" if self.note else self._header.id

    def begin_pass(self, plan: RecordedPass, start: Latents) -> None:
        """A pass begins with these latents."""
        if self._is_new():
            self._append(pass_frame(plan, raw(start)))

    def turn(self, turn: PassTurn) -> None:
        """From the next call on this holds."""
        if not self._is_new():
            return
        told = Turn(turn.call)
        tensors = {"generators": raw(torch.stack(turn.generators))}
        if turn.seen is not None:
            tensors["seen"] = raw(turn.seen)
        if turn.kept is not None:
            kept = turn.kept
            told = Turn(turn.call, kept.soft, kept.first)
            tensors |= {"clean": raw(kept.clean), "noise": raw(kept.noise), "mask": raw(kept.mask)}
        self._append(turn_frame(told, tensors))

    def moved(
        self,
        prediction: torch.Tensor,
        momentum: torch.Tensor | None,
        parts: tuple[torch.Tensor, torch.Tensor] | None,
        movement: float,
    ) -> None:
        """The walk moved; a move into nothing is not recorded, nor what comes after it."""
        if not self._is_new():
            return
        if not math.isfinite(movement):
            self._ended = True
            return
        tensors: dict[str, RawTensor] = {"predictions": raw(prediction)}
        if momentum is not None:
            tensors["momentum"] = raw(momentum)
        if parts is not None and self.wants_parts:
            tensors |= {"conditional": raw(parts[0]), "negative": raw(parts[1])}
        self._append(call_frame(tensors, movement))

    def finish(self, *, complete: bool) -> bool:
        """Make the journal a file, whole and synced; whether there is one. A walk that was left at once leaves none."""
        if self._journal is None and not self._opened():
            return False
        assert self._journal is not None
        journal, self._journal = self._journal, None
        try:
            journal.close()
            content = read_journal(self._path)
            kept = content is not None and bool(content.begun_passes) and (complete or bool(content.movement))
            if kept:
                assert content is not None
                write_file(content, self._final, complete=complete and not self._ended, replace=True)
        except OSError as error:
            self._drop(journal, error)
            self._remove_file()
            return False
        journal.remove()
        return kept

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._journal is None:
            return
        if self._keeps_journal:
            self._journal.close()
        else:
            self.finish(complete=False)

    def _is_new(self) -> bool:
        """Whether what is told now is to be written."""
        if self._known:
            self._known -= 1
            return False
        return not self._ended and not self.note

    def _append(self, pieces: list[Piece]) -> None:
        if self._journal is None and not self._opened():
            return
        assert self._journal is not None
        try:
            self._journal.append(pieces)
        except OSError as error:
            self._drop(self._journal, error)

    def _opened(self) -> bool:
        if self.note:
            return False
        fresh = not self._path.exists()
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._journal = Journal(self._path)
            if fresh:
                self._journal.append(header_frame(self._header))
        except OSError as error:
            self._drop(self._journal, error)
            return False
        return True

    def _drop(self, journal: Journal | None, error: OSError) -> None:
        """Give the recording up, and what it took of the disk back."""
        if journal is not None:
            journal.close()
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._journal = None
        reason = as_save_failed(error).message.partition(": ")[2].rstrip(".")
        self.note = f"The recording of the steps was dropped: {reason}. The picture is not affected."

    def _remove_file(self) -> None:
        """Remove the file where it has its name already, and only the disk's word for it was missing."""
        with suppress(OSError, WebUIError):
            if read_summary(self._final).header.id == self._header.id:
                self._final.unlink()
