"""What series need of the engine, for everybody and for the one whose series it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from webui.engine.guest_limits import GuestLimits
from webui.engine.jobs import Job
from webui.generation.plot_axes import AxisType
from webui.generation.request import GenerationRequest
from webui.library.ownership import Ownership
from webui.library.pictures import Folder


class JobDesk(Protocol):
    """Each method raises as the engine's own does."""

    ownership: Ownership
    job_limits: GuestLimits

    def prepare(self, request: GenerationRequest, owner: str) -> GenerationRequest: ...  # noqa: D102
    def ready(self, request: GenerationRequest, owner: str) -> GenerationRequest: ...  # noqa: D102
    def plot_axes(self) -> Sequence[AxisType]: ...  # noqa: D102
    def enqueue(  # noqa: D102
        self, prepared: GenerationRequest, *, job: str | None, owner: str, folder: Folder
    ) -> Job: ...
    def job(self, job_id: str) -> Job: ...  # noqa: D102
    def cancel(self, job_id: str) -> Job: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class OwnersDesk:
    """A `Desk` that judges requests as those of one owner."""

    desk: JobDesk
    owner: str

    def prepare(self, request: GenerationRequest) -> GenerationRequest:
        """See `Desk.prepare`."""
        return self.desk.prepare(request, self.owner)

    def ready(self, request: GenerationRequest) -> GenerationRequest:
        """See `Desk.ready`."""
        return self.desk.ready(request, self.owner)

    def plot_axes(self) -> Sequence[AxisType]:
        """See `Desk.plot_axes`."""
        return self.desk.plot_axes()
