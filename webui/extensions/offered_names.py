"""The names of samplers, schedule types and upscalers that requests of this process may have because of extensions."""

from collections.abc import Callable

from webui.extensions.brings import Brings
from webui.generation.offered import NewSampler, NewSchedule, Upscaler
from webui.generation.offering import offer


class OfferedNames:
    """What is offered for each extension, so that it can be taken back."""

    def __init__(self) -> None:
        self._undo: dict[str, Callable[[], None]] = {}

    def offer(self, name: str, brings: Brings) -> None:
        """Let requests name what an extension brings, in the place of what it brought before.

        Raises:
            ValueError: a name is taken; nothing of the extension is offered then.
        """
        self.take_back(name)
        self._undo[name] = offer(
            name,
            samplers=[
                NewSampler(**{**row, "takes": tuple(row["takes"]), "aliases": tuple(row["aliases"])})
                for row in brings.samplers
            ],
            schedules=[NewSchedule(**row) for row in brings.schedules],
            upscalers=[Upscaler(**row) for row in brings.upscalers],
        )

    def take_back(self, name: str) -> None:
        """Offer nothing of an extension any more."""
        undo = self._undo.pop(name, None)
        if undo is not None:
            undo()

    def take_back_all(self) -> None:
        """Offer nothing of any."""
        for name in list(self._undo):
            self.take_back(name)
