"""What the dispatcher knows of the extensions in its worker: which they are, and when one of them hangs or kills it."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path

from webui.engine.messages import ExtensionFault
from webui.extensions.call_mark import Call, CallMark
from webui.extensions.extensions import Extensions
from webui.extensions.faults import Fault

_MOST_BLAMED = 6
"""After so many deaths in one job the extensions are no excuse any more, lest it is tried for ever."""


class ExtensionWatch:
    """Looks at the mark that the worker leaves while it is inside an extension.

    Args:
        extensions: those of the program.
        deadline_s: how long a call may take, in seconds.
    """

    def __init__(self, extensions: Extensions, deadline_s: float) -> None:
        self._extensions = extensions
        self._deadline_s = deadline_s
        self._mark = extensions.places.worker_mark
        self._blamed: Counter[str] = Counter()
        self._hung: Call | None = None

    def wanted(self) -> tuple[tuple[str, str], ...]:
        """What a worker that starts now would load: folders, and the hashes of what is in them."""
        store = self._extensions.store
        return tuple(
            (folder, store.record(Path(folder).name).tree_hash) for folder in self._extensions.worker_folders()
        )

    def take_fault(self, told: ExtensionFault) -> None:
        """Show what went wrong in the worker on the extension's card."""
        self._extensions.worker_fault(Fault(**asdict(told)))

    def overdue(self, process: int | None) -> str:
        """What to say where the worker hangs in an extension, which is switched off then; "" where it does not."""
        call = self._call(process)
        if call is None or call.age_s < self._deadline_s or call == self._hung:
            return ""
        self._hung = call
        what = f"{call.extension} did not come back from {call.hook} within {self._deadline_s:g} seconds"
        self._extensions.switch_off(call.extension, f"It was switched off: {what}.")
        return f"{what}. It is switched off, and the job goes on without it."

    def blame(self, process: int | None) -> str:
        """The extension that a worker died in, in words, or ""; the death is counted."""
        call = self._call(process)
        if call is None:
            return ""
        if call != self._hung:
            self._extensions.worker_crashed(call)
        return f"the extension {call.extension}, in {call.hook}"

    def excuses(self, job: str) -> bool:
        """Whether a death that an extension is to blame for counts for nothing in this job."""
        self._blamed[job] += 1
        return self._blamed[job] <= _MOST_BLAMED

    def _call(self, process: int | None) -> Call | None:
        call = CallMark.read(self._mark)
        return call if call is not None and call.process == process else None
