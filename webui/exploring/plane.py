"""Weights of places on a plane: how much each counts at a point, by distance or by the triangle around it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.float64]

SAME_PLACE = 1e-9
"""Points that are no farther apart are one point."""

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlaneWeights:
    """How much each place counts at a point, which sums to one, and whether the point is in their convex hull.

    Weights by triangles are below 0 and above 1 outside of the hull: extrapolation.
    """

    weights: tuple[float, ...]
    inside: bool


def inverse_distance_weights(places: Sequence[Place], at: Place, power: float) -> tuple[float, ...]:
    """Weights by one over the distance to a power (Shepard 1968); at a place itself, exactly that place.

    Places that lie together share what falls to them.
    """
    distances = np.array([math.dist(place, at) for place in places])
    nearest = distances.min()
    if nearest <= SAME_PLACE:
        return _normed((distances <= SAME_PLACE).astype(float))
    return _normed((nearest / distances) ** power)


def triangle_weights(places: Sequence[Place], at: Place) -> tuple[float, ...]:
    """Barycentric weights in the triangle around a point, of a Delaunay triangulation of the places.

    Outside of them the triangle is taken that has to be extended least, so that some weights are below 0. Places on
    one line are its corners two by two. At a place itself it is exactly that place.
    """
    distinct, members = _distinct(places)
    sums = _distinct_weights(distinct, np.array(at, float))
    weights = np.array([sums[member] / members.count(member) for member in members])
    return _normed(np.where(np.abs(weights) <= SAME_PLACE, 0.0, weights))


def is_inside(places: Sequence[Place], at: Place) -> bool:
    """Whether a point is in the convex hull of places, its edges included."""
    distinct, _ = _distinct(places)
    weights = _distinct_weights(distinct, np.array(at, float))
    reached = weights @ distinct
    return bool(weights.min() >= -SAME_PLACE and math.dist(reached, at) <= SAME_PLACE)


def _normed(weights: "NDArray[np.float64]") -> tuple[float, ...]:
    return tuple(float(weight) for weight in weights / weights.sum())


def _distinct(places: Sequence[Place]) -> "tuple[Places, list[int]]":
    """The different places, and which of them each place is."""
    distinct: list[Place] = []
    members: list[int] = []
    for place in places:
        known = next((index for index, each in enumerate(distinct) if math.dist(each, place) <= SAME_PLACE), None)
        if known is None:
            distinct.append(place)
        members.append(len(distinct) - 1 if known is None else known)
    return np.array(distinct, float), members


def _distinct_weights(places: "Places", at: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Barycentric weights of different places; the point itself where they span the plane, else the nearest of it."""
    distances = np.hypot(*(places - at).T)
    if distances.min() <= SAME_PLACE:
        return (np.arange(len(places)) == distances.argmin()).astype(float)
    triangles = _triangles(places)
    if triangles is None:
        return _line_weights(places, at)
    weights = np.zeros(len(places))
    # Of all triangles the one whose smallest weight is largest: that which holds the point, if one does.
    corners, best = max(
        ((corners, _barycentric(places[corners], at)) for corners in triangles), key=lambda found: found[1].min()
    )
    weights[corners] = best
    return weights


def _triangles(places: "Places") -> Any:
    """The corners of the Delaunay triangles, or None where the places are on one line."""
    from scipy.spatial import Delaunay, QhullError

    spread = np.linalg.svd(places - places.mean(axis=0), compute_uv=False)
    if len(places) < 3 or spread[1] <= SAME_PLACE * max(1.0, spread[0]):
        return None
    try:
        return Delaunay(places).simplices
    except QhullError:
        return None


def _barycentric(corners: "Places", at: "NDArray[np.float64]") -> "NDArray[np.float64]":
    edges = (corners[:2] - corners[2]).T
    first, second = np.linalg.solve(edges, at - corners[2])
    return np.array([first, second, 1.0 - first - second])


def _line_weights(places: "Places", at: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Weights of the two neighbours of a point's foot on the line through the places, the line's ends extended."""
    weights = np.zeros(len(places))
    if len(places) == 1:
        return weights + 1.0
    direction = np.linalg.svd(places - places.mean(axis=0))[2][0]
    along, foot = places @ direction, float(at @ direction)
    order = np.argsort(along)
    left = int(np.clip(np.searchsorted(along[order], foot) - 1, 0, len(places) - 2))
    begin, end = order[left], order[left + 1]
    share = (foot - along[begin]) / (along[end] - along[begin])
    weights[begin], weights[end] = 1.0 - share, share
    return weights
