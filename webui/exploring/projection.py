"""Places on a plane for vectors of many dimensions."""

import importlib.util
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np

from webui.errors import InvalidRequest

if TYPE_CHECKING:
    from numpy.typing import NDArray

_NEIGHBOURS = 15
"""How many neighbours UMAP looks at, its own default; fewer where there are not so many."""
_LEAST_FOR_UMAP = 4
_NOTHING = 1e-9
"""An axis that is so much shorter than the longest is there by rounding alone."""


class ProjectionWay(StrEnum):
    """How vectors come onto a plane."""

    PCA = "pca"
    """Along the two directions in which they differ most (Pearson 1901)."""
    UMAP = "umap"
    """So that neighbours stay neighbours (McInnes, Healy & Melville 2018); by the package umap-learn."""


@dataclass(frozen=True, slots=True)
class Projected:
    """Where vectors lie on a plane, from -1 to 1 each way, and how much of their variance can be seen there.

    `explained` is a share from 0 to 1, None where the way of projecting has no such figure.
    """

    places: tuple[tuple[float, float], ...]
    explained: float | None


def project(vectors: "NDArray[np.floating]", way: ProjectionWay = ProjectionWay.PCA) -> Projected:
    """Places on a plane for vectors of shape (n, d); the same each time.

    Both axes have one scale, so that distances can be compared. UMAP needs four vectors at least; fewer go by PCA.

    Raises:
        InvalidRequest: UMAP is asked for and is not installed.
    """
    if way is ProjectionWay.UMAP and not umap_is_installed():
        raise InvalidRequest(
            "projection: UMAP is not installed.", field="projection",
            hint="Take 'pca', or install the package umap-learn where Darkroom runs: pip install umap-learn.",
        )  # fmt: skip
    by_umap = way is ProjectionWay.UMAP and len(vectors) >= _LEAST_FOR_UMAP
    return _by_umap(vectors) if by_umap else _by_pca(vectors)


def umap_is_installed() -> bool:
    """Whether UMAP can be asked for."""
    return importlib.util.find_spec("umap") is not None


def _by_pca(vectors: "NDArray[np.floating]") -> Projected:
    centred = np.asarray(vectors, np.float64)
    centred = centred - centred.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    sizes = np.where(sizes > _NOTHING * sizes.max(), sizes, 0.0)
    places = np.zeros((len(centred), 2))
    axes = min(2, len(sizes))
    places[:, :axes] = left[:, :axes] * sizes[:axes]
    total = float(np.square(sizes).sum())
    explained = float(np.square(sizes[:2]).sum() / total) if total else 1.0
    return Projected(_placed(places), explained)


def _by_umap(vectors: "NDArray[np.floating]") -> Projected:
    from umap import UMAP  # pyright: ignore[reportMissingImports]

    neighbours = min(_NEIGHBOURS, len(vectors) - 1)
    # Spectral beginnings need more vectors than a map has.
    reducer = UMAP(n_components=2, n_neighbors=neighbours, init="random", random_state=0, n_jobs=1)
    places = np.asarray(reducer.fit_transform(np.asarray(vectors, np.float32)), np.float64)
    return Projected(_placed(places - places.mean(axis=0)), None)


def _placed(places: "NDArray[np.float64]") -> tuple[tuple[float, float], ...]:
    """The places within -1 and 1, turned so that the farthest of each axis lies on its positive side."""
    farthest = np.abs(places).argmax(axis=0)
    signs = np.where(places[farthest, [0, 1]] < 0, -1.0, 1.0)
    reach = np.abs(places).max()
    scaled = places * signs / (reach if reach > 0 else 1.0)
    return tuple((float(x), float(y)) for x, y in scaled)
