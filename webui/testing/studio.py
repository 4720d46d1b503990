"""A whole Darkroom in one process with one extension: what its tests make pictures with and look into."""

import importlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from PIL import Image

from webui.engine.events import ImageDone
from webui.engine.request_hooks import RequestHooks
from webui.engine.worker_control import Generates, JobControl
from webui.extensions.brings import Brings
from webui.extensions.contributions import SavedImage
from webui.extensions.extensions import Extensions
from webui.extensions.faults import Fault
from webui.extensions.host import ExtensionHost
from webui.extensions.importing import ROOT_PACKAGE
from webui.extensions.manifest import read_manifest_of
from webui.extensions.tree_hash import tree_hash
from webui.generation.request import GenerationRequest
from webui.library.prompt_files import PromptFiles
from webui.settings import SETTINGS_FILE, Settings
from webui.testing.fake_worker import FakeWorker

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

    from webui.engine.worker_extensions import WorkerExtensions

_SMALL: Mapping[str, Any] = {"seed": 1, "steps": 2, "width": 64, "height": 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A finished picture: its pixels, its file, the infotext in it and the request that makes it alone."""

    image: Image.Image
    path: Path
    infotext: str
    request: GenerationRequest


class Studio:
    """One extension, enabled in a Darkroom of its own; a context manager, which ends it.

    A copy of the extension is what is run, so that its folder stays as it is. Enabling tries it out in a process of
    its own, as the page does.

    Args:
        folder: the extension's.
        workplace: an empty folder for everything that is written.
        brings: what it was found to bring when it was tried out before; None tries it out.

    Raises:
        ExtensionUnusable: it cannot be enabled, and why.
    """

    def __init__(self, folder: Path, workplace: Path, *, brings: Brings | None = None) -> None:
        self.name = read_manifest_of(folder).name
        self.models: Path | None = None
        self.data_dir = workplace / "data"
        self._pictures = workplace / "pictures"
        shutil.copytree(folder, workplace / "extensions" / self.name, ignore=shutil.ignore_patterns("__pycache__"))
        for place in (self.data_dir, self._pictures):
            place.mkdir()
        # Measuring which precision is quicker would take longer than the pictures.
        (self.data_dir / SETTINGS_FILE).write_text(json.dumps({"models": {"precision": "float32"}}))
        settings = Settings(
            data_dir=self.data_dir, extensions_dir=workplace / "extensions", open_browser=False, safe_mode=False
        )
        self.extensions = Extensions(settings, watched=False)
        self.hooks = RequestHooks(self.extensions, PromptFiles(self.data_dir))
        self._jobs = 0
        try:
            self._enable(brings)
        except BaseException:
            self.extensions.close()
            raise

    def _enable(self, brings: Brings | None) -> None:
        if brings is None:
            self.extensions.enable(self.name)
            return
        found_hash = tree_hash(self.extensions.folder(self.name))
        self.extensions.store.update(self.name, enabled=True, tree_hash=found_hash, brings=brings)
        self.extensions.refresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # Unloaded, so that the next Darkroom of this process runs its own copy of the files.
        if "_worker" in self.__dict__:
            self.worker.unload(self.name)
            self._worker.shut_down()
        self.web.unload(self.name)
        self.extensions.close()

    @property
    def web(self) -> ExtensionHost:
        """The host that calls the hooks of web.py."""
        return self.extensions.web

    @property
    def worker(self) -> ExtensionHost:
        """The host that calls the hooks of worker.py. The first use imports torch."""
        return self._worker.host

    @property
    def faults(self) -> list[Fault]:
        """What the extension did wrong so far, on both sides. Hooks that fail do not stop a picture: look here."""
        worker = self.worker.faults if "_worker" in self.__dict__ else ()
        return [*self.web.faults, *worker]

    def module(self, name: str, /) -> ModuleType:
        """A file of the extension as it is loaded: `extension.module("grain").grained(...)`."""
        return importlib.import_module(f"{ROOT_PACKAGE}.{self.name}.{name}")

    def set(self, **settings: str | float | bool) -> None:
        """Change the extension's settings, as its card does."""
        self.extensions.kept_settings(self.name).write(settings)

    def make(
        self, prompt: str = "a hill", /, *, request: Mapping[str, Any] | None = None, quick: bool = False, **values: Any
    ) -> list[Made]:
        """The pictures of a job, made as the server makes them; `image_saved` has heard of each.

        Args:
            prompt: of the request.
            request: further fields of it. Without them it is 2 steps of 64 x 64 pixels with the seed 1.
            quick: by the fake worker, without the hooks of worker.py, and not by the tiny model.
            values: of the extension's controls.

        Raises:
            WebUIError: the request or the walk cannot be.
        """
        fields = {**_SMALL, "prompt": prompt, "extras": {self.name: values}, **(request or {})}
        prepared = self.hooks.prepared(GenerationRequest.parse(fields)).with_fixed_seed()
        generator: Generates = FakeWorker() if quick else self._generator
        self._jobs += 1
        job = f"job{self._jobs}"
        finished = [event for event, _ in generator.run(job, prepared, JobControl()) if isinstance(event, ImageDone)]
        return [self._saved(event, count=prepared.image_count) for event in finished]

    @cached_property
    def client(self) -> "TestClient":
        """Asks the extension's own addresses: `extension.client.get("/count")`."""
        from fastapi import FastAPI
        from fastapi.testclient import TestClient

        app = FastAPI()
        for gathered in self.web.gather("register_routes", context=self.extensions.context(self.name)):
            app.include_router(gathered.value)
        return TestClient(app)

    def command(self, name: str, /, **options: Any) -> int:
        """Run one of its commands; the exit status.

        Raises:
            LookupError: it has no such command.
        """
        commands = [each for gathered in self.web.gather("register_cli") for each in gathered.value]
        found = next((each for each in commands if each.name == name), None)
        if found is None:
            raise LookupError(f"there is no command '{name}' among {[each.name for each in commands]}")
        defaults = {each.name.lstrip("-").replace("-", "_"): each.default for each in found.arguments}
        return found.run({**defaults, **options}, self.extensions.context(self.name))

    def _saved(self, event: ImageDone, *, count: int) -> Made:
        # Without what the file says beside its pixels, so that pictures can be compared with ==.
        image = Image.new("RGB", (event.width, event.height))
        image.paste(Image.open(BytesIO(event.png)))
        path = self._pictures / f"{event.job}-{event.index}.png"
        path.write_bytes(event.png)
        alone = GenerationRequest.model_validate_json(event.request)
        told = SavedImage(
            id=path.stem, path=path, request=alone, infotext=event.infotext, width=event.width, height=event.height,
            job=event.job, index=event.index, count=count,
        )  # fmt: skip
        self.web.observe("image_saved", image=told)
        return Made(image=image, path=path, infotext=event.infotext, request=alone)

    @cached_property
    def _worker(self) -> "WorkerExtensions":
        from webui.engine.worker_extensions import WorkerExtensions  # torch

        return WorkerExtensions(self.extensions.worker_folders(), self.data_dir)

    @cached_property
    def _generator(self) -> Generates:
        from webui.engine.generate import create  # torch

        assert self.models is not None, "pictures of the real walk need a model: use the fixture make_picture"
        return create([self.models], self.data_dir, extensions=self._worker)
