"""The axes of a plot: which parameter each changes, how its values are read, and what changing it costs.

Names are A1111's where it has the axis. An axis changes the values of a request as a plain mapping, so that several
axes can change what must fit together (a sampler and its schedule type) before the whole is judged.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import permutations
from typing import Any

from webui.generation.limits import RANDOM_SEED
from webui.generation.plot_values import MAX_VALUES, numbers, shortened, shown, switches, whole_numbers
from webui.generation.request import Emphasis, GuidanceMethod, NoiseSource
from webui.generation.samplers import SAMPLERS, Schedule, every_sampler, every_schedule, find_fused, find_schedule
from webui.generation.ways import HiresUpscaler, MaskedContent, ResizeMode

Values = dict[str, Any]
"""A request's fields as plain values, with `start`, `mask` and `hires` as mappings of their own."""
Change = Callable[[Values, Any], None]
NOTHING = "Nothing"
_MODEL_COST, _WORDS_COST, _SIZE_COST = 3, 2, 1
_PROMPTS = ("prompt", "negative_prompt")


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisType:
    """A parameter that a plot can vary.

    Args:
        name: what it is called on the page and in the infotext.
        read: the values from the entries of the list; raises ValueError with what is wrong.
        change: puts a value into a request's fields; raises ValueError when the request has no place for it.
        example: a list to show in the empty field.
        label: a value in the legend, for axes whose values say little without their name.
        cost: how dear a change is; the dearest axis changes least often.
        aliases: other names, in lower case.
        choices: every value, where there are only so many.
    """

    name: str
    read: Callable[[list[str]], Sequence[Any]]
    change: Change
    example: str = ""
    label: Callable[[Any], str] = str
    cost: int = 0
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = field(default=())


def find_axis(name: str, axes: Iterable[AxisType]) -> AxisType | None:
    """The axis of that name, whatever its case."""
    wanted = " ".join(name.casefold().split())
    return next((axis for axis in axes if wanted in (axis.name.casefold(), *axis.aliases)), None)


def _set(place: str) -> Change:
    group, _, name = place.rpartition(".")

    def change(values: Values, value: Any) -> None:
        if not group:
            values[name] = value
        else:
            _group(values, group)[name] = value

    return change


def _group(values: Values, group: str) -> Values:
    """`hires`, `mask` or the start from a picture, as a copy that may be changed."""
    found = values.get(group)
    missing = {
        "hires": "it needs the hires fix, which is off",
        "mask": "it needs a mask, and there is none",
        "start": "it needs a picture to start from, and there is none",
        "refiner": "it needs a refiner, and there is none",
    }
    if not found or found.get("kind") == "noise":
        raise ValueError(missing[group])
    values[group] = dict(found)
    return values[group]


def _change_strength(values: Values, value: float) -> None:
    """Of the way from the picture; without a picture, of the second pass."""
    try:
        _group(values, "start")["strength"] = value
    except ValueError:
        if not values.get("hires"):
            raise ValueError("it needs a picture to start from, or the hires fix") from None
        _group(values, "hires")["strength"] = value


def _change_size(values: Values, size: tuple[int, int]) -> None:
    values["width"], values["height"] = size


def _change_refiner(values: Values, name: str | None) -> None:
    values["refiner"] = None if name is None else {**(values.get("refiner") or {}), "model": name}


def _change_styles(values: Values, names: tuple[str, ...]) -> None:
    values["styles"] = [*values.get("styles", ()), *names]


def _change_words(values: Values, exchange: tuple[str, str]) -> None:
    """Search and replace in every prompt of the request."""
    sought, replacement = exchange
    places = [values, *([_group(values, "hires")] if values.get("hires") else [])]
    for place in places:
        for name in _PROMPTS:
            place[name] = place.get(name, "").replace(sought, replacement)


def _change_order(values: Values, words: tuple[str, ...]) -> None:
    """The words, found in the prompt in whatever order, put into the same places in this order."""
    prompt: str = values["prompt"]
    for word in words:
        if word not in prompt:
            raise ValueError(f"'{shortened(word)}' is not in the prompt")
    kept: list[str] = []
    for word in sorted(words, key=prompt.find):
        before, _, prompt = prompt.partition(word)
        kept.append(before)
    values["prompt"] = "".join(part for pair in zip(kept, words, strict=True) for part in pair) + prompt


