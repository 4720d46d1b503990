"""Fixtures for every test: one thread for torch (machines are shared), and tiny models that are built once."""

import os
import shutil
from pathlib import Path

import pytest

# Before torch is imported anywhere, worker processes included: on a busy machine OpenMP's threads wait for each other
# by spinning, and a test that takes 0.1 s alone takes ten times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["DARKROOM_OPEN_BROWSER"] = "false"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first, browser tests last: Playwright keeps an event loop running in this thread to the end."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def tiny_models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A models folder with checkpoints of random weights: `tiny` (epsilon), `tiny-v` (v-prediction), `tiny-inpaint`."""
    from webui.testing.tiny_model import build_tiny_stable_diffusion

    models_dir = tmp_path_factory.mktemp("models")
    build_tiny_stable_diffusion(models_dir / "checkpoints" / "tiny")
    build_tiny_stable_diffusion(models_dir / "checkpoints" / "tiny-v", v_prediction=True, seed=1)
    build_tiny_stable_diffusion(models_dir / "checkpoints" / "tiny-inpaint", inpainting=True, seed=2)
    return models_dir


@pytest.fixture(scope="session")
def flow_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small flow-matching models: three of SD 3, FLUX.1 dev, schnell and Fill, and Chroma."""
    from tests.tiny_chroma import build_tiny_chroma
    from tests.tiny_flux import build_tiny_flux
    from tests.tiny_stable_diffusion_3 import build_tiny_stable_diffusion_3

    checkpoints = tmp_path_factory.mktemp("flow-models") / "checkpoints"
    build_tiny_stable_diffusion_3(checkpoints / "sd3")
    build_tiny_stable_diffusion_3(checkpoints / "sd3-without-t5", t5=False)
    build_tiny_stable_diffusion_3(checkpoints / "sd3-shifting", dynamic=True)
    build_tiny_flux(checkpoints / "dev")
    build_tiny_flux(checkpoints / "schnell", kind="schnell")
    build_tiny_flux(checkpoints / "fill", kind="fill")
    build_tiny_chroma(checkpoints / "chroma")
    return checkpoints


@pytest.fixture(scope="session")
def sdxl_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small models of SDXL's kind, random weights: `base`, `refiner` (with the base's VAE) and `inpaint`."""
    from tests.tiny_stable_diffusion_xl import build_tiny_stable_diffusion_xl

    checkpoints = tmp_path_factory.mktemp("sdxl") / "checkpoints"
    build_tiny_stable_diffusion_xl(checkpoints / "base")
    build_tiny_stable_diffusion_xl(checkpoints / "refiner", refiner=True, seed=1)
    build_tiny_stable_diffusion_xl(checkpoints / "inpaint", inpainting=True, seed=2)
    shutil.copytree(checkpoints / "base" / "vae", checkpoints / "refiner" / "vae", dirs_exist_ok=True)
    return checkpoints


@pytest.fixture
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed in this process without the cost that makes guessing slow."""
    from argon2 import PasswordHasher

    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("webui.access.passwords.hasher", lambda: cheap)
    monkeypatch.setattr("webui.access.passwords._of_nobody", lambda: cheap.hash("nobody has this password"))
