"""Makes pictures without a server, in this process, over the same generator as the worker's; for the sub-commands."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from webui.cli.extension_flags import loaded_beside_model
from webui.engine.events import Event, Failed, Finished, ImageDone, ModelLoading, Noted, Recorded, Started, StepDone
from webui.engine.quiet_imports import keep_imports_quiet
from webui.engine.request_hooks import RequestHooks
from webui.engine.thread_waiting import let_threads_sleep
from webui.engine.worker_control import JobControl
from webui.engine.worker_extensions import WorkerExtensions
from webui.errors import SaveFailed, WebUIError
from webui.extensions.contributions import SavedImage
from webui.extensions.extensions import Extensions
from webui.generation.request import GenerationRequest
from webui.library.library import Library, picture_id
from webui.library.pictures import PictureFiles, film_path
from webui.library.trajectories import COMMAND_LINE, Trajectories
from webui.library.trajectory_files import SUFFIX, TrajectoryFiles
from webui.settings import Record, Settings

Show = Callable[[Event, Mapping[str, Any]], None]
"""Takes an event and what the command line adds to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What is recorded of the walks. `file` is for the recording, which is else put into the data folder."""

    record: Record = "off"
    file: Path | None = None


class Making:
    """One run of a sub-command. What cannot be written is told at once, before the work.

    Args:
        extensions: which take part; their settings say where models and the data folder are.
        hooks: what they change in requests.
        out: the PNG to write; None: a new file in the outputs folder.
        recording: what is recorded.
        show: gets every event.
        recordings: where recordings to take up are, if not in the data folder.

    Raises:
        SaveFailed: a file has another ending than its kind, or its folder does not exist or may not be written.
    """

    def __init__(
        self,
        extensions: Extensions,
        hooks: RequestHooks,
        *,
        out: Path | None,
        recording: Recording,
        show: Show,
        recordings: TrajectoryFiles | None = None,
    ) -> None:
        for file, ending, kind in ((out, ".png", "pictures are PNG"), (recording.file, SUFFIX, "it is a recording")):
            if file is not None:
                check_writable(file, ending, kind)
        self._extensions = extensions
        self._settings = extensions.settings
        self._hooks = hooks
        self._out = out
        self._recording = recording
        self._show = show
        self._recordings = recordings

    def make(self, request: GenerationRequest) -> None:
        """Makes the pictures of a request.

        Raises:
            WebUIError: the model cannot be loaded, the walk failed, or a file cannot be written.
        """
        request = self._hooks.prepared(request)
        let_threads_sleep()
        keep_imports_quiet()
        with loaded_beside_model(self._extensions) as beside:
            self._make(request, beside)

    def _make(self, request: GenerationRequest, beside: WorkerExtensions) -> None:
        from webui.engine.generate import create  # torch: only once the request is known to be good

        settings = self._settings
        generator = create(settings.models_dirs, settings.data_dir, extensions=beside, trajectories=self._recordings)
        save = _OutFile(self._out, request) if self._out else _Outputs(self._settings)
        self._show(Started(job=COMMAND_LINE), {"request": request.model_dump()})
        for note in self._hooks.notes(request):
            self._show(Noted(job=COMMAND_LINE, text=note), {})
        wanted, recorded = self._recording, False
        run = generator.run(COMMAND_LINE, request, JobControl(), record=wanted.record, record_to=wanted.file)
        for event, _ in run:
            if isinstance(event, ImageDone):
                path = save(event)
                self._show(event, {"path": path})
                self._tell_saved(event, Path(path), request.image_count)
            else:
                self._show(event, {})
            recorded |= isinstance(event, Recorded)
            if isinstance(event, Recorded) and wanted.file is None:
                save.take_in(event.trajectory)
        if wanted.file is not None and not recorded:
            raise SaveFailed(
                f"The pictures are finished, but their recording could not be written to {wanted.file}.",
                hint="The note above says why.", field="trajectory",
            )  # fmt: skip
        self._show(Finished(job=COMMAND_LINE, status="done"), {})

    def _tell_saved(self, event: ImageDone, path: Path, count: int) -> None:
        """Extensions hear of a picture that was written."""
        if self._extensions.web.has("image_saved"):
            image = SavedImage(
                id=picture_id(event.png), path=path, request=GenerationRequest.model_validate_json(event.request),
                infotext=event.infotext, width=event.width, height=event.height, job=COMMAND_LINE, index=event.index,
                count=count,
            )  # fmt: skip
            self._extensions.web.observe("image_saved", image=image)


def check_writable(file: Path, ending: str, kind: str) -> None:
    """That a file can be written.

    Args:
        file: of the user's choice.
        ending: what its name must end in.
        kind: why, as a sentence's end.

    Raises:
        SaveFailed: it cannot.
    """
    if file.suffix.lower() != ending:
        raise SaveFailed(f"The file {file.name} cannot be written: {kind}.", hint=f"End its name in {ending}.")
    if not file.parent.is_dir():
        raise SaveFailed(f"The folder {file.parent} does not exist.", hint="Make it first.", field="out")
    if file.is_dir() or not os.access(file.parent, os.W_OK):
        what = "it is a folder" if file.is_dir() else "its folder may not be written"
        raise SaveFailed(f"The file {file} cannot be written: {what}.", hint="Choose another place.", field="out")


class _OutFile:
    """Writes to a file of the user's choice, a film beside it; several pictures get -1, -2 ... before the ending."""

    def __init__(self, out: Path, request: GenerationRequest) -> None:
        self._out = out
        self._single = request.image_count == 1
        self._files = PictureFiles(out.parent.resolve())

    def __call__(self, event: ImageDone) -> str:
        out = self._out
        name = out.name if self._single else f"{out.stem}-{event.index + 1}{out.suffix}"
        if event.film:
            self._files.write(film_path(Path(name)), event.film, replace=True)
        self._files.write(Path(name), event.png, replace=True)
        return str(out.with_name(name))

    def take_in(self, trajectory: str) -> None:
        """The recording is found when a server starts; its pictures are not in the library."""


