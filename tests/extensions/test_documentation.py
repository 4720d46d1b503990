"""The examples of docs/extensions: they are put together from the pages' code blocks and run."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from webui.errors import InvalidRequest
from webui.extensions.hook_table import HOOKS
from webui.extensions.manifest import read_manifest
from webui.extensions.template import write_extension
from webui.generation.ways import Hires
from webui.testing import Studio

DOCS = Path(__file__).parents[2] / "docs" / "extensions"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"(?:#|//|<!--|/\*) (\S+\.(?:py|html|js|css))")


def _write_example(page: str, folder: Path) -> Path:
    """The extension that a page's blocks make: the first toml is its manifest, others begin with their file's name."""
    files: dict[str, str] = {}
    for kind, text in _BLOCK.findall((DOCS / page).read_text("utf-8")):
        if kind == "toml":
            files.setdefault("extension.toml", text)
        elif named := _FILE.match(text):
            files[named[1]] = files.get(named[1], "") + text + "\n"
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, tiny_models_dir: Path) -> Iterator[Studio]:
    place = tmp_path_factory.mktemp("lab")
    models = place / "models" / "checkpoints"
    for name in ("tiny", "lab-model"):
        shutil.copytree(tiny_models_dir / "checkpoints" / "tiny", models / name)
    index = models / "lab-model" / "model_index.json"
    index.write_text(index.read_text().replace("StableDiffusionPipeline", "LabDiffusionPipeline"))
    with Studio(_write_example("how-to.md", place / "lab"), place / "darkroom") as studio:
        studio.models = models.parent
        yield studio


def _make(lab: Studio, prompt: str = "a hill", *, request: dict | None = None, **values: object) -> Image.Image:
    return lab.make(prompt, request={"model": "tiny", **(request or {})}, **values)[0].image


@pytest.mark.slow  # it begins Python with torch anew
def test_the_tutorials_extension_and_a_new_one_pass_their_tests_by_themselves(tmp_path: Path) -> None:
    folder, new = _write_example("tutorial.md", tmp_path / "duotone"), write_extension(tmp_path, "my_own")
    lines = [line for name in ("web.py", "worker.py") for line in (folder / name).read_text().splitlines()]
    assert sum(bool(line.strip()) and not line.startswith("#") for line in lines) <= 20
    _write_example("testing.md", new)
    by_itself = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--import-mode=importlib"]
    done = subprocess.run(
        [*by_itself, folder, new], cwd=tmp_path, capture_output=True, text=True, timeout=280, check=False
    )
    assert "6 passed" in done.stdout, done.stdout + done.stderr


def test_the_manifest_that_is_shown_can_be_read(tmp_path: Path) -> None:
    folder = _write_example("README.md", tmp_path / "my_extension")
    (folder / "worker.py").touch()
    assert read_manifest(folder).requirements == ("colorama>=0.4",)


def test_there_is_an_example_for_every_hook(lab: Studio) -> None:
    brings = lab.extensions.brings("lab")
    assert {hook for hooks in brings.hooks.values() for hook in hooks} == set(HOOKS)


def test_what_the_lab_brings_can_be_used(lab: Studio) -> None:
    plain = _make(lab)
    assert _make(lab, ink="blue") != plain
    assert _make(lab, strength=0.5) != plain
    assert _make(lab, mirrored=True) != plain
    assert _make(lab, border=8).size == (80, 80)
    assert _make(lab, request={"schedule": "Lab geometric"}) != plain
    hires = Hires(scale=1.5, upscaler="Lab Hamming", steps=2).model_dump()
    assert _make(lab, request={"hires": hires}).size == (96, 96)
    assert lab.faults == []


def test_the_labs_sampler_is_the_one_that_it_says(lab: Studio) -> None:
    euler, ours = (_make(lab, request={"sampler": name, "steps": 4}) for name in ("Euler", "Lab Euler"))
    distance = max(abs(a - b) for a, b in zip(euler.tobytes(), ours.tobytes(), strict=True))
    assert distance <= 1


def test_the_labs_words_and_fields_are_in_the_infotext(lab: Studio) -> None:
    made = lab.make("a hill at <hour>", request={"model": "tiny", "batch_count": 2, "steps": 1}, strength=0.5)
    assert [each.request.prompt for each in made] == ["a hill at dawn", "a hill at noon"]
    assert "Lab strength: 0.5" in made[0].infotext


def test_the_lab_refuses_a_border_that_is_wider_than_the_picture(lab: Studio) -> None:
    with pytest.raises(InvalidRequest, match="border"):
        _make(lab, border=40)


def test_the_labs_routes_commands_and_copies_work(
    lab: Studio, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = lab.client.get("/count").json()["pictures"]
    lab.set(folder=str(tmp_path))
    lab.make("a hill", quick=True)
    lab.set(folder="")
    assert lab.client.get("/count").json()["pictures"] == before + 1
    assert len(list(tmp_path.glob("*.png"))) == 1
    assert lab.command("greet", name="Ann", loud=True) == 0
    assert "HELLO ANN, FROM LAB" in capsys.readouterr().out


def test_the_labs_family_makes_what_stable_diffusion_makes(lab: Studio) -> None:
    assert _make(lab, request={"model": "lab-model"}) == _make(lab)


def test_the_labs_preprocessor_finds_edges(lab: Studio) -> None:
    (edges,) = lab.worker.gather("register_preprocessors")[0].value
    picture = Image.new("RGB", (32, 32), "black")
    picture.paste("white", (16, 0, 32, 32))
    found = edges.process(picture, {"radius": 1.0}).convert("L")
    assert found.getpixel((16, 16)) > 20
    assert found.getpixel((5, 16)) == 0


@pytest.mark.parametrize("page", sorted(page.name for page in DOCS.glob("*.md")))
def test_links_between_the_pages_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    for target, anchor in re.findall(r"\]\(([^)#\s:]*)(?:#([^)\s]*))?\)", text):
        file = (DOCS / target).resolve() if target else DOCS / page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", file.read_text("utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}, (
                anchor
            )
