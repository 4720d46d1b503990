"""Merges and converts models in a process of its own, as that takes torch, and pickles are nobody's to read. No torch.

The child (`webui.model_manager.model_work`) is told what to do in one line of JSON and tells its progress in others. It
writes to a temporary name beside the target, which gets its own name when everything is there.
"""

import json
import os
import queue
import secrets
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest, ModelUnusable, SaveFailed, WebUIError
from webui.model_manager.model_tasks import Cancelled

Tell = Callable[[float, str], None]
"""Hears the share that is done, from 0 to 1, and what is done, in words."""
METHODS = ("weighted_sum", "add_difference")
DTYPES = ("float16", "bfloat16", "float32")
_MODULE = "webui.model_manager.model_work"
_KINDS: dict[str, type[WebUIError]] = {each.__name__: each for each in (InvalidRequest, ModelUnusable, SaveFailed)}
_ASK_SECONDS = 0.2
_KEPT_VARIABLES = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "PYTHONPATH",
    "OMP_NUM_THREADS",
    "SYSTEMROOT",
    "VIRTUAL_ENV",
)
"""What the child knows of the environment: no keys and no tokens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRecipe:
    """How a model is made of others.

    Args:
        method: "weighted_sum" is a (1 - weight) + b weight, "add_difference" a + (b - c) weight.
        a: a single file or a diffusers folder, as the other two. Without `b` it is only baked or converted.
        b: the second model.
        c: the third one, for "add_difference".
        weight: how much.
        loras: files and weights of LoRAs that are added to the weights.
        dtype: what the result is stored in.
        vae: a file or folder whose autoencoder takes the place of the model's.
    """

    method: str = "weighted_sum"
    a: Path
    b: Path | None = None
    c: Path | None = None
    weight: float = 0.5
    loras: tuple[tuple[Path, float], ...] = ()
    dtype: str = "float16"
    vae: Path | None = None


def merge(recipe: MergeRecipe, target: Path, *, tell: Tell, cancelled: Callable[[], bool]) -> None:
    """Makes the model at `target`: a .safetensors file, or where `a` is a folder a diffusers folder.

    Raises:
        WebUIError: a file cannot be used or does not fit the others, the target is there already, or the disk is full.
        Cancelled: `cancelled` said so; nothing is left.
    """
    _work({"work": "merge", "recipe": _plain(asdict(recipe))}, target, tell=tell, cancelled=cancelled)


def convert(source: Path, target: Path, *, tell: Tell, cancelled: Callable[[], bool]) -> None:
    """Writes the tensors of a pickled file (.ckpt, .pt, .bin) to a .safetensors file, if it holds nothing else.

    Raises:
        WebUIError: it holds more than tensors, or cannot be read; or as from `merge`.
        Cancelled: `cancelled` said so; nothing is left.
    """
    _work({"work": "convert", "source": str(source)}, target, tell=tell, cancelled=cancelled)


def _work(asked: dict[str, Any], target: Path, *, tell: Tell, cancelled: Callable[[], bool]) -> None:
    if target.exists():
        raise InvalidRequest(f"There is '{target.name}' already.", hint="Choose another name.", field="name")
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.making")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _run(asked | {"target": str(temporary)}, tell, cancelled)
        temporary.rename(target)
    except OSError as error:
        raise SaveFailed(f"'{target.name}' could not be written: {error.strerror or error}.") from error
    finally:
        _remove(temporary)


def _run(asked: Mapping[str, Any], tell: Tell, cancelled: Callable[[], bool]) -> None:
    """One child, from its start to its end."""
    environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    environment |= {"HF_HUB_OFFLINE": "1", "DIFFUSERS_DISABLE_REMOTE_CODE": "1"}
    child = subprocess.Popen(
        [sys.executable, "-m", _MODULE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True
    )
    try:
        assert child.stdin is not None
        with suppress(OSError):
            child.stdin.write(json.dumps(asked) + "\n")
            child.stdin.close()
        for said in _said(child, cancelled):
            if "error" in said:
                kind = _KINDS.get(said.get("kind", ""), ModelUnusable)
                raise kind(said["error"], hint=said.get("hint", ""), field=said.get("field"))
            if said.get("done"):
                return
            tell(float(said["fraction"]), str(said["words"]))
        raise ModelUnusable(
            f"The process that did this ended early (code {child.wait()}).",
            hint="The file asks for more memory or time than it may have, or there is too little memory.",
        )
    finally:
        child.kill()
        child.wait()


def _said(child: "subprocess.Popen[str]", cancelled: Callable[[], bool]) -> Iterator[Mapping[str, Any]]:
    """What the child says, line by line, until it ends."""
    lines: queue.Queue[str | None] = queue.Queue()

    def read() -> None:
        assert child.stdout is not None
        with suppress(ValueError):
            for line in child.stdout:
                lines.put(line)
        lines.put(None)

    threading.Thread(target=read, name="model-work", daemon=True).start()
    while True:
        if cancelled():
            raise Cancelled
        try:
            line = lines.get(timeout=_ASK_SECONDS)
        except queue.Empty:
            continue
        if line is None:
            return
        with suppress(ValueError):
            said = json.loads(line)
            if isinstance(said, dict):
                yield said


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _plain(value: Any) -> Any:
    """Paths as text, for JSON."""
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
