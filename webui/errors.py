"""The one error tree.

Every error that a user can cause says what happened, what was expected and what to do next: `message` is one
plain sentence for the page, the API and the command line, `hint` is the next step, `field` names the input that was
wrong. Anything else that is raised is a fault of ours and is reported as such at the worker's boundary.
"""


class WebUIError(Exception):
    """Base of everything that is told to the user in a sentence.

    Args:
        message: what happened, in one sentence.
        hint: what to do next, in one sentence; may be empty.
        field: the name of the input that was wrong, if one was.
    """

    def __init__(self, message: str, *, hint: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InvalidRequest(WebUIError, ValueError):
    """A generation request has a value that cannot be used; `field` names it."""


class ModelNotFound(WebUIError, LookupError):
    """No model of that name is in the catalogue, or the catalogue is empty."""


class ModelUnusable(WebUIError):
    """A model's files are missing, truncated or of a kind that cannot be loaded."""


class ExtensionUnusable(WebUIError):
    """An extension's files say or do something that cannot be, or it cannot be installed or enabled as it is."""


class ExtensionNotFound(WebUIError, LookupError):
    """No extension of that name is installed."""


class DownloadFailed(WebUIError):
    """A model could not be downloaded: its source is not taken, did not answer, or gave something else."""


class TaskNotFound(WebUIError, LookupError):
    """No download, merge or conversion of that id is known."""


class InstallFailed(WebUIError):
    """An extension could not be installed or updated: its source, its files or its requirements are not taken."""


class InstallRefused(InstallFailed):
    """An extension of that name is there already; it is replaced only when that was asked for."""


class GenerationFailed(WebUIError):
    """The walk itself failed: not a number in the latents, or no memory left."""


class SaveFailed(WebUIError, OSError):
    """A finished picture could not be written, for example because the disk is full."""


class JobNotFound(WebUIError, LookupError):
    """No job of that id is known."""


class JobsRefused(WebUIError):
    """No (more) jobs are taken from somebody now: too many wait, or what they were let in by has ended."""


class SeriesNotFound(WebUIError, LookupError):
    """No series of that id is known."""


class SliderNotFound(WebUIError, LookupError):
    """No concept slider of that name is kept."""


class PictureNotFound(WebUIError, LookupError):
    """No picture of that id is in the library."""


class PictureUnreadable(WebUIError, ValueError):
    """A file that was given as a picture is none, is damaged, or is too large."""


class TrajectoryNotFound(WebUIError, LookupError):
    """No recording of that id is kept (any more)."""


class TrajectoryUnreadable(WebUIError, ValueError):
    """A file that was given as a recording is none, is damaged, too large, or says what cannot be."""


class ViewNotFound(WebUIError, LookupError):
    """A view that was made for an earlier question is not remembered any more."""


class ViewUnavailable(WebUIError):
    """A view of a recording cannot be shown: it was not recorded, or its model is gone; the hint says what can."""


class LookFailed(WebUIError):
    """The worker could not be asked: it is not there, it died over the question, or it did not come to it."""


class LookGivenUp(LookFailed):
    """Nobody waits for the answer any more, so nobody reads this."""


class StartFailed(WebUIError):
    """The server cannot start: the port is taken, or the data folder is in use or not writable."""
