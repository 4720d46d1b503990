"""What can be asked of SDXL beside its plain pictures, on the real networks: pictures, masks, second passes, resume."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from tests.engine.blended_walks import assert_blends
from tests.engine.recorded_walks import Recorded, assert_same_walk
from webui.diffusion.families.base import Family
from webui.engine.source_picture import SourcePicture, source_picture
from webui.generation.model_options import SizeConditioning
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Hires, Mask
from webui.library.inputs import InputStore
from webui.model_manager.manager import ModelManager

REQUEST = GenerationRequest(
    prompt="the [cat:dog:0.5] in a (red:1.3) hat AND rain:0.4", seed=7, steps=3, width=64, height=64, batch_size=2,
    cfg_scale=6.0, size_conditioning=SizeConditioning(original_width=512, original_height=384, crop_top=8),
)  # fmt: skip


@pytest.fixture(scope="module")
def manager(sdxl_models: Path, tmp_path_factory: pytest.TempPathFactory) -> ModelManager:
    return ModelManager(models_dirs=(sdxl_models.parent,), data_dir=tmp_path_factory.mktemp("data"))


@pytest.fixture
def inputs(tmp_path: Path) -> InputStore:
    return InputStore(tmp_path)


def _family(manager: ModelManager, name: str) -> Family:
    loading = manager.load(name)
    while True:
        try:
            next(loading)
        except StopIteration as end:
            return end.value.family


def _resumes(request: GenerationRequest, family: Family, source: SourcePicture | None = None) -> Recorded:
    original = Recorded(request, family, source=source)
    for step in range(len(original.steps) + 1):
        assert_same_walk(original.taken_up(step), original)
    return original


@pytest.mark.parametrize(("model", "sampler"), [("base", "DPM++ 2M"), ("base", "Euler a"), ("refiner", "Euler")])
def test_a_walk_resumes_exactly_from_every_step(manager: ModelManager, model: str, sampler: str) -> None:
    _resumes(REQUEST.with_changes(sampler=sampler), _family(manager, model))


@pytest.mark.parametrize("model", ["base", "inpaint"])
@pytest.mark.parametrize("soft", [None, False, True], ids=["whole", "hard mask", "soft mask"])
def test_from_a_picture_it_resumes_exactly(
    manager: ModelManager, inputs: InputStore, model: str, *, soft: bool | None
) -> None:
    grey = Image.linear_gradient("L").resize((64, 64))
    start = FromPicture(picture=inputs.add(grey.convert("RGB")), strength=0.8)
    mask = None if soft is None else Mask(picture=inputs.add(grey.rotate(90)), soft=soft)
    request = REQUEST.with_changes(start=start, mask=mask, steps=4, batch_size=1)
    _resumes(request, _family(manager, model), source_picture(request, inputs))


def test_the_second_pass_is_told_its_own_size_and_resumes_exactly(manager: ModelManager) -> None:
    hires = Hires(scale=1.5, strength=0.6, steps=2)
    request = REQUEST.with_changes(hires=hires, batch_size=1, size_conditioning=None)
    original = _resumes(request, _family(manager, "base"))
    assert {picture.size for picture in original.walk.pictures()} == {(96, 96)}
    told = Recorded(
        request.with_changes(size_conditioning=SizeConditioning(original_width=64, original_height=64)),
        _family(manager, "base"),
    )
    # The first pass is told what it would have been told anyway, the second one something else.
    assert torch.equal(told.steps[2].latents, original.steps[2].latents)
    assert not torch.equal(told.end, original.end)


def test_ideas_are_blended_and_points_walk_together(manager: ModelManager) -> None:
    assert_blends(REQUEST, _family(manager, "base"))
