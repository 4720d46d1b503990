"""The names of samplers, schedule types and upscalers that requests of this process may have because of extensions."""

from collections.abc import Callable

from webui.errors import ExtensionUnusable
from webui.extensions.brings import Brings, Row
from webui.generation.offered import NewFamily, NewSampler, NewSchedule, Upscaler
from webui.generation.offering import offer


class OfferedNames:
    """What is offered for each extension, so that it can be taken back."""

    def __init__(self) -> None:
        self._undo: dict[str, Callable[[], None]] = {}

    def offer(self, name: str, brings: Brings) -> None:
        """Let requests name what an extension brings, in the place of what it brought before.

        Raises:
            ExtensionUnusable: a name is taken or cannot be one; nothing of the extension is offered then.
        """
        self.take_back(name)
        try:
            samplers = [
                NewSampler(**{**row, "takes": tuple(row["takes"]), "aliases": tuple(row["aliases"])})
                for row in brings.samplers
            ]
            schedules = [NewSchedule(**row) for row in brings.schedules]
            upscalers = [Upscaler(**row) for row in brings.upscalers]
            families = [_family(row) for row in brings.families]
            self._undo[name] = offer(
                name, samplers=samplers, schedules=schedules, upscalers=upscalers, families=families
            )
        except (ValueError, TypeError, KeyError) as error:
            raise ExtensionUnusable(f"It brings a name that cannot be used: {error}.") from error

    def take_back(self, name: str) -> None:
        """Offer nothing of an extension any more."""
        undo = self._undo.pop(name, None)
        if undo is not None:
            undo()

    def take_back_all(self) -> None:
        """Offer nothing of any."""
        for name in list(self._undo):
            self.take_back(name)


def _family(row: Row) -> NewFamily:
    return NewFamily(**{**row, **{name: tuple(row[name] or ()) for name in ("pipelines", "capabilities")}})
