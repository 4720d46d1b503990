import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from webui.errors import InvalidRequest
from webui.exploring import projection
from webui.exploring.projection import ProjectionWay, project


def test_what_lies_on_a_plane_keeps_its_distances_up_to_one_scale() -> None:
    rng = np.random.default_rng(1)
    flat = rng.normal(size=(7, 2))
    turned, _ = np.linalg.qr(rng.normal(size=(50, 2)))
    projected = project(flat @ turned.T + 3)
    places = np.array(projected.places)
    assert projected.explained == pytest.approx(1)
    ratio = _distances(places)[1:, 0] / _distances(flat)[1:, 0]
    assert ratio == pytest.approx(np.full(6, ratio[0]))
    assert np.abs(places).max() == pytest.approx(1)


def test_the_share_of_variance_is_that_of_the_two_first_axes() -> None:
    vectors = np.diag([4.0, 3.0, 2.0, 1.0, 0.0])
    centred = vectors - vectors.mean(axis=0)
    variances = np.sort(np.linalg.eigvalsh(centred.T @ centred))[::-1]
    assert project(vectors).explained == pytest.approx(variances[:2].sum() / variances.sum())


def test_the_same_vectors_have_the_same_places_whatever_sign_the_axes_had() -> None:
    vectors = np.random.default_rng(2).normal(size=(5, 30)).astype(np.float32)
    assert project(vectors) == project(vectors.copy())
    places = np.array(project(vectors).places)
    assert (places[np.abs(places).argmax(axis=0), [0, 1]] > 0).all()


@pytest.mark.parametrize(
    ("vectors", "places"),
    [
        (np.ones((1, 9)), [(0, 0)]),
        (np.array([[0.1, 0.3, 2.7], [0.2, 0.6, -2.3]]), [(1, 0), (-1, 0)]),
        (np.ones((4, 9)), [(0, 0)] * 4),
        (np.array([[1.0], [2.0], [4.0]]), None),
    ],
)
def test_few_equal_or_short_vectors_have_places_too(vectors: np.ndarray, places: list[Any] | None) -> None:
    projected = project(vectors)
    assert len(projected.places) == len(vectors)
    assert np.isfinite(projected.places).all() and projected.explained == pytest.approx(1)
    assert places is None or np.array(projected.places) == pytest.approx(np.array(places), abs=1e-15)


def test_umap_that_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "umap_is_installed", lambda: False)
    with pytest.raises(InvalidRequest) as caught:
        project(np.eye(5), ProjectionWay.UMAP)
    assert caught.value.field == "projection" and "umap-learn" in caught.value.hint


def test_umap_is_asked_with_as_many_neighbours_as_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}

    class Umap:
        def __init__(self, **options: Any) -> None:
            asked.update(options)

        def fit_transform(self, vectors: np.ndarray) -> np.ndarray:
            return vectors[:, :2] + 5

    stands_in: Any = ModuleType("umap")
    stands_in.UMAP = Umap
    monkeypatch.setitem(sys.modules, "umap", stands_in)
    monkeypatch.setattr(projection, "umap_is_installed", lambda: True)
    projected = project(np.eye(6), ProjectionWay.UMAP)
    assert asked["n_neighbors"] == 5 and asked["random_state"] == 0
    assert projected.explained is None and np.abs(projected.places).max() == pytest.approx(1)
    asked.clear()
    assert project(np.eye(3), ProjectionWay.UMAP).explained is not None and not asked


def _distances(places: np.ndarray) -> np.ndarray:
    return np.linalg.norm(places[:, None] - places[None], axis=-1)
