"""Commands that write the model as people get it, and its pictures and figures."""

import argparse
from pathlib import Path

from bundled_model.options import CODE_FOLDER, Command, Options, add_model, add_sampling, add_sheet, picture_size


def _sample_options(options: Options) -> None:
    options.add_argument("prompt", nargs="*", help="what to paint (default: the examples of that size)")
    options.add_argument("--size", type=picture_size, default=(256, 256), help="width and height (default: 256x256)")
    add_sheet(options, columns=5, file="samples.png")
    add_sampling(options)


def _sample(options: argparse.Namespace) -> int:
    from bundled_model.judging.generating import Order, Sampling, Studio
    from bundled_model.shipping.examples import EXAMPLES
    from bundled_model.shipping.sheets import save_sheet

    prompts = options.prompt or EXAMPLES.get(options.size)
    if not prompts:
        print("there are no examples of this size; name prompts, or take 256x256, 384x256 or 256x384")
        return 1
    studio = Studio(Sampling(options.model, options.steps, options.guidance))
    output = options.output or options.folder / "samples.png"
    orders = [Order(prompt, options.seed + place, options.size) for place, prompt in enumerate(prompts)]
    save_sheet(studio.make(orders), min(options.columns, len(orders)), output, cell=options.cell)
    print("\n".join(prompts))
    print(f"wrote {output}")
    return 0


def _export(options: argparse.Namespace) -> int:
    from bundled_model.shipping.export import export_pipeline

    size = export_pipeline(options.folder, options.model)
    print(f"wrote {options.model}: {size / 1e6:.1f} MB")
    return 0


def _add_output_folder(options: Options) -> None:
    options.add_argument("--output", type=Path, default=CODE_FOLDER, help="folder of pictures (default: %(default)s)")
    options.add_argument("--seed", type=int, default=1)


def _sheets_options(options: Options) -> None:
    _add_output_folder(options)
    add_sampling(options)


def _sheets(options: argparse.Namespace) -> int:
    from bundled_model.judging.generating import Sampling
    from bundled_model.shipping.sheets import write_sheets

    sampling = Sampling(options.model, options.steps, options.guidance)
    for file in write_sheets(sampling, options.output, options.seed):
        print(f"wrote {file}")
    return 0


def _sentences(options: argparse.Namespace) -> int:
    from bundled_model.judging.classifier import load_classifier
    from bundled_model.judging.generating import Sampling, weights_of
    from bundled_model.shipping.sentences import PICTURE, SENTENCES_FILE, keep_sentences, paint_sentences, summary

    sampling = Sampling(options.model, options.steps, options.guidance)
    told, pictures = paint_sentences(sampling, load_classifier(options.folder), options.seed)
    file = options.folder / SENTENCES_FILE
    keep_sentences(told, pictures, weights_of(options.model), file, options.output / PICTURE)
    print(summary(told))
    print(f"wrote {file} and {options.output / PICTURE}")
    return 0


def _card(options: argparse.Namespace) -> int:
    from bundled_model.shipping.card import write_cards

    for file in write_cards(options.folder, options.model):
        print(f"wrote {file}")
    return 0


def _normal_options(options: Options) -> None:
    options.add_argument("--count", type=int, default=240, help="pictures (default: %(default)s)")
    add_model(options)


def _normal(options: argparse.Namespace) -> int:
    from bundled_model.shipping.normal import measure_normal_range

    found = measure_normal_range(options.model, options.count)
    print(f"wrote the normal range of {found.pictures} pictures; its edge is {found.edge:.2f}")
    return 0


COMMANDS: dict[str, Command] = {
    "sample": ("a contact sheet of pictures generated for prompts", _sample_options, _sample),
    "export": ("write the diffusers folder", add_model, _export),
    "normal": ("measure the normal range of its pictures, for the latent explorer", _normal_options, _normal),
    "sheets": ("the pictures of README.md, drawn and generated, and the model's preview", _sheets_options, _sheets),
    "sentences": ("paint the fifty free sentences, and read the pictures", _sheets_options, _sentences),
    "card": ("fill the measured figures into README.md and the model's card", add_model, _card),
}
