"""The child process that merges or converts: told in a line of JSON on standard input, telling in others. Torch.

Run it by `webui.model_manager.merge_process`.
"""

import ctypes
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from webui.errors import WebUIError

_PR_SET_PDEATHSIG = 1


def main() -> int:
    """Does what is asked and ends; the last line is what came of it."""
    say = _teller()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    with suppress(OSError, AttributeError):
        os.nice(5)
    try:
        _do(json.loads(sys.stdin.readline()), lambda fraction, words: say({"fraction": fraction, "words": words}))
    except WebUIError as error:
        say({"error": error.message, "hint": error.hint, "field": error.field, "kind": type(error).__name__})
        return 1
    except MemoryError:
        say({"error": "There is too little memory for this file.", "hint": "Close other programs and try again."})
        return 1
    except OSError as error:
        say({"error": f"The files could not be used: {error.strerror or error}.", "kind": "SaveFailed"})
        return 1
    say({"done": True})
    return 0


def _do(asked: dict[str, Any], tell: Callable[[float, str], None]) -> None:
    # Each is imported alone: what converts pickles keeps what it has in memory small.
    if asked["work"] == "convert":
        from webui.model_manager.converting import convert_file

        convert_file(Path(asked["source"]), Path(asked["target"]), tell=tell)
        return
    from webui.model_manager.merge_process import MergeRecipe
    from webui.model_manager.merging import merge_models

    given = asked["recipe"]
    b, c, vae = (None if given[name] is None else Path(given[name]) for name in ("b", "c", "vae"))
    loras = tuple((Path(path), float(weight)) for path, weight in given["loras"])
    recipe = MergeRecipe(
        method=given["method"], a=Path(given["a"]), b=b, c=c, weight=float(given["weight"]), loras=loras,
        dtype=given["dtype"], vae=vae,
    )  # fmt: skip
    merge_models(recipe, Path(asked["target"]), tell=tell)


def _teller() -> Callable[[dict[str, Any]], None]:
    """Writes lines where standard output was, which libraries may print on no more."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(value: dict[str, Any]) -> None:
        with suppress(OSError):
            out.write(json.dumps(value) + "\n")
            out.flush()

    return say


if __name__ == "__main__":
    # Standard exits run what libraries registered, which may take a second and is needed by nobody.
    code = main()
    sys.stderr.flush()
    os._exit(code)
