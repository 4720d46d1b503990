"""Where a journey's frames are, and the request of each."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from pydantic import ValidationError

from webui.errors import InvalidRequest
from webui.generation.blend import Blend, BlendWay, Idea, Slider
from webui.generation.invalid_values import as_invalid_request
from webui.generation.journey import Journey, Stop
from webui.generation.networks import take_networks
from webui.generation.noise_turns import NoiseTurn
from webui.generation.points import Point, joined
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromNoise, FromPicture, FromStep, Start

PILOTS = 8
"""Quick pictures on each stretch, by which perceptual spacing is measured."""
PILOT_STEPS = 6
_STANDSTILL = 1e-4
"""The least distance between two pilots: what does not change at all is gone through evenly."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame's place and its request. A `position` of 1.25 is a quarter of the way from stop 1 to stop 2."""

    position: float
    request: GenerationRequest

    @property
    def stop(self) -> int | None:
        """The stop that it is, counted from 0; None between two."""
        return int(self.position) if self.position.is_integer() else None


def frames(request: GenerationRequest, journey: Journey, positions: Sequence[float] = ()) -> tuple[Frame, ...]:
    """The frames of a journey in their order, at even positions or at those that are given.

    Args:
        request: what all frames share; its prompt, seed and so on do not count.
        journey: its seeds fixed (see `fixed`), so that both ends of a stretch agree.
        positions: see `Frame`.

    Raises:
        InvalidRequest: two neighbouring stops cannot be blended; `field` names the stop.
    """
    return tuple(Frame(at, request_at(request, journey, at)) for at in positions or even_positions(journey))


def fixed(request: GenerationRequest, journey: Journey) -> Journey:
    """The journey with each seed drawn that asks for a random one."""
    return with_stops(journey, [stop_request(request, journey, stop).with_fixed_seed() for stop in journey.stops])


def with_stops(journey: Journey, requests: Sequence[GenerationRequest]) -> Journey:
    """The journey with its stops as these requests have them, one for each."""
    stops = [
        stop.model_copy(update={name: getattr(request, name) for name in Point.model_fields})
        for stop, request in zip(journey.stops, requests, strict=True)
    ]
    return journey.model_copy(update={"stops": tuple(stops)})


def stop_request(request: GenerationRequest, journey: Journey, stop: Stop) -> GenerationRequest:
    """The picture of a stop by itself."""
    return _one(request, stop, _picture_start(request, journey.strength, stop))


def stop_of(request: GenerationRequest) -> Stop | None:
    """The stop whose picture a request makes alone; None for one that starts from a step or has a mask."""
    start = request.start
    if isinstance(start, FromStep) or request.mask is not None or request.points:
        return None
    picture = start.picture if isinstance(start, FromPicture) else None
    return Stop(picture=picture, **{name: getattr(request, name) for name in Point.model_fields})


def request_at(request: GenerationRequest, journey: Journey, position: float) -> GenerationRequest:
    """The picture at a position; at a stop's it is the stop's own.

    Raises:
        InvalidRequest: as from `frames`.
    """
    stretch = int(position)
    first, second = journey.stops[stretch], journey.stops[(stretch + 1) % len(journey.stops)]
    share = position - stretch
    if share == 0:
        return stop_request(request, journey, first)
    try:
        between = _between(request, journey.way, first, second, share)
        return _one(request, between, _start_between(request, journey.strength, first, second, share))
    except (InvalidRequest, ValidationError) as error:
        problem = as_invalid_request(error) if isinstance(error, ValidationError) else error
        raise InvalidRequest(
            f"Between stop {stretch + 1} and the next: {problem.message}", hint=problem.hint, field=f"stops.{stretch}"
        ) from error


