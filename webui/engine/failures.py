"""What a worker says of an exception that nobody foresaw: two sentences, and the details in the log."""

import logging
from dataclasses import dataclass

from webui.engine.process_host import log_unexpected
from webui.model_manager.memory.out_of_memory import free_memory, is_out_of_memory


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong and what to do next."""

    error: str
    hint: str


def failure_of(error: Exception, *, log: logging.Logger, what: str) -> Failure:
    """The sentences for the exception that is being handled; memory is freed where it ran out.

    Args:
        error: the exception.
        log: where its details go.
        what: what was being done, for the log.
    """
    if is_out_of_memory(error):
        log.warning("%s ran out of memory", what, exc_info=True)
        free_memory()
        return Failure(
            "There was not enough memory for this picture.",
            "Choose a smaller size or batch size; nothing has to be restarted.",
        )
    reference = log_unexpected(log, f"{what} failed unexpectedly")
    return Failure(
        f"Something unexpected went wrong: {type(error).__name__}.",
        f"The details are in the log with the reference {reference}.",
    )
