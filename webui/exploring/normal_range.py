"""The normal range of a model's pictures in latent space, and how strange a picture is by it. Pure.

Pictures of plain prompts lie close together in the statistics of their latents. How far a picture lies from the normal
mean is counted in units of each statistic's own spread; over the channels of one kind of statistic, such as their
means, the root mean square is taken, and strangeness is the largest of these: what falls apart does so in one way, by
its texture, its colours or its contrast. Normal pictures have about 1. It is not the distance of Mahalanobis, as the
few pictures that are affordable tell spreads, but no covariances.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from webui.errors import InvalidRequest

if TYPE_CHECKING:
    from numpy.typing import NDArray

Statistics = Mapping[str, float]
"""What is measured of a picture: by names as "channel 1 mean", of which the first two words are not the kind."""

_OF_A_HUNDRED = 2.326
"""How many deviations above the mean one of a hundred lies in a normal distribution."""
_LEAST_PICTURES = 8
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Spread:
    """The mean of a statistic over normal pictures, and its standard deviation."""

    mean: float
    deviation: float


@dataclass(frozen=True, slots=True)
class NormalRange:
    """What is normal for a model.

    `edge` is the strangeness that 99 of 100 normal pictures do not reach; `pictures` says of how many it was measured.
    """

    spreads: Mapping[str, Spread]
    edge: float
    pictures: int

    @classmethod
    def of(cls, pictures: Sequence[Statistics]) -> Self:
        """The range of some normal pictures; all have the same statistics.

        The edge is that of a log-normal distribution of the strangeness, which each picture has by the range of all
        others: by its own it would be less strange than a new one.

        Raises:
            ValueError: there are fewer than eight pictures.
        """
        if len(pictures) < _LEAST_PICTURES:
            raise ValueError(f"{len(pictures)} pictures do not tell what is normal")
        spreads = _spreads(pictures)
        strange = np.log(np.maximum(_by_the_others(pictures), _TINY))
        edge = math.exp(strange.mean() + _OF_A_HUNDRED * strange.std(ddof=1))
        return cls(spreads, edge, len(pictures))

    @property
    def kinds(self) -> set[str]:
        """The kinds of statistics that it has, such as "mean"."""
        return {_kind(name) for name in self.spreads}

    def strangeness(self, picture: Statistics) -> float:
        """How strange a picture is, at least 0.

        Raises:
            InvalidRequest: it has other statistics, as its latents have other channels.
        """
        if picture.keys() != self.spreads.keys():
            raise InvalidRequest("The normal range is that of another kind of model.", field="model")
        return _strangeness(picture, self.spreads)

    def as_json(self) -> dict[str, Any]:
        """Plain values, as they are kept and told."""
        told = [
            {"name": name, "mean": spread.mean, "deviation": spread.deviation} for name, spread in self.spreads.items()
        ]
        return {"edge": self.edge, "pictures": self.pictures, "statistics": told}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self | None:
        """That of kept values; None where they are not those of a range."""
        try:
            spreads = {
                str(each["name"]): Spread(float(each["mean"]), float(each["deviation"]))
                for each in values["statistics"]
            }
            edge, pictures = float(values["edge"]), int(values["pictures"])
        except (KeyError, TypeError, ValueError):
            return None
        all_numbers = [edge, *(number for spread in spreads.values() for number in (spread.mean, spread.deviation))]
        usable = all(map(math.isfinite, all_numbers)) and edge > 0
        return cls(spreads, edge, pictures) if spreads and usable else None


def _spreads(pictures: Sequence[Statistics]) -> dict[str, Spread]:
    values = _table(pictures)
    means, deviations = values.mean(axis=0).tolist(), values.std(axis=0, ddof=1).tolist()
    return {name: Spread(*spread) for name, *spread in zip(pictures[0], means, deviations, strict=True)}


def _by_the_others(pictures: Sequence[Statistics]) -> "NDArray[np.float64]":
    """How strange each picture is by the range of all others."""
    values, others = _table(pictures), len(pictures) - 1
    from_mean = values - values.mean(axis=0)
    # Without a picture, the mean of the others lies farther from it, and their squares add up to less.
    far = from_mean * (others + 1) / others
    squares = np.square(from_mean).sum(axis=0) - np.square(from_mean) * (others + 1) / others
    deviations = np.sqrt(np.maximum(squares, 0.0) / (others - 1))
    return _strangest_kind(far / np.maximum(deviations, _TINY), list(pictures[0]))


def _strangeness(picture: Statistics, spreads: Mapping[str, Spread]) -> float:
    far = [(picture[name] - spread.mean) / max(spread.deviation, _TINY) for name, spread in spreads.items()]
    return float(_strangest_kind(np.array([far]), list(spreads))[0])


def _strangest_kind(far: "NDArray[np.float64]", names: Sequence[str]) -> "NDArray[np.float64]":
    """Of pictures whose statistics lie so many deviations from the mean, (n, names), the strangeness, (n,)."""
    kinds = np.array([_kind(name) for name in names])
    return np.max([np.sqrt(np.square(far[:, kinds == kind]).mean(axis=1)) for kind in sorted(set(kinds))], axis=0)


def _kind(name: str) -> str:
    return name.split(" ", 2)[-1]


def _table(pictures: Sequence[Statistics]) -> "NDArray[np.float64]":
    return np.array([[picture[name] for name in pictures[0]] for picture in pictures])
