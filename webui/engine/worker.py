"""The worker process: owns the device, does one job after the other, and says over its pipe what happens.

Three threads: the main one runs the generator, one reads commands, one encodes previews and writes reports, so that
neither a slow encoder nor a slow reader holds up a step. The web process's death (end of file) ends the worker at once.
"""

import importlib
import logging
import os
import queue
import threading
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from webui.engine.events import Event, Failed, Finished, StepDone
from webui.engine.failures import failure_of
from webui.engine.messages import (
    COMMANDS,
    Command,
    ExtensionFault,
    Interrupt,
    Look,
    LookAway,
    MalformedMessage,
    Report,
    Run,
    Skip,
    Stop,
    WarmUp,
    WorkerReport,
    decode,
    encode,
)
from webui.engine.preview_encoding import encode_previews
from webui.engine.process_host import log_to, log_unexpected, settle_in
from webui.engine.quiet_imports import keep_imports_quiet
from webui.engine.worker_control import Generates, JobControl
from webui.engine.worker_extensions import WorkerExtensions
from webui.engine.worker_looks import WorkerLooks, described
from webui.errors import WebUIError
from webui.extensions.faults import Fault
from webui.generation.request import GenerationRequest

MAX_WAITING_REPORTS = 256
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPlan:
    """What a worker is made of.

    Args:
        factory: "module:callable"; called with the models folders, the data folder and `extensions=` (a
            `WorkerExtensions`) it makes the generator.
        models_dirs: given to the factory.
        data_dir: the same; the worker logs there.
        extensions: the folders of those that take part.
    """

    factory: str
    models_dirs: tuple[Path, ...]
    data_dir: Path
    extensions: tuple[str, ...] = ()


def main(connection: Connection, plan: WorkerPlan, parent: int) -> None:
    """What the spawned process runs; `parent` is the process id of the web process."""
    settle_in(parent)
    log_to(plan.data_dir / "logs" / "worker.log")
    try:
        Worker(connection, plan).run()
    except Exception:
        log_unexpected(_log, "the worker cannot go on")
        logging.shutdown()
        os._exit(1)


class Worker:
    """Reads commands, drives the generator, sends reports."""

    def __init__(self, connection: Connection, plan: WorkerPlan) -> None:
        self._connection = connection
        self._extensions: WorkerExtensions | None = None
        self._commands: queue.SimpleQueue[tuple[Run, JobControl] | WarmUp | None] = queue.SimpleQueue()
        """None: there is a question."""
        self._reports: queue.Queue[tuple[Report, np.ndarray | None]] = queue.Queue(MAX_WAITING_REPORTS)
        self._controls: dict[str, JobControl] = {}
        self._looks = WorkerLooks(lambda answer: self._reports.put((answer, None)))
        self._problem = ""
        threading.Thread(target=self._read, name="commands", daemon=True).start()
        threading.Thread(target=self._send, name="reports", daemon=True).start()
        self._extensions = WorkerExtensions(plan.extensions, plan.data_dir, watched=True, on_fault=self._report_fault)
        self._generator: Generates = _make(plan, self._extensions)

    def run(self) -> None:
        """Do what is asked, for ever."""
        self._report_state()
        while True:
            command = self._commands.get()
            if command is None:
                self._look()
            elif isinstance(command, WarmUp):
                self._warm_up(command)
            else:
                self._do(*command)

    def _do(self, command: Run, control: JobControl) -> None:
        try:
            request = GenerationRequest.parse(command.request)
            made = 0
            for event, pixels in self._generator.run(command.job, request, control, record=command.record):
                made += event.type == "image_done"
                self._reports.put((event, pixels))
                self._looks.answer_between_steps(self._generator, request)
            cut_short = control.interrupted and made < request.image_count
            ending: Event = Finished(job=command.job, status="cancelled" if cut_short else "done")
        except WebUIError as error:
            _log.warning("job %s failed: %s", command.job, error, exc_info=True)
            ending = Failed(job=command.job, error=error.message, hint=error.hint, field=error.field)
        except Exception as error:
            failure = failure_of(error, log=_log, what=f"job {command.job}")
            ending = Failed(job=command.job, error=failure.error, hint=failure.hint)
        self._problem = ""
        self._controls.pop(command.job, None)
        self._report_state()
        self._reports.put((ending, None))

    def _look(self) -> None:
        """Answer a question, or make one call of the model for it; when a job waits, only what needs no model."""
        if self._controls:
            self._looks.answer_without_model(self._generator)
            self._commands.put(None)
            return
        before = described(self._generator)
        if self._looks.answer_when_idle(self._generator):
            self._commands.put(None)
        if described(self._generator) != before:  # a view was asked for with another model
            self._report_state()

    def _warm_up(self, command: WarmUp) -> None:
        self._report_state(warming=True)
        try:
            self._generator.warm_up(command.model)
            self._problem = ""
        except WebUIError as error:
            self._problem = str(error)
        except Exception:
            reference = log_unexpected(_log, "the model could not be loaded ahead")
            self._problem = f"The model could not be loaded ahead of the first job (reference {reference} in the log)."
        self._report_state()

    def _report_state(self, *, warming: bool = False) -> None:
        """Say where we compute."""
        told = described(self._generator)
        report = WorkerReport(
            device=told.get("device") or "",
            dtype=told.get("dtype") or "",
            model=told.get("model"),
            warming=warming,
            problem=self._problem,
        )
        self._reports.put((report, None))

    def _report_fault(self, fault: Fault) -> None:
        """Say what an extension did wrong; called in the thread where it did."""
        self._reports.put((ExtensionFault(**asdict(fault)), None))

    def _read(self) -> None:
        while True:
            try:
                command: Command = decode(self._connection.recv_bytes(), COMMANDS)
            except (EOFError, OSError):
                os._exit(0)  # the web process is gone, and what it has on disk is begun again by the next one
            except MalformedMessage:
                _log.exception("a command was not understood")
                continue
            self._obey(command)

    def _obey(self, command: Command) -> None:
        match command:
            case Run():
                control = self._controls[command.job] = JobControl()
                self._commands.put((command, control))
            case WarmUp():
                self._commands.put(command)
            case Interrupt() if command.job in self._controls:
                self._controls[command.job].interrupt()
            case Look():
                self._looks.take(command)
                self._commands.put(None)
            case LookAway():
                self._looks.forget(command.id)
            case Skip() if command.job in self._controls:
                self._controls[command.job].skip()
            case Stop():
                if self._extensions is not None:
                    self._extensions.shut_down()
                logging.shutdown()
                os._exit(0)
            case _:
                pass  # an order for a job that has just ended

    def _send(self) -> None:
        while True:
            report, pixels = self._reports.get()
            try:
                if isinstance(report, StepDone) and pixels is not None:
                    report = replace(report, previews=encode_previews(pixels))
                self._connection.send_bytes(encode(report))
            except OSError:
                os._exit(0)
            except Exception:
                # A report that cannot be sent would leave the job without its end: begin again in a new process.
                log_unexpected(_log, f"the report {report.type} cannot be sent")
                logging.shutdown()
                os._exit(1)


def _make(plan: WorkerPlan, extensions: WorkerExtensions) -> Generates:
    keep_imports_quiet()
    module, _, name = plan.factory.partition(":")
    return getattr(importlib.import_module(module), name)(plan.models_dirs, plan.data_dir, extensions=extensions)
