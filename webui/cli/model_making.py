"""`webui models merge` and `webui models convert`: models made of other models' files."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from webui.errors import InvalidRequest
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import CHECKPOINT, LORA, VAE
from webui.model_manager.merge_process import DTYPES, METHODS, MergeRecipe, Tell, convert, merge
from webui.settings import load_settings

_PICKLED = (".ckpt", ".pt", ".pth", ".bin")


def add_actions(actions: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the two to the actions of `webui models`. Models are named as in `models list`, or by their paths."""
    merging = actions.add_parser("merge", parents=[folders], help="make a model of others")
    merging.add_argument("a", metavar="A", help="the first model")
    merging.add_argument("b", metavar="B", nargs="?", help="the second model; without it A is only baked into")
    merging.add_argument("c", metavar="C", nargs="?", help="for add-difference: A + (B - C) * weight")
    merging.add_argument("--method", choices=[name.replace("_", "-") for name in METHODS], default="weighted-sum")
    merging.add_argument("--weight", type=float, default=0.5, help="how much of B (default: %(default)s)")
    merging.add_argument(
        "--lora", action="append", default=[], metavar="NAME:WEIGHT", help="a LoRA to bake in; may be given often"
    )
    merging.add_argument("--vae", metavar="NAME", help="a VAE to bake in")
    merging.add_argument("--dtype", choices=DTYPES, default="float16", help="what weights are stored in")
    merging.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file, or of folders the folder")
    merging.set_defaults(run=run_merge)
    converting = actions.add_parser("convert", parents=[folders], help="make a .safetensors file of a pickled one")
    converting.add_argument("file", type=Path, metavar="FILE", help=f"a {', '.join(_PICKLED)} file")
    converting.add_argument("--out", type=Path, metavar="FILE", help="the new file (default: beside the old one)")
    converting.set_defaults(run=run_convert)


def run_merge(options: argparse.Namespace) -> int:
    """Makes the model and prints where it is.

    Raises:
        WebUIError: a model cannot be used or does not fit the others, or the file cannot be written.
    """
    settings = load_settings(extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir)
    catalogue = Catalogue(settings.models_dirs, settings.data_dir)
    a = _path(catalogue, options.a, CHECKPOINT)
    recipe = MergeRecipe(
        method=options.method.replace("-", "_"),
        a=a,
        b=options.b and _path(catalogue, options.b, CHECKPOINT),
        c=options.c and _path(catalogue, options.c, CHECKPOINT),
        weight=options.weight,
        loras=tuple(_lora(catalogue, text) for text in options.lora),
        dtype=options.dtype,
        vae=options.vae and _path(catalogue, options.vae, VAE),
    )
    target = options.out if a.is_dir() else _safetensors(options.out)
    _with_bar(lambda tell: merge(recipe, target, tell=tell, cancelled=lambda: False))
    print(target)
    return 0


def run_convert(options: argparse.Namespace) -> int:
    """Converts the file and prints where the new one is.

    Raises:
        WebUIError: the file holds more than weights, or cannot be read or written.
    """
    source: Path = options.file
    if not source.is_file() or source.suffix.lower() not in _PICKLED:
        raise InvalidRequest(f"{source} is no file that needs to be converted.", hint=f"Give a {_PICKLED[0]} file.")
    target = _safetensors(options.out) if options.out else source.with_suffix(".safetensors")
    _with_bar(lambda tell: convert(source, target, tell=tell, cancelled=lambda: False))
    print(target)
    return 0


def _path(catalogue: Catalogue, name: str, kind: str) -> Path:
    """A model's file or folder: of the one that is called so, even if it cannot be loaded, else what lies there."""
    called = next((entry.path for entry in catalogue.entries(kind) if entry.name == name), None)
    if called is None and Path(name).exists():
        return Path(name)
    return called or catalogue.find(name, kind).path


def _lora(catalogue: Catalogue, text: str) -> tuple[Path, float]:
    name, _, weight = text.rpartition(":") if ":" in text else (text, "", "1")
    try:
        return _path(catalogue, name, LORA), float(weight)
    except ValueError:
        raise InvalidRequest(f"--lora: '{weight}' is no weight.", hint="Write NAME:WEIGHT.", field="lora") from None


def _safetensors(path: Path) -> Path:
    return path if path.suffix == ".safetensors" else path.with_name(f"{path.name}.safetensors")


def _with_bar(work: Callable[[Tell], None]) -> None:
    with tqdm(total=1.0, leave=False, disable=not sys.stderr.isatty(), bar_format="{l_bar}{bar}| {desc}") as bar:

        def tell(fraction: float, words: str) -> None:
            bar.update(fraction - bar.n)
            bar.set_description_str(words[-60:], refresh=False)

        work(tell)
