"""The worker process: owns the device, does one job after the other, and says over its pipe what happens.

Three threads: the main one runs the generator, one reads commands, one encodes previews and writes reports, so that
neither a slow encoder nor a slow reader holds up a step. The web process's death (end of file) ends the worker at once.
"""

import importlib
import logging
import os
import queue
import sys
import threading
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from webui.engine.events import Event, Failed, Finished, StepDone
from webui.engine.messages import (
    COMMANDS,
    Command,
    Interrupt,
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
from webui.engine.worker_control import Generates, JobControl
from webui.errors import WebUIError
from webui.generation.request import GenerationRequest

MAX_WAITING_REPORTS = 256
_log = logging.getLogger(__name__)


def main(connection: Connection, factory: str, models_dirs: tuple[str, ...], data_dir: str, parent: int) -> None:
    """What the spawned process runs.

    Args:
        factory: "module:callable"; called with the models folders and the data folder it makes the generator.
        parent: the process id of the web process.
    """
    settle_in(parent)
    log_to(Path(data_dir) / "logs" / "worker.log")
    try:
        Worker(connection, factory, tuple(map(Path, models_dirs)), Path(data_dir)).run()
    except Exception:
        log_unexpected(_log, "the worker cannot go on")
        logging.shutdown()
        os._exit(1)


class Worker:
    """Reads commands, drives the generator, sends reports."""

    def __init__(self, connection: Connection, factory: str, models_dirs: tuple[Path, ...], data_dir: Path) -> None:
        self._connection = connection
        self._commands: queue.SimpleQueue[tuple[Run, JobControl] | WarmUp] = queue.SimpleQueue()
        self._reports: queue.Queue[tuple[Report, np.ndarray | None]] = queue.Queue(MAX_WAITING_REPORTS)
        self._controls: dict[str, JobControl] = {}
        self._problem = ""
        threading.Thread(target=self._read, name="commands", daemon=True).start()
        threading.Thread(target=self._send, name="reports", daemon=True).start()
        self._generator: Generates = _make(factory, models_dirs, data_dir)

    def run(self) -> None:
        """Do what is asked, for ever."""
        self._report_state()
        while True:
            command = self._commands.get()
            if isinstance(command, WarmUp):
                self._warm_up(command)
            else:
                self._do(*command)

    def _do(self, command: Run, control: JobControl) -> None:
        try:
            request = GenerationRequest.parse(command.request)
            made = 0
            for event, pixels in self._generator.run(command.job, request, control):
                made += event.type == "image_done"
                self._reports.put((event, pixels))
            cut_short = control.interrupted and made < request.image_count
            ending: Event = Finished(job=command.job, status="cancelled" if cut_short else "done")
        except WebUIError as error:
            _log.warning("job %s failed: %s", command.job, error, exc_info=True)
            ending = Failed(job=command.job, error=error.message, hint=error.hint, field=error.field)
        except Exception as error:
            ending = _as_failed(command.job, error)
        self._problem = ""
        self._controls.pop(command.job, None)
        self._report_state()
        self._reports.put((ending, None))

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
        """Say where we compute; a generator that can tell has `describe() -> {"device", "dtype", "model"}`."""
        describe = getattr(self._generator, "describe", dict)
        told = describe()
        report = WorkerReport(
            device=told.get("device") or "",
            dtype=told.get("dtype") or "",
            model=told.get("model"),
            warming=warming,
            problem=self._problem,
        )
        self._reports.put((report, None))

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
            case Skip() if command.job in self._controls:
                self._controls[command.job].skip()
            case Stop():
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


def _make(factory: str, models_dirs: tuple[Path, ...], data_dir: Path) -> Generates:
    module, _, name = factory.partition(":")
    return getattr(importlib.import_module(module), name)(models_dirs, data_dir)


def _as_failed(job: str, error: Exception) -> Failed:
    if _is_out_of_memory(error):
        _log.warning("job %s ran out of memory", job, exc_info=True)
        _free_memory()
        return Failed(
            job=job,
            error="There was not enough memory for this picture.",
            hint="Choose a smaller size or batch size; nothing has to be restarted.",
        )
    reference = log_unexpected(_log, f"job {job} failed unexpectedly")
    return Failed(
        job=job,
        error=f"Something unexpected went wrong: {type(error).__name__}.",
        hint=f"The details are in the log with the reference {reference}.",
    )


def _is_out_of_memory(error: Exception) -> bool:
    torch = sys.modules.get("torch")
    kinds = (MemoryError, torch.OutOfMemoryError) if torch is not None else (MemoryError,)
    told = str(error)
    return isinstance(error, kinds) or "not enough memory" in told or "can't allocate memory" in told


def _free_memory() -> None:
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        torch.cuda.empty_cache()
