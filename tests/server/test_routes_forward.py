import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.server.server_process import Server
from webui.engine.engine import GENERATOR
from webui.imaging.heat import DARK

BASE = "/api/v1/forward"
STEPS = 5


@pytest.fixture(scope="module")
def server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("forward")
    server = Server(folder, models=False, factory=GENERATOR, models_dirs=[str(tiny_models_dir)]).wait_ready()
    yield server
    server.close()


@pytest.fixture(scope="module")
def picture(server: Server) -> str:
    file = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 256, (4, 6, 3), np.uint8)
    Image.fromarray(pixels).resize((600, 400), Image.Resampling.BICUBIC).save(file, format="PNG")
    return server.client.post("/api/v1/pictures", content=file.getvalue()).json()["id"]


def _begin(server: Server, **asked: Any) -> httpx.Response:
    return server.client.post(BASE, json={"width": 64, "height": 64, "steps": STEPS, "model": "tiny"} | asked)


def _file(server: Server, path: str) -> np.ndarray:
    answer = server.client.get(f"{BASE}/{path}")
    assert answer.status_code == 200, answer.text
    assert "immutable" in answer.headers["cache-control"]
    return np.asarray(Image.open(io.BytesIO(answer.content)))


def test_a_picture_is_noised_level_by_level_in_pixels_and_in_latents(server: Server, picture: str) -> None:
    answer = _begin(server, picture=picture)
    told = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{BASE}/{told['id']}"
    assert [level["position"] for level in told["levels"]] == list(range(STEPS + 1))
    assert [level["strength"] for level in told["levels"]] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])
    assert (told["levels"][0]["snr_db"], told["levels"][0]["timestep"]) == (None, None)
    assert (told["width"], told["height"], told["columns"]) == (64, 64, 8)
    pixels, latents = _file(server, f"{told['id']}/pixels.png"), _file(server, f"{told['id']}/latents.png")
    assert (pixels.shape, latents.shape) == ((64, 512, 3), (8, 64, 3))
    original = _file(server, f"{told['id']}/original.png")
    assert np.array_equal(pixels[:, :64], original)
    assert not np.array_equal(pixels[:, 64:128], original)
    assert (pixels[:, 64 * (STEPS + 1) :] == DARK).all()


def test_the_round_trip_is_measured_and_shown(server: Server, picture: str) -> None:
    told = _begin(server, picture=picture).json()
    original, back, difference = (
        _file(server, f"{told['id']}/{kind}.png").astype(float) for kind in ("original", "roundtrip", "difference")
    )
    assert original.shape == back.shape == difference.shape == (64, 64, 3)
    assert told["psnr"] == pytest.approx(20 * np.log10(255) - 10 * np.log10(np.square(original - back).mean()))


def test_a_level_is_decoded_on_demand(server: Server, picture: str) -> None:
    told = _begin(server, picture=picture).json()
    assert _file(server, f"{told['id']}/levels/{STEPS}.jpg").shape == (64, 64, 3)
    for level in (STEPS + 1, -1, 1000):
        refused = server.client.get(f"{BASE}/{told['id']}/levels/{level}.jpg")
        assert (refused.status_code, refused.json()["field"]) == (422, "level")


def test_without_a_size_it_is_the_pictures_own_within_reason(server: Server, picture: str) -> None:
    told = _begin(server, picture=picture, width=None, height=None, steps=1).json()
    assert (told["width"], told["height"]) == (512, 344)
    assert _file(server, f"{told['id']}/pixels.png").shape == (172, 8 * 256, 3)


def test_the_same_question_has_the_same_address(server: Server, picture: str) -> None:
    one, same, other = (_begin(server, picture=picture, seed=seed).json()["id"] for seed in (3, 3, 4))
    assert one == same != other


@pytest.mark.parametrize(
    ("asked", "status", "field"),
    [
        ({"picture": "0" * 32}, 422, "picture"),
        ({"picture": "../x"}, 422, "picture"),
        ({"picture": None}, 422, "picture"),
        ({"width": 65}, 422, "width"),
        ({"height": 100_000}, 422, "height"),
        ({"steps": 0}, 422, "steps"),
        ({"steps": "many"}, 422, "steps"),
        ({"sampler": "none"}, 422, "sampler"),
        ({"schedule": "none"}, 422, "schedule"),
        ({"seed": -1}, 422, "seed"),
        ({"model": "nothing"}, 404, "model"),
        ({"colour": 1}, 422, "colour"),
    ],
)
def test_what_cannot_be_noised_is_refused_in_a_sentence(
    server: Server, picture: str, asked: dict[str, Any], status: int, field: str
) -> None:
    answer = _begin(server, **{"picture": picture, **asked})
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert answer.json()["error"].endswith(".")


def test_an_unknown_one_is_not_found(server: Server) -> None:
    for path in ("0" * 32 + "/pixels.png", "x/latents.png", "x/levels/1.jpg"):
        answer = server.client.get(f"{BASE}/{path}")
        assert (answer.status_code, answer.json()["hint"]) == (404, "Ask for it again.")
    assert server.client.get(f"{BASE}/x/secrets.png").status_code == 422