class _Outputs:
    """Writes new files into the outputs folder, and connects recordings with their pictures."""

    def __init__(self, settings: Settings) -> None:
        self._library = Library(settings.data_dir)
        self._trajectories = Trajectories(self._library.database, settings.data_dir)
        self._budget = settings.recording_budget_mb * 1_000_000
        self._made: dict[str, list[tuple[int, str]]] = {}

    def __call__(self, event: ImageDone) -> str:
        saving = self._library.save(
            event.png, job=COMMAND_LINE, seed=event.seed, width=event.width, height=event.height,
            request=event.request, infotext=event.infotext, film=event.film,
        )  # fmt: skip
        if saving.warning:
            raise SaveFailed(saving.warning)
        self._made.setdefault(event.trajectory, []).append((event.row, saving.picture.id))
        return str(self._library.file(saving.picture))

    def take_in(self, trajectory: str) -> None:
        """Put a recording into the index, with the pictures that it led to."""
        self._trajectories.add(trajectory)
        for row, picture in self._made.get(trajectory, []):
            self._trajectories.link(trajectory, row, picture)
        self._trajectories.enforce(self._budget, needed=lambda: [trajectory])


def shown(as_json: bool) -> Show:
    """How events are shown: one JSON object a line, or a progress bar and the pictures' paths."""
    return _print_json if as_json else _Progress()


def show_failure(error: WebUIError, show: Show) -> None:
    """Tell an error as an event."""
    show(Failed(job=COMMAND_LINE, error=error.message, hint=error.hint, field=error.field), {})


def _print_json(event: Event, more: Mapping[str, Any]) -> None:
    values = {
        name: value for name, value in asdict(event).items() if not isinstance(value, bytes) and name != "previews"
    }
    print(json.dumps({"type": event.type, **values, **more}, ensure_ascii=False), flush=True)


class _Progress:
    """A progress bar on a terminal, the pictures' paths on standard output."""

    def __init__(self) -> None:
        self._bar = tqdm(unit="step", leave=False, disable=not sys.stderr.isatty())

    def __call__(self, event: Event, more: Mapping[str, Any]) -> None:
        match event:
            case ModelLoading():
                self._bar.set_description(f"loading weights {event.fraction:.0%}")
            case StepDone():
                self._bar.set_description("")
                self._bar.total = event.total * event.batch_count
                self._bar.n = event.batch * event.total + event.index
                self._bar.refresh()
            case Noted():
                self._bar.write(event.text, file=sys.stderr)
            case ImageDone():
                self._bar.write(more["path"], file=sys.stdout)
            case Finished():
                self._bar.close()
