"""Options that several commands share. Imports nothing heavy: the command line shows their defaults."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

TRAINING_FOLDER = Path(".training")
MODEL_FOLDER = Path("models/checkpoints/postcard")
CODE_FOLDER = Path(__file__).parent
"""Where the pictures and figures of README.md are."""

Options: TypeAlias = argparse.ArgumentParser
Command: TypeAlias = tuple[str, Callable[[Options], None], Callable[[argparse.Namespace], int]]
"""What a command is for, what adds its options, and what runs it and returns the exit status."""


def picture_size(text: str) -> tuple[int, int]:
    """A size in pixels, from text such as "384x256".

    Raises:
        argparse.ArgumentTypeError: It is no such text, or a side is under 256 pixels.
    """
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and min(int(width), int(height)) >= 256):
        raise argparse.ArgumentTypeError(f"{text} is no size such as 384x256, of 256 pixels or more each way")
    return int(width), int(height)


def judged_size(text: str) -> tuple[int, int]:
    """A size in pixels that the judge can read: one whose sides are multiples of 128.

    Raises:
        argparse.ArgumentTypeError: It is none.
    """
    size = picture_size(text)
    if any(side % 128 for side in size):
        raise argparse.ArgumentTypeError(f"{text} cannot be judged; both sides must be multiples of 128")
    return size


def add_sheet(options: Options, columns: int, file: str) -> None:
    """Options of a contact sheet."""
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--columns", type=int, default=columns, help="pictures to a row (default: %(default)s)")
    options.add_argument("--cell", type=int, default=256, help="shorter side of each picture (default: %(default)s)")
    options.add_argument("--output", type=Path, default=None, help=f"picture file (default: {file} in the folder)")


def add_model(options: Options) -> None:
    """The option that names a model."""
    options.add_argument("--model", type=Path, default=MODEL_FOLDER, help="model folder (default: %(default)s)")


def add_sampling(options: Options) -> None:
    """Options of how pictures are made, with the model."""
    options.add_argument("--steps", type=int, default=20, help="denoising steps (default: %(default)s)")
    options.add_argument("--guidance", type=float, default=5.0, help="guidance scale (default: %(default)s)")
    add_model(options)


def add_processes(options: Options) -> None:
    """The option of how many processes share the work."""
    options.add_argument("--processes", type=int, default=1, help="processes that generate (default: 1)")
