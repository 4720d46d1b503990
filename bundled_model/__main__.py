"""Command line: draw, train, sample, export, evaluate, normal. See README.md beside this file."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from bundled_model.learning.plan import PICTURES, STAGES, Plan
from bundled_model.scenes.scene import Style

TRAINING_FOLDER = Path(".training")
MODEL_FOLDER = Path("models/checkpoints/postcard")
Options: TypeAlias = argparse.ArgumentParser


def _size(text: str) -> tuple[int, int]:
    """A size in pixels, from text such as "384x256".

    Raises:
        argparse.ArgumentTypeError: It is no such text, or a side is under 256 pixels.
    """
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal() and min(int(width), int(height)) >= 256):
        raise argparse.ArgumentTypeError(f"{text} is no size such as 384x256, of 256 pixels or more each way")
    return int(width), int(height)


def _add_sheet(options: Options, columns: int, file: str) -> None:
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--columns", type=int, default=columns, help="pictures to a row (default: %(default)s)")
    options.add_argument("--cell", type=int, default=256, help="shorter side of each picture (default: %(default)s)")
    options.add_argument("--output", type=Path, default=None, help=f"PNG file (default: {file} in the folder)")


def _add_model(options: Options) -> None:
    options.add_argument("--model", type=Path, default=MODEL_FOLDER, help="model folder (default: %(default)s)")


def _add_sampling(options: Options) -> None:
    options.add_argument("--steps", type=int, default=20, help="denoising steps (default: %(default)s)")
    options.add_argument("--guidance", type=float, default=5.0, help="guidance scale (default: %(default)s)")


def _draw_options(options: Options) -> None:
    _add_sheet(options, columns=6, file="sheet.png")
    options.add_argument("--count", type=int, default=24, help="scenes to draw (default: %(default)s)")
    options.add_argument("--size", type=_size, default=(256, 256), help="width and height (default: 256x256)")
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


def _sample_options(options: Options) -> None:
    _add_sheet(options, columns=4, file="samples.png")
    _add_sampling(options)
    _add_model(options)


def _sample(options: argparse.Namespace) -> int:
    from diffusers import StableDiffusionPipeline

    from bundled_model.judging.evaluation import generate
    from bundled_model.shipping.sheets import EXAMPLES, save_sheet

    output = options.output or options.folder / "samples.png"
    pipeline = StableDiffusionPipeline.from_pretrained(options.model)
    batches = generate(pipeline, list(EXAMPLES), steps=options.steps, guidance=options.guidance, seed=options.seed)
    save_sheet([picture for batch in batches for picture in batch], options.columns, output, cell=options.cell)
    print("\n".join(EXAMPLES))
    print(f"wrote {output}")
    return 0


def _export(options: argparse.Namespace) -> int:
    from bundled_model.shipping.export import export_pipeline

    size = export_pipeline(options.folder, options.model)
    print(f"wrote {options.model}: {size / 1e6:.1f} MB")
    return 0


def _evaluate_options(options: Options) -> None:
    options.add_argument("--count", type=int, default=500, help="prompts (default: %(default)s)")
    options.add_argument("--processes", type=int, default=1, help="processes that generate (default: 1)")
    _add_sampling(options)
    _add_model(options)


def _evaluate(options: argparse.Namespace) -> int:
    from bundled_model.judging.evaluation import Trial, evaluate, table
    from bundled_model.learning.stages import train

    if not train(Plan(options.folder, ("classifier",)), processes=1):
        return 1
    trial = Trial(options.folder, options.model, options.count, options.steps, options.guidance)
    figures = evaluate(trial, options.processes)
    print(table(figures))
    print(f"wrote {options.folder / 'evaluation.json'}")
    return 0


def _normal_options(options: Options) -> None:
    options.add_argument("--seeds", type=int, default=2, help="pictures of each plain prompt (default: %(default)s)")
    _add_model(options)


def _normal(options: argparse.Namespace) -> int:
    from bundled_model.shipping.normal import measure_normal_range

    found = measure_normal_range(options.model, options.seeds)
    print(f"wrote the normal range of {found.pictures} pictures; its edge is {found.edge:.2f}")
    return 0


Command: TypeAlias = tuple[str, Callable[[Options], None], Callable[[argparse.Namespace], int]]
COMMANDS: dict[str, Command] = {
    "draw": ("a contact sheet of drawn pictures with their captions", _draw_options, _draw),
    "train": ("train all stages, or go on where a stopped run ended", _train_options, _train),
    "sample": ("a contact sheet of pictures generated for example prompts", _sample_options, _sample),
    "export": ("write the diffusers folder", _add_model, _export),
    "evaluate": ("measure whether pictures follow their prompts", _evaluate_options, _evaluate),
    "normal": ("measure the normal range of its pictures, for the latent explorer", _normal_options, _normal),
}
"""What each command is for, how its options are added, and what runs it."""


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
