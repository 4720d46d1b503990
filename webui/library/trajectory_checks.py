"""Whether what a recording says of itself can be, and whether its tensors are those that it speaks of. No torch.

Everything is looked at before a tensor is read, so that a file made by hand costs no memory and no traceback later.
"""

import json
import math
from typing import Any, NamedTuple

from pydantic import ValidationError

from webui.errors import TrajectoryUnreadable
from webui.generation.samplers import find_sampler, find_schedule
from webui.generation.trajectory import FORMAT, MAX_CALLS, VERSION, RecordedPass, TrajectoryHeader, TrajectorySummary
from webui.library.raw_tensors import Header, Place

DTYPES = {"float32": "F32", "float16": "F16", "bfloat16": "BF16"}
"""What torch calls the dtypes of computation, and what files call them."""
CALL_TENSORS = ("predictions", "momentum", "conditional", "negative")
TURN_TENSORS = ("generators", "seen", "clean", "noise", "mask")
MAX_TURNS = 100
"""Of a pass."""
MAX_SIDE = 8_192
"""Pixels."""
_HINT = "Choose a recording that this program wrote, whole and unchanged."
_MAX_TIMESTEPS = 100_000
_MAX_FIELDS = 100
_MAX_LIST = 10_000
_MAX_NUMBER = 1e6
_MAX_CHANNELS = 256
_GENERATOR_BYTES = 16_384
_PREDICTIONS = ("epsilon", "v_prediction", "sample", "flow_prediction")
_FLOATS = frozenset(DTYPES.values())


class Turn(NamedTuple):
    """From which call of its pass on something holds.

    Where a mask keeps something, `soft` says that its grey levels are times, and `first` from which call on these are
    counted.
    """

    call: int
    soft: bool = False
    first: float = 0.0


class _Contradiction(ValueError):
    """What cannot be, as the end of a sentence."""


def checked_summary(name: str, header: Header) -> TrajectorySummary:
    """The summary in a file's header.

    Raises:
        TrajectoryUnreadable: the file called `name` is no recording, or says what cannot be.
    """
    texts = header.texts
    if texts.get("format") != FORMAT:
        raise TrajectoryUnreadable(
            f"{name} is no recording: it is another program's safetensors file.", hint="Choose a recording."
        )
    if texts.get("version") != str(VERSION):
        raise TrajectoryUnreadable(
            f"{name} is a recording of version {texts.get('version', '?')[:10]}; this program reads {VERSION}.",
            hint="Open it with the program that wrote it, or update this one.",
        )
    try:
        summary = TrajectorySummary.model_validate(json.loads(texts.get("summary", "")))
        _check_summary(summary)
        _check_tensors(summary, header, turns_of(header))
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(place) for place in problem["loc"])
        what = f"{where[:120]}: {problem['msg'].lower()[:160]}"
        raise TrajectoryUnreadable(f"{name} says what cannot be: {what}.", hint=_HINT) from error
    except _Contradiction as error:
        raise TrajectoryUnreadable(f"{name} says what cannot be: {error}.", hint=_HINT) from error
    except (ValueError, RecursionError) as error:
        raise TrajectoryUnreadable(f"{name} says what cannot be: its summary is not JSON.", hint=_HINT) from error
    return summary


def _need(condition: bool, otherwise: str) -> None:
    if not condition:
        raise _Contradiction(otherwise)


def _check_summary(summary: TrajectorySummary) -> None:
    """That it does not contradict itself."""
    calls, passes, header = summary.calls, summary.passes, summary.header
    _need(len(calls) == len(passes) > 0, f"{len(passes)} passes, but numbers of calls for {len(calls)}")
    _need(min(calls) >= 0, "a negative number of calls")
    _need(
        summary.positions == len(summary.movement) <= MAX_CALLS,
        f"{summary.positions:,} calls, but {len(summary.movement):,} movements",
    )
    _check_header(header)
    for number, (each, made) in enumerate(zip(passes, calls, strict=True)):
        _check_pass(each, made, f"pass {number + 1}")
    for config in (header.model.scheduler_config, *(each.scheduler_config for each in passes)):
        _check_config(config or {})


