"""Adds what an extension brings to the names that requests may have (see `webui.generation.offered`)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from webui.generation.families import FAMILIES
from webui.generation.offered import (
    NewFamily,
    NewSampler,
    NewSchedule,
    Offers,
    Upscaler,
    add_offers,
    offered_families,
    offered_samplers,
    offered_schedules,
    offered_upscalers,
    plain_name,
)
from webui.generation.samplers import find_sampler, find_schedule
from webui.generation.ways import find_upscaler

_LONGEST_NAME = 100
_Row = NewFamily | NewSampler | NewSchedule | Upscaler


def offer(
    extension: str,
    *,
    samplers: Iterable[NewSampler] = (),
    schedules: Iterable[NewSchedule] = (),
    upscalers: Iterable[Upscaler] = (),
    families: Iterable[NewFamily] = (),
) -> Callable[[], None]:
    """Requests of this process may name these from now on; returns what takes them back.

    Args:
        extension: whose they are.
        samplers: to choose from, as all that follows.
        schedules: likewise.
        upscalers: likewise.
        families: of models that can be loaded.

    What it offers once more takes the place of what it offered before, until it is taken back.

    Raises:
        ValueError: a name is taken or cannot be one; nothing is added then.
    """
    offers = Offers(
        samplers=tuple(replace(each, extension=extension) for each in samplers),
        schedules=tuple(replace(each, extension=extension) for each in schedules),
        upscalers=tuple(replace(each, extension=extension) for each in upscalers),
        families=tuple(replace(each, extension=extension) for each in families),
    )
    _check(offers.samplers, offered_samplers(), find_sampler, "sampler")
    _check(offers.schedules, offered_schedules(), find_schedule, "schedule type")
    _check(offers.upscalers, offered_upscalers(), find_upscaler, "upscaler")
    _check(offers.families, offered_families(), _find_family, "family")
    return add_offers(offers)


def _find_family(name: str) -> object | None:
    return next((each for each in (*FAMILIES, *offered_families()) if each.name == name), None)


def _check(new: Sequence[_Row], offered: Sequence[_Row], find: Callable[[str], object | None], kind: str) -> None:
    names = [each.name for each in new]
    own = {each.name for each in offered if new and each.extension == new[0].extension}
    for name in names:
        if not plain_name(name) or len(name) > _LONGEST_NAME or not name.isprintable() or "," in name:
            raise ValueError(f"'{name[:40]}' cannot be the name of a {kind}: it must be a short line without commas")
        if name not in own and find(name) is not None:
            article = "an" if kind[0] in "aeiou" else "a"
            raise ValueError(f"there is {article} {kind} '{name}' already")
    if len({plain_name(name) for name in names}) < len(names):
        raise ValueError(f"two of its {kind}s have one name")