def batches(journey: Journey, planned: Sequence[Frame]) -> list[tuple[int, ...]]:
    """Which frames walk together, by their places among `planned`: stops alone, the others up to a batch's size."""
    done: list[tuple[int, ...]] = []
    waiting: dict[str, list[int]] = {}
    for place, frame in enumerate(planned):
        if frame.stop is not None:
            done.append((place,))
            continue
        together = waiting.setdefault(frame.request.model_dump_json(exclude=set(Point.model_fields)), [])
        together.append(place)
        if len(together) == journey.batch_size:
            done.append(tuple(together))
            together.clear()
    return sorted([*done, *(tuple(left) for left in waiting.values() if left)])


def batch_request(planned: Sequence[Frame], places: Sequence[int]) -> GenerationRequest:
    """The request of frames that walk together."""
    return joined([planned[place].request for place in places])


def even_positions(journey: Journey) -> tuple[float, ...]:
    """Each stretch in as many parts as its stop has frames, eased."""
    found = [
        stretch + journey.easing.at(number / stop.frames)
        for stretch, stop in enumerate(journey.stops[: journey.stretches])
        for number in range(stop.frames)
    ]
    return (*found, *_last(journey))


def pilot_frames(request: GenerationRequest, journey: Journey) -> tuple[Frame, ...]:
    """Quick pictures at even places, the stops among them, to measure how much changes where."""
    steps = min(request.steps, PILOT_STEPS)
    places = [number / PILOTS for number in range(journey.stretches * PILOTS)]
    return frames(request.with_changes(steps=steps, hires=None), journey, [*places, *_last(journey)])


def perceptual_positions(journey: Journey, distances: Sequence[float]) -> tuple[float, ...]:
    """As many frames as ever, at equal distances along each stretch; longer stretches get more of them.

    Args:
        journey: with its easing, which is then one of distance over time.
        distances: between each pilot and the next, that of a loop's last one to the first at the end.
    """
    lengths = [max(distance, _STANDSTILL) for distance in distances]
    stretches = [lengths[start : start + PILOTS] for start in range(0, len(lengths), PILOTS)]
    wanted = sum(stop.frames for stop in journey.stops[: journey.stretches])
    counts = _dealt(wanted, [sum(parts) for parts in stretches])
    found = [
        number + _place_at(journey.easing.at(frame / count), parts)
        for number, (parts, count) in enumerate(zip(stretches, counts, strict=True))
        for frame in range(count)
    ]
    return (*found, *_last(journey))


def _last(journey: Journey) -> tuple[float, ...]:
    return () if journey.loop else (float(len(journey.stops) - 1),)


def _place_at(share: float, parts: Sequence[float]) -> float:
    """Where on a stretch a share of its length is gone; its parts are equally long on the map."""
    if share == 0:
        return 0.0
    gone = [0.0, *accumulate(parts)]
    wanted = share * gone[-1]
    part = min(bisect_right(gone, wanted) - 1, len(parts) - 1)
    return (part + (wanted - gone[part]) / parts[part]) / len(parts)


def _dealt(count: int, lengths: Sequence[float]) -> list[int]:
    """`count` in whole numbers of at least 1 by lengths; what rounding leaves goes to the largest rests."""
    spare, whole = count - len(lengths), sum(lengths)
    shares = [spare * length / whole for length in lengths]
    dealt = [int(share) for share in shares]
    by_rest = sorted(range(len(lengths)), key=lambda at: dealt[at] - shares[at])
    for at in by_rest[: spare - sum(dealt)]:
        dealt[at] += 1
    return [1 + each for each in dealt]


def _one(request: GenerationRequest, point: Point, start: Start) -> GenerationRequest:
    alone: dict[str, Any] = {"points": (), "batch_size": 1, "batch_count": 1, "same_seed": False, "start": start}
    return request.with_changes(**alone, **{name: getattr(point, name) for name in Point.model_fields})


