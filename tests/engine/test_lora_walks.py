"""LoRAs of walks and of views: each has its own on the model at each of its calls, whoever called it in between."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import UNet2DConditionModel
from transformers import CLIPTextModel

from tests.one_precision import computed_in
from tests.tiny_loras import full, lora, made, save_lora
from webui.engine.events import ImageDone, Noted, StepDone
from webui.engine.generate import Generator, create
from webui.engine.looks import LookStep
from webui.engine.worker_control import JobControl
from webui.errors import ModelUnusable
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromStep, Hires


class Studio:
    """Jobs with the tiny model and three LoRAs: `one`, `two`, and `wrong`, which is too wide."""

    def __init__(self, models_dir: Path, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.generator: Generator = create([models_dir, data_dir], data_dir, device=torch.device("cpu"))
        self._jobs = 0

    def request(self, prompt: str, **asked: Any) -> GenerationRequest:
        fields = {"prompt": prompt, "seed": 3, "steps": 4, "width": 64, "height": 64, "model": "tiny", **asked}
        return GenerationRequest.parse(fields)

    def run(self, prompt: str, record: str = "off", **asked: Any) -> list[Any]:
        self._jobs += 1
        request = self.request(prompt, **asked)
        return [event for event, _ in self.generator.run(f"job{self._jobs}", request, JobControl(), record=record)]

    def pictures(self, prompt: str, **asked: Any) -> list[bytes]:
        return [_pixels(event) for event in self.run(prompt, **asked) if isinstance(event, ImageDone)]


def _pixels(event: ImageDone) -> bytes:
    import io

    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(event.png))).tobytes()


@pytest.fixture(scope="module")
def studio(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    data_dir, folder = tmp_path_factory.mktemp("data"), tiny_models_dir / "checkpoints" / "tiny"
    parts = {
        "unet": UNet2DConditionModel.from_pretrained(folder / "unet"),
        "text_encoder": CLIPTextModel.from_pretrained(folder / "text_encoder"),
    }
    save_lora(data_dir / "loras" / "one.safetensors", made(parts, lora))
    save_lora(data_dir / "loras" / "two.safetensors", made(parts, full, seed=1))
    name = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k"
    save_lora(data_dir / "loras" / "wrong.safetensors", lora(name, torch.Size([64, 768])))
    (data_dir / "wildcards").mkdir()
    (data_dir / "wildcards" / "style.txt").write_text("<lora:one:0.8>\n<lora:two:0.6>\nplain\n")
    with computed_in(torch.float32):
        yield Studio(tiny_models_dir, data_dir)


def test_the_picture_changes_with_the_weight_and_is_plain_again_without(studio: Studio) -> None:
    plain = studio.pictures("a cat")
    events = studio.run("a cat<lora:one:0.8>")
    assert [event.text for event in events if isinstance(event, Noted)] == ["LoRA 'one': 285 of 285 keys matched."]
    strong, weak = studio.pictures("a cat<lora:one:0.8>"), studio.pictures("a cat<lora:one:0.2>")
    assert len({plain[0], strong[0], weak[0]}) == 3
    assert studio.pictures("a cat") == plain == studio.pictures("a cat<lora:one:0>")


def test_pictures_of_a_batch_that_drew_other_loras_are_those_that_they_are_alone(studio: Studio) -> None:
    events = [event for event in studio.run("a cat __style__", batch_size=6) if isinstance(event, ImageDone)]
    drawn = {event.infotext.splitlines()[0] for event in events}
    assert len(drawn) > 1
    for event in events:
        prompt = event.infotext.splitlines()[0]
        assert [_pixels(event)] == studio.pictures(prompt, seed=event.seed), prompt


def test_the_second_pass_has_the_loras_of_its_own_prompt(studio: Studio) -> None:
    plain = Hires(scale=1.5, strength=0.6, prompt="a cat")
    own = Hires(scale=1.5, strength=0.6, prompt="a cat<lora:two:0.6>")
    without = studio.pictures("a cat", hires=plain)
    second = studio.pictures("a cat", hires=own)
    first = studio.pictures("a cat<lora:one:0.8>", hires=plain)
    both = studio.pictures("a cat<lora:one:0.8>", hires=own)
    assert len({without[0], second[0], first[0], both[0]}) == 4


def test_a_weight_that_comes_up_on_the_way_leaves_the_first_steps_as_they_were(studio: Studio) -> None:
    def states(prompt: str) -> list[np.ndarray]:
        request = studio.request(prompt, steps=6)
        said = studio.generator.run("over", request, JobControl())
        return [preview for event, preview in said if isinstance(event, StepDone) and preview is not None]

    plain, changed = states("a cat"), states("a cat<lora:one:0@0,0@0.5,1@1>")
    same = [np.array_equal(a, b) for a, b in zip(plain, changed, strict=True)]
    assert same == [True, True, True, False, False, False]


def test_a_branch_goes_on_with_the_loras_of_its_own_prompt(studio: Studio) -> None:
    parent = next(event for event in studio.run("a cat<lora:one:0.8>", record="steps") if isinstance(event, ImageDone))
    again = FromStep(trajectory=parent.trajectory, step=2)
    assert studio.pictures("a cat<lora:one:0.8>", start=again) == [_pixels(parent)]
    assert studio.pictures("a cat<lora:two:0.6>", start=again) != [_pixels(parent)]
    assert studio.pictures("a cat", start=again) != studio.pictures("a cat<lora:two:0.6>", start=again)


def _guidance(studio: Studio, trajectory: str, step: int) -> bytes:
    question = LookStep(trajectory=trajectory, step=step, view="guidance", model="tiny", picture=0, format="png")
    return studio.generator.look(question).parts[0]


def test_views_and_a_running_job_each_have_their_own_loras_at_their_calls(studio: Studio) -> None:
    one, plain = (
        next(event for event in studio.run(prompt, record="steps") if isinstance(event, ImageDone))
        for prompt in ("a cat<lora:one:0.8>", "a cat")
    )
    alone = [_guidance(studio, each.trajectory, 2) for each in (one, plain)]
    assert alone[0] != alone[1]
    undisturbed = studio.pictures("a dog<lora:two:0.6>")
    pictures, views = [], []
    for event, _ in studio.generator.run("busy", studio.request("a dog<lora:two:0.6>"), JobControl()):
        if isinstance(event, StepDone):
            views.append([_guidance(studio, each.trajectory, 2) for each in (one, plain)])
        if isinstance(event, ImageDone):
            pictures.append(_pixels(event))
    assert pictures == undisturbed
    assert views == [alone] * 4


def test_one_that_does_not_fit_ends_the_job_with_the_reason_and_not_the_next_one(studio: Studio) -> None:
    plain = studio.pictures("a cat")
    with pytest.raises(ModelUnusable, match=r"'wrong' does not fit the model 'tiny'.*768 inputs") as refused:
        studio.run("a cat<lora:wrong:1>")
    assert "made for SD 1" in refused.value.hint
    assert studio.pictures("a cat") == plain


def test_the_infotext_keeps_the_tags(studio: Studio) -> None:
    event = next(event for event in studio.run("a cat<lora:one:0.8>") if isinstance(event, ImageDone))
    assert event.infotext.startswith("a cat<lora:one:0.8>\n")