def _seeds(entries: list[str]) -> list[int]:
    """Seeds; each -1 is drawn, so that the legend says which it was."""
    return [secrets.randbelow(2**32) if seed == RANDOM_SEED else seed for seed in whole_numbers(entries)]


def _exchanges(entries: list[str]) -> list[tuple[str, str]]:
    """The first word is the one that is sought, and stands for itself."""
    return [(entries[0], entry) for entry in entries]


def _orders(entries: list[str]) -> list[tuple[str, ...]]:
    if len(entries) > 1 and _factorial_exceeds(len(entries), MAX_VALUES):
        raise ValueError(f"{len(entries)} words have more than {MAX_VALUES} orders; name at most 4")
    return list(permutations(entries))


def _factorial_exceeds(count: int, most: int) -> bool:
    product = 1
    for factor in range(2, count + 1):
        product *= factor
    return product > most


def _sizes(entries: list[str]) -> list[tuple[int, int]]:
    return [_size(entry) for entry in entries]


def _size(entry: str) -> tuple[int, int]:
    width, _, height = entry.lower().partition("x")
    if not (width.strip().isdecimal() and height.strip().isdecimal() and len(entry) < 20):
        raise ValueError(f"'{shortened(entry)}' is no size such as 256x384")
    return int(width), int(height)


def _style_lists(entries: list[str]) -> list[tuple[str, ...]]:
    """`None` is no style more; several in one entry, in quotes, go together."""
    lists = [tuple(name.strip() for name in entry.split(",") if name.strip()) for entry in entries]
    return [() if names == ("None",) else names for names in lists]


def _names_or_none(entries: list[str]) -> list[str | None]:
    """`None` and `Automatic` are none; a name is judged when the pictures are made."""
    return [None if entry in ("None", "Automatic") else entry for entry in entries]


def _samplers(entries: list[str]) -> list[str]:
    return [_named(entry, find_fused(entry), "sampler", (one.name for one in every_sampler())) for entry in entries]


def _named(entry: str, found: Any, what: str, known: Iterable[str]) -> str:
    """As the user wrote it: a name that holds a schedule type too is taken apart by the request."""
    if found is None:
        raise ValueError(f"there is no {what} '{shortened(entry)}'; there are {', '.join(known)}")
    return entry


def _schedules(entries: list[str]) -> list[str]:
    return [_named(entry, find_schedule(entry), "schedule type", every_schedule()) for entry in entries]


def _one_of(kind: type[StrEnum]) -> Callable[[list[str]], list[str]]:
    known = {choice.value.casefold(): choice.value for choice in kind}

    def read(entries: list[str]) -> list[str]:
        for entry in entries:
            if entry.casefold() not in known:
                raise ValueError(f"'{shortened(entry)}' is none of {', '.join(kind)}")
        return [known[entry.casefold()] for entry in entries]

    return read


def _whole(name: str, place: str, example: str, **options: Any) -> AxisType:
    named = options.pop("read", whole_numbers)
    return AxisType(
        name=name, read=named, change=_set(place), example=example, label=lambda v: f"{name}: {v}", **options
    )


def _real(name: str, place: str | Change, example: str, **options: Any) -> AxisType:
    change = _set(place) if isinstance(place, str) else place
    return AxisType(
        name=name, read=numbers, change=change, example=example, label=lambda v: f"{name}: {shown(v)}", **options
    )


def _choice(name: str, place: str, kind: type[StrEnum], **options: Any) -> AxisType:
    choices = tuple(choice.value for choice in kind)
    return AxisType(
        name=name, read=_one_of(kind), change=_set(place), example=", ".join(choices), choices=choices, **options
    )


_SAMPLER_NAMES = tuple(sampler.name for sampler in SAMPLERS if not sampler.flow)
_EXAMPLE_SAMPLERS = "DPM++ 2M, Euler a, UniPC"

