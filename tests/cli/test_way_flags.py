from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from webui.cli.main import main
from webui.generation.request import GenerationRequest


@pytest.fixture
def folders(tiny_models_dir: Path, tmp_path: Path) -> list[str]:
    return ["--models-dir", str(tiny_models_dir), "--data-dir", str(tmp_path / "data"), "--model", "tiny"]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "in.png"
    Image.linear_gradient("L").resize((64, 96)).convert("RGB").save(file)
    return file


@pytest.fixture
def mask(tmp_path: Path) -> Path:
    file = tmp_path / "mask.png"
    drawn = Image.new("L", (64, 96))
    ImageDraw.Draw(drawn).rectangle((32, 0, 63, 95), fill=255)
    drawn.save(file)
    return file


def _made(folders: list[str], out: Path, *arguments: str) -> tuple[Image.Image, GenerationRequest]:
    assert main(["generate", *folders, "--steps", "2", "--seed", "1", "--out", str(out), *arguments]) == 0
    picture = Image.open(out)
    return picture, GenerationRequest.model_validate_json(picture.text["darkroom"])


def test_a_masked_picture_keeps_its_own_size_and_what_the_mask_keeps(
    folders: list[str], tmp_path: Path, picture: Path, mask: Path
) -> None:
    flags = ["--init-image", str(picture), "--mask", str(mask), "--mask-blur", "0", "--masked-content", "noise"]
    made, request = _made(folders, tmp_path / "a.png", *flags, "--strength", "0.9")
    assert np.array_equal(np.asarray(made)[:, :32], np.asarray(Image.open(picture))[:, :32])
    assert request.mask is not None
    assert (request.width, request.height, request.mask.content, request.start.strength) == (
        64, 96, "latent noise", 0.9,
    )  # fmt: skip


def test_outpainting_adds_its_margins_to_the_pictures_size(folders: list[str], tmp_path: Path, picture: Path) -> None:
    made, _ = _made(folders, tmp_path / "a.png", "--init-image", str(picture), "--outpaint", "32,0,0,16")
    assert made.size == (96, 112)


def test_the_other_flags_reach_the_request(folders: list[str], tmp_path: Path) -> None:
    flags = ["--hires-scale", "1.5", "--hires-steps", "2", "--hires-strength", "0.5", "--hires-upscaler", "lanczos"]
    flags += ["--variation-seed", "5", "--variation-strength", "0.2", "--clip-skip", "2", "--tiling"]
    made, request = _made(folders, tmp_path / "a.png", *flags, "--width", "64", "--height", "64")
    assert made.size == (96, 96)
    assert request.hires is not None
    assert (request.hires.upscaler, request.variation_seed, request.clip_skip, request.tiling) == (
        "Lanczos", 5, 2, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--init-image", "nowhere.png"], "cannot be read"),
        (["--init-image", "TEXT"], "init-image"),
        (["--mask", "PICTURE"], "mask: it needs --init-image"),
        (["--strength", "0.5"], "strength: it needs --init-image"),
        (["--mask-blur", "2"], "mask-blur: it needs --mask"),
        (["--init-image", "PICTURE", "--outpaint", "1,2"], "four whole numbers"),
        (["--init-image", "PICTURE", "--outpaint", "0,0,0,7"], "multiple of 8"),
        (["--init-image", "PICTURE", "--strength", "2"], "at most 1"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    folders: list[str],
    tmp_path: Path,
    picture: Path,
    capsys: pytest.CaptureFixture[str],
    flags: list[str],
    says: str,
) -> None:
    text = tmp_path / "text.png"
    text.write_text("not a picture")
    given = [{"PICTURE": str(picture), "TEXT": str(text)}.get(flag, flag) for flag in flags]
    assert main(["generate", *folders, *given]) == 2
    error = capsys.readouterr().err
    assert says in error
    assert "Traceback" not in error