def _check_header(header: TrajectoryHeader) -> None:
    counts = {len(header.seeds), len(header.variation_seeds), len(header.places)}
    _need(len(counts) == 1, "different numbers of seeds, variation seeds and places")
    points = header.request.points
    _need(not points or counts == {len(points)}, "another number of points than of pictures")
    _need(header.dtype in DTYPES, f"predictions in '{header.dtype}'")
    _need(len(header.model.preview_weights) == header.model.latent_channels, "a preview map for other latents")


def _check_pass(each: RecordedPass, calls: int, where: str) -> None:
    planned, levels = len(each.timesteps), len(each.sigmas)
    _need(find_sampler(each.sampler) is not None, f"{where}: there is no sampler '{each.sampler[:40]}'")
    _need(find_schedule(each.schedule) is not None, f"{where}: there is no schedule type '{each.schedule[:40]}'")
    _need(
        calls <= planned == levels - 1,
        f"{where}: {calls:,} calls, {planned:,} timesteps and {levels:,} noise levels",
    )
    _need(
        planned <= 2 * each.steps + 2 and each.begin <= 2 * each.steps,
        f"{where}: {planned:,} calls of {each.steps:,} steps, of which {each.begin:,} are left out",
    )
    _need(all(0 <= t <= _MAX_TIMESTEPS for t in each.timesteps), f"{where}: a timestep that cannot be")
    _need(all(0 <= sigma <= _MAX_NUMBER for sigma in each.sigmas), f"{where}: a noise level that cannot be")
    options = (each.eta or 0.0, each.s_churn, each.s_tmin, each.s_tmax, each.s_noise)
    _need(all(0 <= value <= 1000 for value in options), f"{where}: an option of the sampler that cannot be")


def _check_config(config: dict[str, Any]) -> None:
    """Schedulers are made from it, so nothing in it may be large."""
    _need(len(config) <= _MAX_FIELDS, "a scheduler's configuration of too many fields")
    for key, value in config.items():
        values = value if isinstance(value, list) else [value]
        plain = len(key) <= 100 and len(values) <= _MAX_LIST and all(_is_plain(each) for each in values)
        _need(plain, f"a scheduler's configuration with a {key[:40]} that cannot be")
    steps = config.get("num_train_timesteps", 1000)
    _need(type(steps) is int and 1 <= steps <= _MAX_LIST, f"a model of {str(steps)[:20]} timesteps")

    predicts = str(config.get("prediction_type", "epsilon"))
    _need(predicts in _PREDICTIONS, f"a model that predicts '{predicts[:20]}'")


def _is_plain(value: Any) -> bool:
    if isinstance(value, float | int):
        return math.isfinite(value) and abs(value) <= _MAX_NUMBER
    return value is None or (isinstance(value, str) and len(value) <= 200)


def turns_of(header: Header) -> list[list[Turn]]:
    """The turns of each pass of a recording's file; `_check_tensors` tells whether they fit the rest."""
    told = json.loads(header.texts.get("turns", ""))
    _need(isinstance(told, list) and all(isinstance(each, list) for each in told), "turns that are no lists")
    _need(all(len(each) <= MAX_TURNS for each in told), "too many turns")
    return [[_turn(turn) for turn in each] for each in told]


def _turn(told: Any) -> Turn:
    _need(isinstance(told, dict) and told.keys() == set(Turn._fields), "a turn that cannot be")
    turn = Turn(**told)
    fits = type(turn.call) is int and type(turn.soft) is bool and type(turn.first) in (int, float)
    _need(fits and abs(turn.first) <= MAX_CALLS, "a turn that cannot be")  # which not-a-number is not either
    return turn


