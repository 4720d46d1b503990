"""What the server does to models' files in the background: watches, downloads, merges, converts."""

import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from webui.engine.engine import Engine
from webui.errors import DownloadFailed, InvalidRequest
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.downloads.addresses import Gate
from webui.model_manager.downloads.download import Line, Order, Stopped, download, forget
from webui.model_manager.downloads.sources import shown
from webui.model_manager.hashing import HashKeeper
from webui.model_manager.merge_process import MergeRecipe, convert, merge
from webui.model_manager.model_notes import ModelNotes
from webui.model_manager.model_tasks import Cancelled, Task, TaskDesk, Work
from webui.server.model_previews import PreviewStore
from webui.server.model_watch import ModelWatch

TASKS_FOLDER = "model_tasks"
METHODS = {"weighted_sum": 2, "add_difference": 3}
"""Ways to merge, and how many checkpoints each takes."""
PRECISIONS = ("float16", "bfloat16", "float32")
_NAME = re.compile(r"[\w][\w .()+-]{0,99}")


class ModelDesk:
    """Started and stopped with the server.

    Attributes:
        downloads: what comes from the net; goes on after a restart.
        merges: checkpoints made of others.
        conversions: pickles made safe.
        notes: what people write down of their models.
        previews: their small pictures.

    Args:
        engine: whose catalogue, settings and event hub are used.
    """

    def __init__(self, engine: Engine) -> None:
        settings = engine.settings
        self._engine = engine
        self._catalogue: Catalogue = engine.catalogue
        self._models_dir = settings.models_dirs[0]
        self._gate = Gate(loopback=settings.downloads_from_this_computer)
        self._watch = ModelWatch(self._catalogue, engine.hub)
        self._hashes = HashKeeper(self._catalogue, busy=lambda: bool(engine.status()["queue"]))
        self.notes = ModelNotes(settings.data_dir)
        self.previews = PreviewStore()
        folder = settings.data_dir / TASKS_FOLDER
        self.downloads = TaskDesk(
            "download", folder, self._download, publish=self._tell, resumable=True,
            discard=lambda task: forget(self._models_dir, task.id),
        )  # fmt: skip
        self.merges = TaskDesk("merge", folder, self._merge, publish=self._tell)
        self.conversions = TaskDesk("convert", folder, self._convert, publish=self._tell)

    @property
    def desks(self) -> Mapping[str, TaskDesk]:
        """The desks by their addresses."""
        return {"downloads": self.downloads, "merges": self.merges, "conversions": self.conversions}

    def start(self) -> None:
        """Begin to watch, and go on with what an earlier process left."""
        for desk in self.desks.values():
            desk.start()
        self._watch.start()
        self._hashes.start()

    def stop(self) -> None:
        """End everything; downloads stay to be gone on with."""
        self._hashes.stop()
        self._watch.stop()
        for desk in self.desks.values():
            desk.stop()

    def order(self, wanted: Mapping[str, Any]) -> Task:
        """Accept a download: `source`, and perhaps `kind` and `sha256`.

        Raises:
            DownloadFailed: it cannot be tried.
            InvalidRequest: a value is of another kind.
        """
        order = Order(
            source=_text(wanted, "source"), kind=_text(wanted, "kind") or None, sha256=_text(wanted, "sha256") or None
        )
        _only(wanted, ("source", "kind", "sha256"))
        if not order.source.strip():
            raise DownloadFailed("There is nothing to download.", hint="Paste a link or org/name.", field="source")
        order = order.checked()
        return self.downloads.add(shown(order.source), asdict(order))

    def merge(self, wanted: Mapping[str, Any]) -> Task:
        """Accept a merge: `method`, `models` (names), `weight`, `loras` ({name, weight}), `dtype`, `vae`, `name`.

        Raises:
            InvalidRequest: a value cannot be used.
            ModelNotFound: there is no such model.
            ModelUnusable: one of them is damaged.
        """
        _only(wanted, ("method", "models", "weight", "loras", "dtype", "vae", "name"))
        recipe, name = self._recipe(wanted), _text(wanted, "name")
        target = self._target(name)
        return self.merges.add(name, {"recipe": _as_json(recipe), "target": str(target)})

    def convert(self, entry: ModelEntry) -> Task:
        """Accept the conversion of a pickle into a safetensors file beside it.

        Raises:
            InvalidRequest: it is none, or there is such a file already.
        """
        if entry.format != "pickle":
            raise InvalidRequest(f"'{entry.name}' needs no conversion.", field="model")
        target = entry.path.with_suffix(".safetensors")
        if target.exists():
            raise InvalidRequest(f"There is {target.name} already.", hint="Remove one of the two.", field="model")
        return self.conversions.add(entry.name, {"source": str(entry.path), "target": str(target)})

    def _recipe(self, wanted: Mapping[str, Any]) -> MergeRecipe:
        method = _text(wanted, "method") or "weighted_sum"
        if method not in METHODS:
            raise InvalidRequest(f"method: it must be one of {', '.join(METHODS)}.", field="method")
        names = wanted.get("models")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise InvalidRequest("models: they must be a list of names.", field="models")
        loras = self._loras(wanted.get("loras", []))
        most = METHODS[method]
        if len(names) != most and not (loras and len(names) == 1 and method == "weighted_sum"):
            raise InvalidRequest(f"models: this way of merging takes {most} of them.", field="models")
        paths = [self._catalogue.find(name).path for name in names]
        weight = wanted.get("weight", 0.5)
        if isinstance(weight, bool) or not isinstance(weight, int | float) or not -2 <= weight <= 2:
            raise InvalidRequest("weight: it must be a number from -2 to 2.", field="weight")
        dtype = _text(wanted, "dtype") or "float16"
        if dtype not in PRECISIONS:
            raise InvalidRequest(f"dtype: it must be one of {', '.join(PRECISIONS)}.", field="dtype")
        vae = _text(wanted, "vae")
        a, b, c = (*paths, None, None)[:3]
        assert a is not None
        return MergeRecipe(
            method=method, a=a, b=b, c=c, weight=float(weight), loras=loras, dtype=dtype,
            vae=self._catalogue.find(vae, kind="vae").path if vae else None,
        )  # fmt: skip

    def _loras(self, wanted: object) -> tuple[tuple[Path, float], ...]:
        if not isinstance(wanted, list) or not all(isinstance(one, dict) for one in wanted):
            raise InvalidRequest("loras: they must be a list of {name, weight}.", field="loras")
        found: list[tuple[Path, float]] = []
        for one in wanted:
            weight = one.get("weight", 1.0)
            if isinstance(weight, bool) or not isinstance(weight, int | float) or not -10 <= weight <= 10:
                raise InvalidRequest("loras: a weight must be a number from -10 to 10.", field="loras")
            found.append((self._catalogue.find(str(one.get("name", "")), kind="lora").path, float(weight)))
        return tuple(found)

    def _target(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name.endswith((".", " ")):
            raise InvalidRequest(
                "The new model needs a name.", hint="Use letters, digits, spaces and . - _ + ( ).", field="name"
            )
        target = self._models_dir / "checkpoints" / f"{name}.safetensors"
        if target.exists():
            raise InvalidRequest(f"There is a model '{name}' already.", hint="Choose another name.", field="name")
        return target

    def _download(self, work: Work) -> str:
        order = Order(**work.wanted)
        line = Line(self._gate, lambda done, total: work.tell(done, total, ""), work.cancelled)
        try:
            target = download(order, self._models_dir, work.task, line)
        except Stopped as error:
            raise Cancelled from error
        self._watch.look_now()
        return target.stem if target.is_file() else target.name

    def _merge(self, work: Work) -> str:
        recipe, target = _from_json(work.wanted["recipe"]), Path(work.wanted["target"])
        tell = lambda share, words: work.tell(share, 1.0, words)  # noqa: E731
        merge(recipe, target, tell=tell, cancelled=work.cancelled)
        return self._made(target, work)

    def _convert(self, work: Work) -> str:
        source, target = Path(work.wanted["source"]), Path(work.wanted["target"])
        tell = lambda share, words: work.tell(share, 1.0, words)  # noqa: E731
        convert(source, target, tell=tell, cancelled=work.cancelled)
        return self._made(target, work)

    def _made(self, target: Path, work: Work) -> str:
        if work.cancelled() and not target.exists():
            raise Cancelled
        self._watch.look_now()
        return target.stem

    def _tell(self, task: Task) -> None:
        self._engine.hub.publish("model_task", **task.to_json())


def _as_json(recipe: MergeRecipe) -> dict[str, Any]:
    told = asdict(recipe)
    for name in ("a", "b", "c", "vae"):
        told[name] = None if told[name] is None else str(told[name])
    return told | {"loras": [[str(path), weight] for path, weight in recipe.loras]}


def _from_json(told: Mapping[str, Any]) -> MergeRecipe:
    paths = {name: None if told[name] is None else Path(told[name]) for name in ("a", "b", "c", "vae")}
    loras = tuple((Path(path), float(weight)) for path, weight in told["loras"])
    return MergeRecipe(**{**told, **paths, "loras": loras})


def _text(wanted: Mapping[str, Any], name: str) -> str:
    value = wanted.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidRequest(f"{name}: it must be a text.", field=name)
    return value or ""


def _only(wanted: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in wanted:
        if name not in names:
            raise InvalidRequest(f"{name[:60]}: there is no such field.", field=name[:60])