def _between(request: GenerationRequest, way: BlendWay, first: Stop, second: Stop, share: float) -> Point:
    nearer = first if share < 0.5 else second
    blend = _blend_between(way, first, second, share)
    return Point(
        prompt=nearer.prompt,
        negative_prompt=nearer.negative_prompt,
        seed=first.seed,
        cfg_scale=_mixed(first.cfg_scale, second.cfg_scale, share),
        blend=blend,
        sliders=_sliders_between(first.sliders, second.sliders, share),
        noise_turns=_turns_between(request, first, second, share),
    )


def _blend_between(way: BlendWay, first: Stop, second: Stop, share: float) -> Blend | None:
    if (first.prompt, first.blend) == (second.prompt, second.blend):
        return first.blend
    if sorted(map(str, take_networks(first.prompt)[1])) != sorted(map(str, take_networks(second.prompt)[1])):
        raise InvalidRequest("their prompts name different networks, which change the whole model.", field="prompt")
    way = _way_between(way, first, second)
    weights: dict[str, float] = {}
    for stop, part in ((first, 1 - share), (second, share)):
        ideas = _ideas(stop)
        whole = sum(idea.weight for idea in ideas) if way is BlendWay.SPHERICAL else 1.0
        for idea in ideas:
            weights[idea.prompt] = weights.get(idea.prompt, 0.0) + part * idea.weight / whole
    return Blend(ideas=tuple(Idea(prompt=prompt, weight=weight) for prompt, weight in weights.items()), way=way)


def _way_between(way: BlendWay, first: Stop, second: Stop) -> BlendWay:
    """That of the stops that are blends themselves, so that nothing jumps there; of two that differ, linear."""
    ways = {stop.blend.way for stop in (first, second) if stop.blend is not None and len(stop.blend.counted) > 1}
    return next(iter(ways)) if len(ways) == 1 else BlendWay.LINEAR if ways else way


def _ideas(stop: Stop) -> tuple[Idea, ...]:
    return stop.blend.counted if stop.blend is not None else (Idea(prompt=take_networks(stop.prompt)[0]),)


def _sliders_between(first: Sequence[Slider], second: Sequence[Slider], share: float) -> tuple[Slider, ...]:
    """Each slider moves from its value at one stop to that at the other, 0 where there is none."""
    values: dict[Slider, float] = {}
    for sliders, part in ((first, 1 - share), (second, share)):
        for slider in sliders:
            kind = slider.model_copy(update={"value": 0.0})
            values[kind] = values.get(kind, 0.0) + part * slider.value
    return tuple(kind.model_copy(update={"value": value}) for kind, value in values.items())


def _turns_between(request: GenerationRequest, first: Stop, second: Stop, share: float) -> tuple[NoiseTurn, ...]:
    if (first.seed, first.noise_turns) == (second.seed, second.noise_turns):
        return first.noise_turns
    variation = ("variation_seed", "variation_strength") if request.variation_strength else ()
    varied = {name: getattr(request, name) for name in variation}
    turn = NoiseTurn(seed=second.seed, share=share, turns=second.noise_turns, **varied)
    return (*first.noise_turns, turn)


def _picture_start(request: GenerationRequest, strength: float, stop: Stop) -> Start:
    if stop.picture is None:
        return FromNoise()
    own = request.start if isinstance(request.start, FromPicture) else FromPicture(picture=stop.picture)
    return own.model_copy(update={"picture": stop.picture, "strength": strength})


def _start_between(request: GenerationRequest, strength: float, first: Stop, second: Stop, share: float) -> Start:
    """From one picture towards the other; towards noise, a picture counts less and less."""
    if first.picture is None or second.picture is None:
        with_picture, away = (first, share) if first.picture is not None else (second, 1 - share)
        return _picture_start(request, _mixed(strength, 1.0, away), with_picture)
    start = _picture_start(request, strength, first)
    if first.picture == second.picture:
        return start
    return start.model_copy(update={"toward": second.picture, "share": share})


def _mixed(first: float, second: float, share: float) -> float:
    """Exactly `first` where both are the same."""
    return first + share * (second - first)