def _check_tensors(summary: TrajectorySummary, header: Header, turns: list[list[Turn]]) -> None:
    known: set[str] = set()

    def found(prefix: str, names: tuple[str, ...]) -> dict[str, Place]:
        known.update(f"{prefix}.{name}" for name in names)
        return {name: header.places[full] for name in names if (full := f"{prefix}.{name}") in header.places}

    _need(len(turns) == len(summary.calls), f"{len(summary.calls)} passes, but turns for {len(turns)}")
    for number, (calls, turned) in enumerate(zip(summary.calls, turns, strict=True)):
        where = f"pass {number + 1}"
        start = found(f"pass{number}", ("start",)).get("start")
        _need(start is not None, f"{where}: its start is missing")
        assert start is not None
        _check_start(summary.header, start, where, first=number == 0)
        _check_calls(summary.header, start, found(f"pass{number}", CALL_TENSORS), calls, where)
        at = [turn.call for turn in turned]
        _need(at[:1] == [0] and at == sorted(at) and at[-1] <= calls, f"{where}: turns at the calls {at[:10]}")
        for turn in range(len(turned)):
            _check_turn(start, found(f"pass{number}.turn{turn}", TURN_TENSORS), where)
    foreign = header.places.keys() - known
    _need(not foreign, f"it has a tensor {min(foreign, default='')[:60]}")


def _check_start(header: TrajectoryHeader, start: Place, where: str, *, first: bool) -> None:
    rows, channels, scale = len(header.seeds), header.model.latent_channels, header.model.latent_scale
    fits = len(start.shape) == 4 and start.shape[:2] == (rows, channels) and start.dtype in _FLOATS
    _need(fits, f"{where}: a start of the shape {_shown(start)}")
    sides = start.shape[2:]
    _need(all(0 < side <= MAX_SIDE // scale for side in sides), f"{where}: a start of the shape {_shown(start)}")
    asked = (header.request.height // scale, header.request.width // scale)
    _need(not first or sides == asked, f"latents of {sides[1]} x {sides[0]}, which is not the size of its request")


def _check_calls(header: TrajectoryHeader, start: Place, made: dict[str, Place], calls: int, where: str) -> None:
    whole = (calls, *start.shape)
    _need("predictions" in made or not (calls or made), f"{where}: its predictions are missing")
    for name, place in made.items():
        _need(place.shape == whole, f"{where}: {name} of the shape {_shown(place)}, where {whole} were recorded")
        # Not always the header's: a branch keeps its parent's calls in the dtype that they were made in.
        dtypes = _FLOATS if name in ("predictions", "momentum") else {made["predictions"].dtype}
        _need(place.dtype in dtypes, f"{where}: {name} in {place.dtype}")
    parts = [name in made for name in ("conditional", "negative")]
    _need(all(part == (header.guidance and calls > 0) for part in parts), f"{where}: not the guidance it speaks of")


def _check_turn(start: Place, found: dict[str, Place], where: str) -> None:
    """The random state, what is put back, and what an inpainting model sees."""
    rows, channels, *sides = start.shape
    generators = found.pop("generators", None)
    state = generators.shape if generators is not None and generators.dtype == "U8" else ()
    fits = len(state) == 2 and state[0] == rows and 0 < state[1] <= _GENERATOR_BYTES
    _need(fits, f"{where}: a random state of the shape {state}")
    _need(len(found.keys() - {"seen"}) in (0, 3), f"{where}: only a part of what it puts back")
    most = {"seen": _MAX_CHANNELS, "clean": channels, "noise": channels, "mask": 1}
    for name, place in found.items():
        fits = len(place.shape) == 4 and list(place.shape[2:]) == sides
        fits = fits and place.shape[0] == (1 if name == "mask" else rows)
        fits = fits and 0 < place.shape[1] <= most[name] and (name == "seen" or place.shape[1] == most[name])
        _need(fits and place.dtype in _FLOATS, f"{where}: {name} of the shape {_shown(place)}")


def _shown(place: Place) -> str:
    return f"{place.shape} in {place.dtype}"
