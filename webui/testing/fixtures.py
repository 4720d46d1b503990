"""The fixtures: the extension whose test it is, and pictures made with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from webui.extensions.brings import Brings
from webui.extensions.manifest import MANIFEST_FILE
from webui.testing.studio import Studio

MakePicture = Callable[..., Image.Image]
_TRIED = pytest.StashKey[dict[Path, Brings]]()
"""What the extensions bring that were tried out already: once in a run is enough."""


@pytest.fixture(scope="session")
def tiny_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with one Stable Diffusion checkpoint of four megabytes, `tiny`, whose weights are random."""
    from webui.testing.tiny_model import build_tiny_stable_diffusion  # torch: only for tests that make pictures

    models = tmp_path_factory.mktemp("models")
    build_tiny_stable_diffusion(models / "checkpoints" / "tiny")
    return models


@pytest.fixture
def extension(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Studio]:
    """A Darkroom of its own in which this extension alone is on, with an empty data folder."""
    folder, tried = _folder_of(request.path), request.config.stash.setdefault(_TRIED, {})
    with Studio(folder, tmp_path / "darkroom", brings=tried.get(folder)) as studio:
        tried[folder] = studio.extensions.brings(studio.name)
        yield studio


@pytest.fixture
def make_picture(extension: Studio, tiny_models: Path) -> MakePicture:
    """`make_picture("a hill", amount=0.4)`: a picture from the real walk, made by the tiny model and every hook.

    `request={"steps": 2}` sets fields of the request; all else are values of the extension's controls.
    """
    extension.models = tiny_models
    return lambda prompt="a hill", /, **values: extension.make(prompt, **values)[0].image


@pytest.fixture
def make_quick_picture(extension: Studio) -> MakePicture:
    """The same with a fake worker: a picture of noise within milliseconds, and the hooks of web.py alone."""
    return lambda prompt="a hill", /, **values: extension.make(prompt, quick=True, **values)[0].image


def _folder_of(test: Path) -> Path:
    folder = next((each for each in test.parents if (each / MANIFEST_FILE).is_file()), None)
    if folder is None:
        pytest.fail(f"{test} is not in the folder of an extension: there is no {MANIFEST_FILE} above it")
    return folder
