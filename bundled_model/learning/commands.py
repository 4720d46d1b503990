"""Commands that ask what the model has learned, and teach it looks."""

import argparse

from bundled_model.learning.lora import command as lora
from bundled_model.options import Command, Options


def _understand_options(options: Options) -> None:
    options.add_argument("sentence", nargs="*", help="what to read (default: measure how well sentences are read)")


def _understand(options: argparse.Namespace) -> int:
    from bundled_model.learning.understanding import report

    try:
        print(report(options.folder, options.sentence))
    except FileNotFoundError as missing:
        print(missing)
        return 1
    return 0


COMMANDS: dict[str, Command] = {
    "understand": ("tell what the text encoder reads from sentences", _understand_options, _understand),
    "lora": ("train or measure LoRAs of looks that the model does not know", lora.add_options, lora.run),
}
"""The commands by name."""
