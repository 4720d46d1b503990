"""Why a walk that takes a recording up is close to it and not identical, in sentences. No torch."""

from webui.generation.trajectory import RecordedModel, TrajectoryHeader


def closeness_notes(recorded: TrajectoryHeader, *, model: RecordedModel, device: str, dtype: str) -> list[str]:
    """What differs between a recording and the walk that goes on from it; nothing where it is identical.

    Args:
        recorded: the recording's header.
        model: what walks now.
        device: where ("cpu", "cuda").
        dtype: in which numbers ("float32").
    """
    notes: list[str] = []
    if recorded.model.fingerprint != model.fingerprint:
        same_name = recorded.model.name == model.name
        what = f"other weights called '{model.name}'" if same_name else f"the model '{recorded.model.name}'"
        notes.append(f"The recording was made with {what}: what follows is not what that model would have made.")
    differences = {"on": (recorded.device, device), "in": (recorded.dtype, dtype)}
    for word, (then, now) in differences.items():
        if then != now:
            notes.append(
                f"The recording was made {word} {then} and goes on {word} {now}: close to the original, not identical."
            )
    return notes
