"""Recordings with their tensors: read from files and journals that were checked, and written as files. Torch."""

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import torch

from webui.diffusion.masking import KeptPart
from webui.diffusion.passes import Turn as PassTurn
from webui.diffusion.trajectory import PassRecord, Trajectory, schedule_of
from webui.errors import WebUIError
from webui.generation.trajectory import RecordedPass, TrajectorySummary
from webui.library.raw_tensors import Header, Place, RawTensor
from webui.library.trajectory_checks import CALL_TENSORS, Turn, checked_summary, turns_of
from webui.library.trajectory_files import read_header, unreadable
from webui.library.trajectory_journal import JournalContent, Stretch, read_journal

_DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "U8": torch.uint8}
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_Tensors = Mapping[str, torch.Tensor]
_IMPOSSIBLE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, RuntimeError, AssertionError)
"""What diffusers' schedulers raise for a configuration that cannot be."""


class _BadState(ValueError):
    """A generator's state is none."""


def load(path: Path) -> Trajectory:
    """The recording in a file.

    Raises:
        TrajectoryNotFound: there is no such file.
        TrajectoryUnreadable: it is no recording, truncated, too large, or says what cannot be.
    """
    header = read_header(path)
    summary = checked_summary(path.name, header)
    _check_schedules(path.name, summary)
    turns = turns_of(header)
    moved = iter(summary.movement)
    passes: list[PassRecord] = []
    try:
        with path.open("rb") as file:

            def read(place: Place) -> bytes:
                file.seek(header.start + place.begin)
                return file.read(place.end - place.begin)

            for number, plan in enumerate(summary.passes):
                tensors = _tensors(header, f"pass{number}.", read, path.name)
                movement = [next(moved) for _ in range(summary.calls[number])]
                passes.append(_pass(plan, turns[number], tensors, movement))
    except _BadState as error:
        raise unreadable(f"{path.name} says what cannot be: {error}.") from error
    except OSError as error:
        raise unreadable(f"{path.name} cannot be read: {(error.strerror or str(error)).lower()}.") from error
    return Trajectory(header=summary.header, passes=passes)


def load_journal(path: Path) -> Trajectory | None:
    """What a journal has up to its last whole frame; None where that is not even the beginning of a pass.

    Raises:
        OSError: there is no such file, or it cannot be read.
    """
    content = read_journal(path)
    return from_journal(content) if content is not None and content.begun_passes else None


def from_journal(content: JournalContent) -> Trajectory:
    """The recording that a journal has so far."""
    header = content.summary(complete=False).header
    moved = iter(content.movement)
    with content.path.open("rb") as file:

        def read(stretch: Stretch) -> torch.Tensor:
            return as_tensor(stretch.place, stretch.read(file))

        passes = [
            PassRecord(
                plan=each.plan,
                start=read(each.start),
                turns=[_turn(turn.turn, {k: read(v) for k, v in turn.tensors.items()}) for turn in each.turns],
                **_calls({k: [read(one) for one in v] for k, v in each.columns(parts=header.guidance).items()}),
                movement=[next(moved) for _ in each.calls],
            )
            for each in content.begun_passes
        ]
    return Trajectory(header=header, passes=passes)


def raw(tensor: torch.Tensor) -> RawTensor:
    """A tensor's bytes, on the CPU."""
    kept = tensor.detach().to("cpu").contiguous()
    return RawTensor(_NAMES[kept.dtype], tuple(kept.shape), kept.reshape(-1).view(torch.uint8).numpy().data)


def as_tensor(place: Place, content: bytes) -> torch.Tensor:
    """A tensor of bytes that were read."""
    if not content:
        return torch.empty(place.shape, dtype=_DTYPES[place.dtype])
    return torch.frombuffer(bytearray(content), dtype=_DTYPES[place.dtype]).reshape(place.shape)


def _check_schedules(name: str, summary: TrajectorySummary) -> None:
    """That the passes' noise levels are those that this program follows for their samplers: else it would not replay.

    Raises:
        TrajectoryUnreadable: they are not, or there is no such schedule.
    """
    model = summary.header.model
    for number, plan in enumerate(summary.passes):
        try:
            schedule = schedule_of(plan, model.scheduler_config, torch.device("cpu"), model.family)
            calls = range(len(schedule.timesteps))
            timesteps, sigmas = schedule.timesteps.tolist(), [schedule.sigma(call) for call in (*calls, len(calls))]
        except WebUIError as error:
            raise unreadable(f"{name} cannot be replayed: {error.message}") from error
        except _IMPOSSIBLE as error:
            raise unreadable(f"{name} says what cannot be: pass {number + 1} has no such schedule.") from error
        if not (_are_close(timesteps, plan.timesteps) and _are_close(sigmas, plan.sigmas)):
            raise unreadable(
                f"{name} cannot be replayed: the noise levels of pass {number + 1} are not those of {plan.sampler} "
                f"with {plan.steps:,} steps ({plan.schedule})."
            )


def _are_close(one: Sequence[float], other: Sequence[float]) -> bool:
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(math.isclose(a, b, rel_tol=1e-3, abs_tol=1e-4) for a, b in pairs)


def _tensors(header: Header, prefix: str, read: Callable[[Place], bytes], name: str) -> dict[str, torch.Tensor]:
    """Every tensor of a pass of a file.

    Raises:
        TrajectoryUnreadable: one of them has values that are not numbers.
    """
    tensors: dict[str, torch.Tensor] = {}
    for full, place in header.places.items():
        if not full.startswith(prefix):
            continue
        content = read(place)
        if len(content) != place.end - place.begin:
            raise unreadable(f"{name} was changed while it was read.")
        tensor = tensors[full.removeprefix(prefix)] = as_tensor(place, content)
        if tensor.is_floating_point() and not torch.isfinite(tensor).all():
            raise unreadable(f"{name} says what cannot be: {full} has values that are not numbers.")
    return tensors


def _pass(plan: RecordedPass, turns: list[Turn], tensors: _Tensors, movement: list[float]) -> PassRecord:
    columns = {name: list(tensors[name].unbind(0)) for name in CALL_TENSORS if name in tensors}
    told = [
        _turn(turn, {name.partition(".")[2]: value for name, value in tensors.items() if name.startswith(f"turn{i}.")})
        for i, turn in enumerate(turns)
    ]
    return PassRecord(plan=plan, start=tensors["start"], turns=told, **_calls(columns), movement=movement)


def _calls(columns: Mapping[str, list[torch.Tensor]]) -> dict[str, list]:
    parts = zip(columns.get("conditional", ()), columns.get("negative", ()), strict=True)
    return {
        "predictions": columns.get("predictions", []),
        "momentum": columns.get("momentum", []),
        "parts": list(parts),
    }


def _turn(told: Turn, tensors: _Tensors) -> PassTurn:
    kept = None
    if "clean" in tensors:
        clean, noise, mask = (tensors[name] for name in ("clean", "noise", "mask"))
        kept = KeptPart(clean=clean, noise=noise, mask=mask, soft=told.soft, first=told.first)
    states = tuple(state.clone() for state in tensors["generators"])
    for state in states:
        try:
            torch.Generator("cpu").set_state(state)
        except (RuntimeError, TypeError) as error:
            raise _BadState("a random state that no generator can have") from error
    return PassTurn(call=told.call, generators=states, seen=tensors.get("seen"), kept=kept)
