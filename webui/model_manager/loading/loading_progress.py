"""How far the loading of a model is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoadingProgress:
    """The fraction of the bytes that are read, from 0 to 1, and what is read next."""

    fraction: float
    detail: str
