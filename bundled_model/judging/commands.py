"""Commands that measure: evaluate, reading, seams."""

import argparse
import json
import tempfile
from pathlib import Path

from bundled_model.options import CODE_FOLDER, Command, Options, add_model, add_processes, add_sampling, judged_size


def _evaluate_options(options: Options) -> None:
    options.add_argument("--count", type=int, default=1000, help="prompts (default: %(default)s)")
    options.add_argument("--size", type=judged_size, help="of all pictures (default: the sizes of the training, mixed)")
    options.add_argument("--json", action="store_true", help="print the figures as JSON, and nothing else")
    add_processes(options)
    add_sampling(options)


def _evaluate(options: argparse.Namespace) -> int:
    from bundled_model.judging.classifier import CLASSIFIER_FILE
    from bundled_model.judging.evaluation import EVALUATION_FILE, Trial, accuracy_table, evaluate
    from bundled_model.judging.generating import Sampling
    from bundled_model.learning.stopping import Stop

    if not (options.folder / CLASSIFIER_FILE).exists():
        print("the judge is not trained yet; run: python -m bundled_model train --stage drawings --stage classifier")
        return 1
    stop = Stop()
    stop.listen()
    sampling = Sampling(options.model, options.steps, options.guidance)
    figures = evaluate(Trial(options.folder, sampling, options.count, options.size), options.processes, stop)
    if figures is None:
        if not options.json:
            print("stopped; the same command goes on from here")
        return 1
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        print(accuracy_table(figures))
        print(f"wrote {options.folder / EVALUATION_FILE}")
    return 0


def _reading_options(options: Options) -> None:
    options.add_argument("--count", type=int, default=1000, help="drawings (default: %(default)s)")
    add_model(options)


def _reading(options: argparse.Namespace) -> int:
    from bundled_model.judging.reading import READING_FILE, measure_reading, reading_table
    from webui.errors import WebUIError

    try:
        figures = measure_reading(options.model, options.count)
    except WebUIError as problem:
        print(problem)
        return 1
    file = options.folder / READING_FILE
    file.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(reading_table(figures))
    print(f"wrote {file}")
    return 0


def _seams_options(options: Options) -> None:
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--cell", type=int, default=160, help="side of each picture (default: %(default)s)")
    options.add_argument("--output", type=Path, default=CODE_FOLDER / "seams.jpg", help="(default: %(default)s)")
    add_sampling(options)


def _seams(options: argparse.Namespace) -> int:
    from bundled_model.judging.generating import weights_of
    from bundled_model.judging.seams import SEAMS_FILE, repaint_all, seam_figures, shown
    from bundled_model.shipping.product import Product
    from bundled_model.shipping.sheets import save_sheet

    with tempfile.TemporaryDirectory() as data_dir:
        product = Product(options.model, Path(data_dir))
        done = repaint_all(product, steps=options.steps, guidance=options.guidance, seed=options.seed)
    save_sheet(shown(done), 12, options.output, cell=options.cell)
    figures = seam_figures(done)
    file = options.folder / SEAMS_FILE
    told = {"weights": weights_of(options.model), **figures}
    file.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    for number, case in enumerate(figures["cases"], start=1):
        print(f"{number:2d}  {case['seam']:.2f} (before: {case['before']:.2f})  {case['mask']:12s}  {case['prompt']}")
    print(f"mean {figures['mean']['seam']:.2f} (before: {figures['mean']['before']:.2f})")
    print(f"wrote {options.output} and {file}")
    return 0


COMMANDS: dict[str, Command] = {
    "evaluate": ("measure whether pictures follow their prompts", _evaluate_options, _evaluate),
    "reading": ("measure how well the model's own reader says what new drawings show", _reading_options, _reading),
    "seams": ("repaint parts of twenty pictures, and measure how well they join the rest", _seams_options, _seams),
}
