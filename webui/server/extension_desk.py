"""What the server does with extensions beside calling them: looks at new ones, installs them, tells what changed."""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Set
from dataclasses import asdict
from pathlib import Path
from typing import Any

from webui.engine.engine import Engine
from webui.errors import InvalidRequest
from webui.extensions.cards import Card
from webui.extensions.extensions import Extensions
from webui.extensions.installing.declared_hooks import declared_hooks
from webui.extensions.installing.installer import Installer
from webui.extensions.installing.offer import Offer
from webui.model_manager.model_tasks import Task, TaskDesk, Work
from webui.server.bodies import check_names, text_of

TASKS_FOLDER = "tasks"


class ExtensionDesk:
    """Started and stopped with the server.

    Attributes:
        tasks: installations, done one after the other in a thread.
        installer: fetches, updates and removes.

    Args:
        engine: whose extensions, settings and event hub are used.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.extensions: Extensions = engine.extensions
        self.installer = Installer(self.extensions)
        folder = self.extensions.state_dir / TASKS_FOLDER
        self.tasks = TaskDesk("install", folder, self._install, publish=self._tell)

    def start(self) -> None:
        """Begin to install what is ordered, and to tell what changes."""
        self.extensions.on_change(self._changed)
        self.tasks.start()

    def stop(self) -> None:
        """End; an installation that runs has failed after that."""
        self.tasks.stop()

    def cards(self) -> list[dict[str, Any]]:
        """All extensions, as JSON."""
        shipped = self.installer.shipped()
        return [self._told(card, shipped) for card in self.extensions.cards()]

    def one(self, name: str) -> dict[str, Any]:
        """One of them, as JSON.

        Raises:
            ExtensionNotFound: none of that name is installed.
        """
        return self.told(self.extensions.card(name))

    def told(self, card: Card) -> dict[str, Any]:
        """A card as JSON. The hooks of one that was never tried are those that its text names."""
        return self._told(card, self.installer.shipped())

    def look_zip(self, content: bytes, name: str) -> Offer:
        """What a zip file that was sent would bring.

        Raises:
            WebUIError: it brings no extension that can be installed.
        """
        folder = self._engine.settings.data_dir / "temporary"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, suffix=".zip", delete=False) as file:
            file.write(content)
        path = Path(file.name)
        try:
            return self.installer.look_zip(path, Path(name.replace("\\", "/")).name[:100] or "extension.zip")
        finally:
            path.unlink(missing_ok=True)

    def order(self, wanted: Mapping[str, Any]) -> Task:
        """Accept an installation: `offer`, and perhaps `replace`.

        Raises:
            InvalidRequest: a value is of another kind.
            InstallFailed: the offer waits no more.
        """
        check_names(wanted, ("offer", "replace"))
        replace = wanted.get("replace", False)
        if not isinstance(replace, bool):
            raise InvalidRequest("replace: it must be true or false.", field="replace")
        offer = self.installer.offer(text_of(wanted, "offer"))
        order = {"offer": offer.id, "extension": offer.name, "replace": replace}
        return self.tasks.add(offer.contents.manifest.title, order)

    def task_json(self, task: Task) -> dict[str, Any]:
        """A task as the API tells it."""
        return task.to_json() | {"extension": str(task.wanted.get("extension", ""))}

    def _told(self, card: Card, shipped: Set[str]) -> dict[str, Any]:
        own = {"previous": self.installer.can_roll_back(card.name), "ships": card.name in shipped}
        values = card.to_json() | own
        if card.record.brings is None and card.manifest is not None:
            values["hooks"] = declared_hooks(self.extensions.folder(card.name))[0]
        return values

    def _install(self, work: Work) -> str:
        offer = self.installer.offer(work.wanted["offer"])
        return self.installer.install(
            offer, replace=work.wanted["replace"], tell=lambda words: work.tell(0, None, words)
        )

    def _tell(self, task: Task) -> None:
        self._engine.hub.publish("extension_task", **self.task_json(task))

    def _changed(self) -> None:
        """Tell everybody; `tabs` is another text whenever the page would have other tabs."""
        tabs = json.dumps([(name, asdict(tab)) for name, tab in self.extensions.tabs()], sort_keys=True)
        digest = hashlib.sha256(tabs.encode()).hexdigest()[:16]
        self._engine.hub.publish("extensions_changed", version=self.extensions.version, tabs=digest)
