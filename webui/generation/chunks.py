"""Cuts the tokens of a prompt into chunks of what a text encoder reads at once, by A1111's rules."""

from dataclasses import dataclass, field
from typing import Generic, TypeVar

COMMA_REACH = 20
"""A full chunk is cut after its last comma, if that is among so many last tokens."""

Piece = TypeVar("Piece")


@dataclass(slots=True)
class ChunkCutter(Generic[Piece]):
    """Fills chunks with pieces: tokens, or groups of tokens that stay together, such as a textual inversion's.

    Args:
        room: how many tokens a chunk holds, without those that begin and end it.
    """

    room: int
    _chunks: list[list[Piece]] = field(default_factory=list)
    _open: list[Piece] = field(default_factory=list)
    _lengths: list[int] = field(default_factory=list)
    _filled: int = 0
    _after_comma: int = 0
    """How many pieces of the open chunk there are up to its last comma; 0 if it has none."""

    def add(self, piece: Piece, *, length: int = 1, is_comma: bool = False) -> None:
        """Put a piece of so many tokens behind the others; one longer than a chunk has a chunk for itself."""
        if self._filled == self.room and not is_comma and self._after_comma:
            self._cut_after_comma()
        if self._filled + length > self.room and self._open:
            self.close()
        self._open.append(piece)
        self._lengths.append(length)
        self._filled += length
        if is_comma:
            self._after_comma = len(self._open)

    def close(self) -> None:
        """End the open chunk, however full it is: what BREAK does."""
        self._chunks.append(self._open)
        self._open, self._lengths, self._filled, self._after_comma = [], [], 0, 0

    def finish(self) -> list[list[Piece]]:
        """All chunks; there is always one."""
        if self._open or not self._chunks:
            self.close()
        return self._chunks

    @property
    def tokens(self) -> int:
        """How many tokens there are so far, closed chunks counted as full."""
        return len(self._chunks) * self.room + self._filled

    def _cut_after_comma(self) -> None:
        moved, lengths = self._open[self._after_comma :], self._lengths[self._after_comma :]
        if sum(lengths) < COMMA_REACH:  # the comma itself is counted too
            del self._open[self._after_comma :]
            self.close()
            self._open, self._lengths, self._filled = moved, lengths, sum(lengths)
