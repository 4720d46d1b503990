"""Where a model's weights are while it computes, and how its pictures are decoded: a policy of sizes alone. Pure.

The less memory there is, the further down the list: everything on the device; the parts that do not fit fetched a group
of layers at a time, the next one while this one computes; every layer fetched by itself. The network, which is called
at every step, is the last to go.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

_WALK_BYTES = 500
"""What a network needs for each pixel of a row and byte of a number, beside its weights: measured for SDXL at 1024 x
1024, about 2 GB for two rows in float16; FLUX.1 needs less."""
_DECODE_BYTES = 1300
"""The same for decoding a picture: SDXL's VAE at 1024 x 1024 in float16, 2.7 GB."""
_TILE_PIXELS = 512 * 512
_FETCHED = 0.1
"""How much of a part that is fetched in groups is on the device at once."""
_LAST_TO_GO = ("unet", "transformer", "vae")


class Placement(StrEnum):
    """Where weights are while the model computes."""

    FULL = "full"
    GROUP = "group"
    SEQUENTIAL = "sequential"


class Decoding(StrEnum):
    """How pictures are decoded: all at once, one after the other, or each of them in tiles."""

    WHOLE = "whole"
    SLICED = "sliced"
    TILED = "tiled"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceMemory:
    """A device: "cpu", "cuda", "mps"; and how many bytes a model may take there, what it has already included."""

    kind: str
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """What a job asks of a model.

    `pixels` of its largest pass, `pictures` at once, `rows` of a prediction, and how many bytes a number has.
    """

    pixels: int = 512 * 512
    pictures: int = 1
    rows: int = 2
    number_bytes: int = 2

    @property
    def to_walk(self) -> int:
        """Bytes for a prediction, beside the weights."""
        return self.pixels * self.rows * self.number_bytes * _WALK_BYTES

    @property
    def to_decode(self) -> int:
        """Bytes to decode one picture, beside the weights."""
        return self.pixels * self.number_bytes * _DECODE_BYTES

    @property
    def to_decode_a_tile(self) -> int:
        """Bytes to decode one tile of a picture, beside the weights and the picture itself."""
        return (min(self.pixels, _TILE_PIXELS) + self.pixels // 16) * self.number_bytes * _DECODE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryPlan:
    """Where the parts are: those in `fetched` come to the device when they are needed, as `placement` says.

    `row_by_row`: predictions are made for one row after the other.
    """

    placement: Placement = Placement.FULL
    fetched: frozenset[str] = frozenset()
    decoding: Decoding = Decoding.WHOLE
    row_by_row: bool = False


def plan_memory(
    device: DeviceMemory, parts: Mapping[str, int], need: Need, *, wanted: str = "auto", tiling: str = "auto"
) -> MemoryPlan:
    """The plan for a model.

    Args:
        device: what there is.
        parts: how many bytes each part's weights take.
        need: what the job asks.
        wanted: "auto", or the placement that the user chose.
        tiling: "auto", or "on" or "off": whether pictures are decoded in tiles.
    """
    placement, fetched = _placement(device, parts, need, wanted)
    resident = sum(size for name, size in parts.items() if name not in fetched)
    rest = device.free - resident - _working_set(parts, fetched)
    if tiling != "auto":
        decoding = Decoding.TILED if tiling == "on" else Decoding.SLICED
    elif need.to_decode * need.pictures <= rest:
        decoding = Decoding.WHOLE
    else:
        decoding = Decoding.SLICED if need.to_decode <= rest else Decoding.TILED
    return MemoryPlan(placement=placement, fetched=fetched, decoding=decoding)


def step_down(plan: MemoryPlan, kind: str, parts: Mapping[str, int], *, decoding: bool) -> MemoryPlan | None:
    """The next plan that needs less memory, None where there is none.

    Args:
        plan: what was not enough.
        kind: the device's.
        parts: the model's parts.
        decoding: whether memory ran out while pictures were decoded or encoded, rather than while they were walked.
    """
    if decoding and plan.decoding is not Decoding.TILED:
        return replace(plan, decoding=Decoding.TILED)
    if kind == "cuda" and plan.placement is not Placement.SEQUENTIAL:
        everything = frozenset(parts)
        grouped = plan.placement is Placement.FULL or plan.fetched != everything
        placement = Placement.GROUP if grouped else Placement.SEQUENTIAL
        return replace(plan, placement=placement, fetched=everything)
    return None if decoding or plan.row_by_row else replace(plan, row_by_row=True)


def told(plan: MemoryPlan, *, decoding: bool) -> str:
    """What a plan means, as a sentence goes on after "There was not enough memory, so"."""
    if decoding and plan.decoding is Decoding.TILED:
        return "the picture is decoded in tiles"
    if plan.row_by_row:
        return "the pictures of the batch are computed one after the other"
    if plan.placement is Placement.SEQUENTIAL:
        return "every layer is fetched when it is needed, which takes longer"
    return "the model is fetched a few layers at a time, which takes longer"


def _placement(
    device: DeviceMemory, parts: Mapping[str, int], need: Need, wanted: str
) -> tuple[Placement, frozenset[str]]:
    if device.kind != "cuda" or wanted == Placement.FULL:
        return Placement.FULL, frozenset()
    everything = frozenset(parts)
    if wanted in (Placement.GROUP, Placement.SEQUENTIAL):
        return Placement(wanted), everything
    work = max(need.to_walk, need.to_decode_a_tile)
    if sum(parts.values()) + work <= device.free:
        return Placement.FULL, frozenset()
    fetched = set(parts)
    for name in sorted(parts, key=lambda name: (_rank(name), -parts[name])):
        without = frozenset(fetched - {name})
        resident = sum(parts[each] for each in everything - without)
        if resident + _working_set(parts, without) + work <= device.free:
            fetched = set(without)
    if _working_set(parts, fetched) + work > device.free:
        return Placement.SEQUENTIAL, everything
    return Placement.GROUP, frozenset(fetched)


def _working_set(parts: Mapping[str, int], fetched: frozenset[str] | set[str]) -> int:
    """Bytes on the device of what is fetched, of which one part computes at a time."""
    return int(max((parts[name] for name in fetched), default=0) * _FETCHED)


def _rank(name: str) -> int:
    return _LAST_TO_GO.index(name) if name in _LAST_TO_GO else len(_LAST_TO_GO)
