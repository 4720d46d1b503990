"""Command line: draws, trains, exports, paints and measures. See README.md beside this file."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bundled_model.judging import commands as judging
from bundled_model.learning import commands as learning
from bundled_model.learning.plan import PICTURES, STAGES, Plan
from bundled_model.options import TRAINING_FOLDER, Command, Options, add_sheet, picture_size
from bundled_model.scenes.scene import Style
from bundled_model.shipping import commands as shipping


def _draw_options(options: Options) -> None:
    add_sheet(options, columns=6, file="sheet.png")
    options.add_argument("--count", type=int, default=24, help="scenes to draw (default: %(default)s)")
    options.add_argument("--size", type=picture_size, default=(256, 256), help="width and height (default: 256x256)")
    styles = options.add_mutually_exclusive_group()
    styles.add_argument("--style", type=Style, choices=tuple(Style), help="draw all in this style")
    styles.add_argument("--every-style", action="store_true", help="draw each scene in every style, beside each other")


def _draw(options: argparse.Namespace) -> int:
    from bundled_model.shipping.sheets import Sheet, draw_sheet

    output = options.output or options.folder / "sheet.png"
    styles = tuple(Style) if options.every_style else (options.style,) if options.style else ()
    sheet = Sheet(options.seed, options.count, options.columns, options.cell, options.size, styles)
    print("\n".join(draw_sheet(output, sheet)))
    print(f"wrote {output}")
    return 0


def _train_options(options: Options) -> None:
    options.add_argument("--stage", action="append", choices=STAGES, help="only this one (may be given several times)")
    options.add_argument("--minutes", type=float, help="training time of each stage, earlier runs counted in")
    options.add_argument("--steps", type=int, help="steps of each stage, instead of minutes")
    options.add_argument("--pictures", type=int, default=PICTURES, help="drawings to learn from (default: %(default)s)")
    options.add_argument("--processes", type=int, default=1, help="processes that work together (default: 1)")


def _train(options: argparse.Namespace) -> int:
    from bundled_model.learning.stages import train

    stages = tuple(options.stage or STAGES)
    plan = Plan(options.folder, stages, options.minutes, options.steps, options.pictures)
    finished = train(plan, options.processes)
    print("finished" if finished else "stopped; the same command goes on from here")
    return 0


COMMANDS: dict[str, Command] = {
    "draw": ("a contact sheet of drawn pictures with their captions", _draw_options, _draw),
    "train": ("train all stages, or go on where a stopped run ended", _train_options, _train),
    **learning.COMMANDS,
    **judging.COMMANDS,
    **shipping.COMMANDS,
}
"""All commands by name."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bundled_model", description=__doc__)
    parser.add_argument("--folder", type=Path, default=TRAINING_FOLDER, help="working files (default: %(default)s)")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (purpose, add_options, _) in COMMANDS.items():
        add_options(commands.add_parser(name, help=purpose))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    _, _, run = COMMANDS[options.command]
    return run(options)


if __name__ == "__main__":
    sys.exit(main())
