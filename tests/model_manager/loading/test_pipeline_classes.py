"""Which of diffusers' pipelines can be run, told from their source without importing anything."""

import re
import subprocess
import sys

import pytest

from webui.generation.families import Capability
from webui.model_manager.loading.pipeline_classes import described_pipeline

PICTURES = (
    "PixArtAlphaPipeline",
    "SanaPipeline",
    "AuraFlowPipeline",
    "KandinskyV22CombinedPipeline",
    "HunyuanDiTPipeline",
)
FILMS = ("WanPipeline", "LTXPipeline", "CogVideoXPipeline", "MochiPipeline", "HunyuanVideoPipeline")


@pytest.mark.parametrize("name", PICTURES + FILMS)
def test_pipelines_that_make_pictures_or_films_of_a_prompt_can_be_run(name: str) -> None:
    described = described_pipeline(name)
    assert described is not None and described.problem is None
    assert (Capability.VIDEO in described.call.capabilities) == (name in FILMS)
    assert Capability.NEGATIVE_PROMPT in described.call.capabilities


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("StableAudioPipeline", "neither pictures nor films"),
        ("DDPMPipeline", "no prompt"),
        ("KandinskyV22Pipeline", "no prompt"),
        ("PaintByExamplePipeline", "no prompt|example_image"),
        ("FluxControlNetPipeline", "control"),
        ("WanVideoToVideoPipeline", "film to start from"),
    ],
)
def test_what_needs_something_else_says_what(name: str, reason: str) -> None:
    described = described_pipeline(name)
    assert described is not None and described.problem is not None
    assert re.search(reason, described.problem)


@pytest.mark.parametrize(
    "name", ["EvilPipeline", "../../etc/passwdPipeline", "os.systemPipeline", None, 3, ["WanPipeline"]]
)
def test_what_diffusers_does_not_export_is_no_pipeline(name: object) -> None:
    assert described_pipeline(name if not isinstance(name, list) else tuple(name)) is None


def test_nothing_is_imported_for_it() -> None:
    asked = (
        "import sys; from webui.model_manager.loading.pipeline_classes import described_pipeline;"
        "described_pipeline('WanPipeline'); print({'torch', 'diffusers', 'transformers'} & set(sys.modules))"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


def test_networks_that_are_told_a_guidance_scale_are_told_from_those_that_are_not() -> None:
    told = {name: described_pipeline(name) for name in ("HunyuanVideoPipeline", "QwenImageEditPipeline", "WanPipeline")}
    capable = {name: each is not None and each.call.is_told_guidance for name, each in told.items()}
    assert capable == {"HunyuanVideoPipeline": True, "QwenImageEditPipeline": False, "WanPipeline": False}
