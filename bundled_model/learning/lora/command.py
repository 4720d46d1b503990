"""The command `lora`: its options, and what it runs. Imports nothing heavy."""

import argparse
from pathlib import Path

from bundled_model.learning.lora.looks import LOOKS
from bundled_model.learning.lora.settings import LORA_FOLDER, RATE, STEPS, LoraSettings, Places
from bundled_model.options import Options, add_model


def add_options(options: Options) -> None:
    """The options of the command."""
    options.add_argument("--style", action="append", choices=tuple(LOOKS), help="only this one (several are allowed)")
    length = options.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, default=STEPS, help="steps of training each (default: %(default)s)")
    length.add_argument("--minutes", type=float, help="minutes of training each, earlier runs counted in")
    options.add_argument("--rate", type=float, default=RATE, help="peak learning rate (default: %(default)s)")
    add_model(options)
    options.add_argument("--output", type=Path, default=LORA_FOLDER, help="folder of LoRAs (default: %(default)s)")
    options.add_argument("--measure", action="store_true", help="measure finished LoRAs instead of training any")
    options.add_argument("--prompts", type=int, default=16, help="prompts of the measurement (default: %(default)s)")
    options.add_argument("--guidance", type=float, default=5.0, help="its guidance scale (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    """Train or measure; returns the exit status."""
    names = tuple(dict.fromkeys(options.style or LOOKS))
    places = Places(options.folder, options.model, options.output)
    return _measure(names, places, options) if options.measure else _train(names, places, options)


def _train(names: tuple[str, ...], places: Places, options: argparse.Namespace) -> int:
    from bundled_model.learning.lora.training import train_lora
    from bundled_model.learning.stopping import Stop
    from bundled_model.learning.training import Budget

    stop = Stop()
    stop.listen()
    budget = Budget(0, options.steps) if options.minutes is None else Budget(options.minutes)
    settings = LoraSettings(peak_rate=options.rate)
    finished = all(train_lora(name, places, budget, stop, settings) for name in names)
    print("finished" if finished else "stopped; the same command goes on from here")
    return 0


def _measure(names: tuple[str, ...], places: Places, options: argparse.Namespace) -> int:
    from bundled_model.judging.generating import Sampling
    from bundled_model.learning.lora.judge import look_judge
    from bundled_model.learning.lora.measuring import FIGURES_FILE, SHEET_FILE, measure, table
    from bundled_model.learning.stopping import Stop

    missing = [name for name in names if not places.file(name).exists()]
    if missing:
        print(f"{', '.join(missing)}: not trained yet; run lora without --measure first")
        return 1
    stop = Stop()
    stop.listen()
    judge = look_judge(places.work("judge"), stop)
    if judge is None:
        print("stopped; the same command goes on from here")
        return 0
    sampling = Sampling(places.model, guidance=options.guidance)
    print(table(measure(places, names, options.prompts, sampling, judge)))
    print(f"wrote {places.training / FIGURES_FILE} and {places.training / SHEET_FILE}")
    return 0