AXES: tuple[AxisType, ...] = (
    AxisType(name=NOTHING, read=lambda entries: [None], change=lambda values, value: None, label=lambda value: ""),
    _whole("Seed", "seed", "1-3, or -1, -1, -1", read=_seeds),
    _whole("Var. seed", "variation_seed", "1-3", read=_seeds, aliases=("variation seed",)),
    _real("Var. strength", "variation_strength", "0-0.4 [5]", aliases=("variation strength",)),
    _whole("Steps", "steps", "10-30 (+10)"),
    _whole("Hires steps", "hires.steps", "10, 20"),
    _real("CFG Scale", "cfg_scale", "3-9 (+2)"),
    AxisType(
        name="Prompt S/R", read=_exchanges, change=_change_words, cost=_WORDS_COST, label=lambda pair: pair[1],
        example="boat, house, lighthouse", aliases=("prompt search and replace",),
    ),
    AxisType(
        name="Prompt order", read=_orders, change=_change_order, cost=_WORDS_COST, label=", ".join,
        example="sea, sunset, boat",
    ),
    AxisType(
        name="Sampler", read=_samplers, change=_set("sampler"), example=_EXAMPLE_SAMPLERS, choices=_SAMPLER_NAMES,
    ),
    AxisType(
        name="Hires sampler", read=_samplers, change=_set("hires.sampler"), example=_EXAMPLE_SAMPLERS,
        choices=_SAMPLER_NAMES,
    ),
    AxisType(
        name="Schedule type", read=_schedules, change=_set("schedule"), example="Automatic, Karras, Beta",
        choices=tuple(Schedule),
    ),
    AxisType(
        name="Checkpoint name", read=list, change=_set("model"), cost=_MODEL_COST, example="names of models",
        aliases=("checkpoint", "model"),
    ),
    AxisType(
        name="VAE", read=_names_or_none, change=_set("vae"), cost=_MODEL_COST, example="None, name of a VAE",
        label=lambda name: f"VAE: {name or 'Automatic'}",
    ),
    AxisType(
        name="Refiner checkpoint", read=_names_or_none, change=_change_refiner, cost=_MODEL_COST,
        example="None, name of a model", aliases=("refiner",), label=lambda name: f"Refiner: {name or 'none'}",
    ),
    _real("Refiner switch at", "refiner.switch_at", "0.6-0.9 [4]"),
    _real("Distilled CFG Scale", "distilled_guidance", "2-5 (+1)", aliases=("distilled guidance",), cost=_WORDS_COST),
    _real("Shift", "flow_shift", "1, 3, 6"),
    _real("Sigma Churn", "s_churn", "0, 5, 20"),
    _real("Sigma min", "s_tmin", "0, 0.05"),
    _real("Sigma max", "s_tmax", "1, 50"),
    _real("Sigma noise", "s_noise", "0.98-1.02 [3]"),
    _real("Eta", "eta", "0, 0.5, 1"),
    _whole("Clip skip", "clip_skip", "1-3", cost=_WORDS_COST),
    _real("Denoising", _change_strength, "0.3-0.9 [4]", aliases=("denoising strength",)),
    _real("Hires strength", "hires.strength", "0.3-0.7 [3]", aliases=("hires denoising strength",)),
    _real("Hires scale", "hires.scale", "1.5, 2", aliases=("hires upscale",), cost=_SIZE_COST),
    _choice("Hires upscaler", "hires.upscaler", HiresUpscaler),
    _real("CFG rescale", "cfg_rescale", "0-0.7 [3]"),
    _choice("Guidance method", "guidance", GuidanceMethod),
    _real("Guidance from", "guidance_start", "0-0.4 [3]", aliases=("skip early cfg",)),
    _real("Guidance until", "guidance_end", "0.6-1 [3]"),
    _real("PAG scale", "pag_scale", "0-4 (+2)"),
    AxisType(
        name="Styles", read=_style_lists, change=_change_styles, cost=_WORDS_COST,
        example='None, my style, "one, another"', label=lambda names: ", ".join(names) or "None",
    ),
    AxisType(
        name="Size", read=_sizes, change=_change_size, cost=_SIZE_COST, example="256x256, 256x384",
        label=lambda size: f"{size[0]}x{size[1]}",
    ),
    _choice("Emphasis", "emphasis", Emphasis, cost=_WORDS_COST),
    _choice("RNG source", "noise_source", NoiseSource, aliases=("noise source",)),
    AxisType(
        name="Tiling", read=switches, change=_set("tiling"), cost=_SIZE_COST, example="yes, no",
        label=lambda on: f"Tiling: {'yes' if on else 'no'}", choices=("yes", "no"),
    ),
    _whole("Mask blur", "mask.blur", "0, 4, 16"),
    _choice("Masked content", "mask.content", MaskedContent),
    _whole("Masked area padding", "mask.padding", "0, 32, 64"),
    _choice("Resize mode", "start.resize", ResizeMode),
)  # fmt: skip
"""The axes of what every request has, in the order in which the page lists them."""
