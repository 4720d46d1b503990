"""Command line: draw, train, export, sample, evaluate. See README.md beside this file."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

TRAINING_FOLDER = Path(".training")
MODEL_FOLDER = Path("models/checkpoints/postcard")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bundled_model", description=__doc__)
    parser.add_argument("--folder", type=Path, default=TRAINING_FOLDER, help="working files (default: %(default)s)")
    commands = parser.add_subparsers(dest="command", required=True)
    draw = commands.add_parser("draw", help="a contact sheet of drawn pictures with their captions")
    draw.add_argument("--seed", type=int, default=1)
    draw.add_argument("--count", type=int, default=24)
    draw.add_argument("--columns", type=int, default=6)
    draw.add_argument("--output", type=Path, default=None, help="PNG file (default: sheet.png in the folder)")
    sample = commands.add_parser("sample", help="a contact sheet of pictures generated for example prompts")
    sample.add_argument("--seed", type=int, default=1)
    sample.add_argument("--columns", type=int, default=4)
    sample.add_argument("--output", type=Path, default=None, help="PNG file (default: samples.png in the folder)")
    for command in (draw, sample):
        command.add_argument("--cell", type=int, default=256, help="pixels of each picture (default: %(default)s)")
    train = commands.add_parser("train", help="train all stages, or go on where a stopped run ended")
    train.add_argument(
        "--stage", action="append", choices=("autoencoder", "latents", "words", "denoiser", "classifier")
    )
    train.add_argument("--minutes", type=float, help="training time of each stage, earlier runs counted in")
    train.add_argument("--steps", type=int, help="steps of each stage, instead of minutes")
    train.add_argument("--processes", type=int, default=1, help="processes that train together (default: 1)")
    export = commands.add_parser("export", help="write the diffusers folder")
    evaluate = commands.add_parser("evaluate", help="measure whether pictures follow their prompts")
    evaluate.add_argument("--count", type=int, default=500)
    evaluate.add_argument("--processes", type=int, default=1, help="processes that generate (default: 1)")
    for command in (sample, evaluate):
        command.add_argument("--steps", type=int, default=20, help="denoising steps (default: %(default)s)")
        command.add_argument("--guidance", type=float, default=5.0, help="guidance scale (default: %(default)s)")
    normal = commands.add_parser("normal", help="measure the normal range of its pictures, for the latent explorer")
    normal.add_argument("--seeds", type=int, default=2, help="pictures of each plain prompt (default: %(default)s)")
    for command in (sample, export, evaluate, normal):
        command.add_argument("--model", type=Path, default=MODEL_FOLDER, help="model folder (default: %(default)s)")
    return parser


def _draw(options: argparse.Namespace) -> int:
    from bundled_model.shipping.sheets import draw_sheet

    output = options.output or options.folder / "sheet.png"
    captions = draw_sheet(output, seed=options.seed, count=options.count, columns=options.columns, cell=options.cell)
    print("\n".join(captions))
    print(f"wrote {output}")
    return 0


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


def _train(options: argparse.Namespace) -> int:
    from bundled_model.learning.stages import MINUTES, Plan, train

    plan = Plan(options.folder, tuple(options.stage or MINUTES), options.minutes, options.steps)
    finished = train(plan, options.processes)
    print("finished" if finished else "stopped; the same command goes on from here")
    return 0


def _export(options: argparse.Namespace) -> int:
    from bundled_model.shipping.export import export_pipeline

    size = export_pipeline(options.folder, options.model)
    print(f"wrote {options.model}: {size / 1e6:.1f} MB")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    from bundled_model.judging.evaluation import Trial, evaluate, table
    from bundled_model.learning.stages import Plan, train

    if not train(Plan(options.folder, ("classifier",)), processes=1):
        return 1
    trial = Trial(options.folder, options.model, options.count, options.steps, options.guidance)
    figures = evaluate(trial, options.processes)
    print(table(figures))
    print(f"wrote {options.folder / 'evaluation.json'}")
    return 0


def _normal(options: argparse.Namespace) -> int:
    from bundled_model.shipping.normal import measure_normal_range

    found = measure_normal_range(options.model, options.seeds)
    print(f"wrote the normal range of {found.pictures} pictures; its edge is {found.edge:.2f}")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    commands = {
        "draw": _draw, "sample": _sample, "train": _train, "export": _export, "evaluate": _evaluate, "normal": _normal,
    }  # fmt: skip
    return commands[options.command](options)


if __name__ == "__main__":
    sys.exit(main())
