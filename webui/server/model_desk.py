"""What the server does to models' files in the background: watches, downloads, merges, converts."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from webui.engine.engine import Engine
from webui.errors import DownloadFailed, InvalidRequest
from webui.model_manager.catalogue import Catalogue, ModelEntry
from webui.model_manager.catalogue.hashing import HashKeeper
from webui.model_manager.catalogue.model_notes import ModelNotes
from webui.model_manager.downloads.addresses import Gate
from webui.model_manager.downloads.download import Line, Order, Stopped, download, forget
from webui.model_manager.downloads.sources import shown
from webui.model_manager.merge_process import convert, merge
from webui.model_manager.model_tasks import Cancelled, Task, TaskDesk, Work
from webui.server.bodies import check_names, text_of
from webui.server.merge_orders import merge_order, recipe_of
from webui.server.model_previews import PreviewStore
from webui.server.model_watch import ModelWatch

TASKS_FOLDER = "model_tasks"


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
            source=text_of(wanted, "source"),
            kind=text_of(wanted, "kind") or None,
            sha256=text_of(wanted, "sha256") or None,
        )
        check_names(wanted, ("source", "kind", "sha256"))
        if not order.source.strip():
            raise DownloadFailed("There is nothing to download.", hint="Paste a link or org/name.", field="source")
        order = order.checked(self._gate)
        return self.downloads.add(shown(order.source), asdict(order))

    def merge(self, wanted: Mapping[str, Any]) -> Task:
        """Accept a merge, as `merge_order` reads it.

        Raises:
            WebUIError: as from `merge_order`.
        """
        name, order = merge_order(wanted, self._catalogue, self._models_dir)
        return self.merges.add(name, order)

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
        return self._made(work, partial(merge, recipe_of(work.wanted["recipe"])))

    def _convert(self, work: Work) -> str:
        return self._made(work, partial(convert, Path(work.wanted["source"])))

    def _made(self, work: Work, make: Callable[..., None]) -> str:
        """What `make` writes to the target that is wanted, by its name in the list."""
        target = Path(work.wanted["target"])
        make(target, tell=lambda share, words: work.tell(share, 1.0, words), cancelled=work.cancelled)
        self._watch.look_now()
        return target.name.removesuffix(".safetensors")

    def _tell(self, task: Task) -> None:
        self._engine.hub.publish("model_task", **task.to_json())
