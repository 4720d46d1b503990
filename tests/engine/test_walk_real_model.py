"""Resume and branch with a real model's parts: the text encoder, the UNet and the autoencoder, with random weights."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from tests.engine.recorded_walks import Recorded, assert_same_walk
from webui.diffusion.families.base import Family
from webui.engine.source_picture import SourcePicture, source_picture
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Hires, Mask
from webui.library.inputs import InputStore
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.loading.load_model import exhausted, load_family
from webui.model_manager.manager import ModelManager

REQUEST = GenerationRequest(
    prompt="the [cat:dog:0.5] in a (red:1.3) hat AND [rain|snow] :0.4", negative_prompt="[bad:worse:3]", seed=11,
    steps=5, width=64, height=64, batch_size=2, cfg_scale=6.0,
)  # fmt: skip


@pytest.fixture(scope="module")
def manager(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelManager:
    return ModelManager(models_dirs=(tiny_models_dir,), data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture
def inputs(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path)


def _family(manager: ModelManager, name: str = "tiny") -> Family:
    return exhausted(manager.load(name)).family


def _resumes_exactly(original: Recorded) -> None:
    for step in range(len(original.steps) + 1):
        assert_same_walk(original.taken_up(step), original)
    again = original.taken_up(len(original.steps) - 1)
    assert [made.tobytes() for made in again.walk.pictures()] == [made.tobytes() for made in original.walk.pictures()]


@pytest.mark.parametrize(
    ("model", "sampler"),
    [("tiny", name) for name in ("DPM++ 2M", "DPM++ SDE", "Heun", "DPM2 a", "PLMS")]
    + [("tiny-v", name) for name in ("Euler a", "UniPC")],
)
def test_a_walk_of_a_real_model_resumes_exactly_to_its_pictures(
    manager: ModelManager, model: str, sampler: str
) -> None:
    _resumes_exactly(Recorded(REQUEST.with_changes(sampler=sampler, model=model), _family(manager, model)))


@pytest.mark.parametrize(
    "changes",
    [
        {"guidance": "APG", "pag_scale": 1.0, "cfg_rescale": 0.3},
        {"variation_seed": 5, "variation_strength": 0.3, "tiling": True},
        {"hires": Hires(scale=1.5, strength=0.6, upscaler="Lanczos", prompt="a [dog:cat:1.5]")},  # type: ignore[arg-type]
        {"sampler": "DPM++ 2M SDE", "clip_skip": 2, "emphasis": "No norm"},
    ],
    ids=["guidance", "noise", "second pass", "text"],
)
def test_what_is_asked_of_a_real_model_resumes_exactly(manager: ModelManager, changes: dict[str, Any]) -> None:
    _resumes_exactly(Recorded(REQUEST.with_changes(**{"sampler": "Euler a"} | changes), _family(manager)))


def _masked(inputs: InputStore, *, soft: bool) -> dict[str, Any]:
    across = np.tile(np.linspace(0, 255, 64).astype(np.uint8), (64, 1))
    picture = inputs.add(Image.fromarray(np.stack([across, across.T, 255 - across], axis=-1)))
    mask = inputs.add(Image.fromarray(across if soft else (across > 128).astype(np.uint8) * 255))
    return {"start": FromPicture(picture=picture, strength=0.8), "mask": Mask(picture=mask, soft=soft, blur=0)}


@pytest.mark.parametrize("model", ["tiny", "tiny-inpaint"])
@pytest.mark.parametrize("soft", [False, True])
def test_a_masked_picture_of_a_real_model_resumes_exactly(
    manager: ModelManager, inputs: InputStore, model: str, *, soft: bool
) -> None:
    request = REQUEST.with_changes(sampler="Euler a", model=model, **_masked(inputs, soft=soft))
    source = source_picture(request, inputs)
    assert isinstance(source, SourcePicture)
    _resumes_exactly(Recorded(request, _family(manager, model), source=source))


def test_a_walk_in_half_precision_resumes_exactly(tiny_models_dir: Path) -> None:
    entry = Catalogue((tiny_models_dir,)).find("tiny")
    family = exhausted(load_family(entry, device=torch.device("cpu"), dtype=torch.bfloat16))
    original = Recorded(REQUEST.with_changes(sampler="DPM++ 2M SDE"), family)
    assert original.end.dtype == torch.bfloat16
    _resumes_exactly(original)


@pytest.mark.parametrize("model", ["tiny-v", "tiny-inpaint"])
def test_another_model_of_the_same_latents_takes_a_walk_up(manager: ModelManager, model: str) -> None:
    original = Recorded(REQUEST.with_changes(sampler="DPM++ 2M"), _family(manager))
    branch = original.taken_up(2, model=model, family=_family(manager, model))
    assert torch.equal(branch.steps[1].latents, original.steps[1].latents)
    assert torch.isfinite(branch.end).all()
    assert not torch.allclose(branch.end.float(), original.end.float())
    assert_same_walk(branch.taken_up(4), branch)


def test_a_painting_on_a_real_models_prediction_moves_what_was_painted_alone(manager: ModelManager) -> None:
    """The picture as it is shown and sent back, with a stroke in its upper left corner."""
    original = Recorded(REQUEST.with_changes(sampler="Euler", batch_size=1), _family(manager))
    shown = original.family.decode(original.steps[2].clean)[0]
    painted = shown.copy()
    painted[:16, :16] = (250, 250, 0)
    untouched, touched = (original.taken_up(2, painting=Image.fromarray(each)) for each in (shown, painted))
    torch.testing.assert_close(untouched.end, original.end, atol=1e-4, rtol=1e-4)
    before, after = untouched.trajectory.passes[1].start, touched.trajectory.passes[1].start
    changed = (before != after).any(dim=1)[0]
    assert changed[:2, :2].all()
    assert not changed[2:].any()
    assert not changed[:, 2:].any()
