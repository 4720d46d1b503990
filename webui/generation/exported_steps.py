"""What a picture of a walk's steps says of itself: the infotext of the picture that was walked to, and which steps."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from webui.generation.infotext import write_infotext
from webui.generation.request import GenerationRequest
from webui.generation.trajectory import TrajectorySummary

RECORDING, PICTURE, STEP, STEPS, VIEW = (
    "Exported recording", "Exported picture", "Exported step", "Exported steps", "Exported view",
)  # fmt: skip
_ONE = re.compile(r"([0-9]{1,6}) of ([0-9]{1,6})")
_ID = re.compile(r"[0-9a-f]{32}")


class View(StrEnum):
    """Which latents of a step are shown: the noisy ones, or the clean ones that they point at."""

    XT = "xt"
    X0 = "x0"


@dataclass(frozen=True, slots=True)
class ExportedStep:
    """Which step a picture shows: of which recording, in which view; `picture` is its number among those of it."""

    trajectory: str
    picture: int
    step: int
    last: int
    view: View

    @classmethod
    def read(cls, pairs: Mapping[str, str]) -> Self | None:
        """From the pairs of an infotext; None when it is of no exported step."""
        told = _ONE.fullmatch(pairs.get(STEP, ""))
        trajectory, picture, view = (pairs.get(key, "") for key in (RECORDING, PICTURE, VIEW))
        if told is None or not _ID.fullmatch(trajectory) or view not in tuple(View):
            return None
        number = int(picture) if picture.isascii() and picture.isdecimal() and len(picture) < 3 else 0
        return cls(trajectory, number, int(told[1]), int(told[2]), View(view))


def picture_request(summary: TrajectorySummary, picture: int) -> GenerationRequest:
    """The request that makes picture number `picture` of a recording alone."""
    header = summary.header
    seeds = {"seed": header.seeds[picture], "variation_seed": header.variation_seeds[picture]}
    return header.request_of(picture).with_changes(**seeds, batch_size=1, batch_count=1, model=header.model.name)


def exported_infotext(summary: TrajectorySummary, picture: int, steps: Sequence[int], view: View) -> str:
    """The infotext of a picture, sheet or film of one or more steps of a recording."""
    last = summary.positions
    told = {STEP: f"{steps[0]} of {last}"} if len(steps) == 1 else {STEPS: f"{steps[0]} to {steps[-1]} of {last}"}
    extra = {RECORDING: summary.header.id, PICTURE: str(picture) if picture else None, **told, VIEW: view.value}
    written = {key: value for key, value in extra.items() if value is not None}
    return write_infotext(picture_request(summary, picture), written)
