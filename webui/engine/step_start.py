"""Whether a recording has the step and the picture that are named, and a request can start from there. No torch."""

from webui.errors import InvalidRequest, TrajectoryNotFound
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromStep
from webui.library.trajectories import Trajectories


def check_step_start(
    request: GenerationRequest, start: FromStep, trajectories: Trajectories, scope: str | None = None
) -> None:
    """That the recording is there, has that step and that picture, and is of the request's size.

    Args:
        request: what is asked for.
        start: its start.
        trajectories: the recordings.
        scope: whose it must be; None takes anybody's.

    Raises:
        InvalidRequest: one of these is not so; the field says which.
        TrajectoryUnreadable: the recording's file is damaged.
    """
    try:
        summary = trajectories.summary(start.trajectory, scope)
    except TrajectoryNotFound as error:
        raise InvalidRequest(
            f"start.trajectory: there is no recording {start.trajectory}.", hint=error.hint, field="start.trajectory"
        ) from error
    check_step(start, steps=summary.positions, pictures=len(summary.header.seeds))
    check_size(request, summary.header.request)


def check_step(start: FromStep, *, steps: int, pictures: int) -> None:
    """Whether a recording of so many steps and pictures has the step and the picture.

    Raises:
        InvalidRequest: it has not.
    """
    check_step_number(start.step, steps, field="start.step")
    check_picture_number(start.picture, pictures, field="start.picture")


def check_step_number(step: int, last: int, *, field: str = "step") -> None:
    """Raises InvalidRequest where a recording of `last` steps has none of that number."""
    if step > last:
        raise InvalidRequest(
            f"{field}: {step} cannot be used: the recording has steps 0 to {last}.", hint="Choose one of these.",
            field=field,
        )  # fmt: skip


def check_picture_number(picture: int, pictures: int, *, field: str = "picture") -> None:
    """Raises InvalidRequest where a recording of so many pictures has none of that number."""
    if picture >= pictures:
        known = f"pictures 0 to {pictures - 1}" if pictures > 1 else "one picture, number 0"
        raise InvalidRequest(
            f"{field}: {picture} cannot be used: the recording has {known}.", hint="Choose one of these.", field=field
        )


def check_size(request: GenerationRequest, recorded: GenerationRequest) -> None:
    """Whether a request asks for the size that was recorded.

    Raises:
        InvalidRequest: it does not.
    """
    for field in ("width", "height"):
        asked, known = getattr(request, field), getattr(recorded, field)
        if asked != known:
            raise InvalidRequest(
                f"{field}: {asked:,} cannot be used: the recording has {known:,}.", hint=f"Set {field} {known}.",
                field=field,
            )  # fmt: skip
