"""A server with a real worker, the tiny models, and recordings that were put into its data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.engine.recordings import write_recording
from tests.server.server_process import Server
from webui.engine.engine import GENERATOR
from webui.generation.trajectory import Origin
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.fingerprint import fingerprint

PLAIN, TWO, GUIDED, CHANGED, GONE, OTHER_SHAPE, BRANCH, CUT = (letter * 32 for letter in "abcdef12")
UNKNOWN = "9" * 32
STEPS = 4


@contextmanager
def recordings_server(folder: Path, models_dir: Path) -> Iterator[Server]:
    """Recordings of `STEPS` steps at 64 x 64: plain, of two pictures, with guidance, of models that are not there."""
    data = folder / "data"
    weights = fingerprint(Catalogue((models_dir,)).find("tiny"))
    write_recording(data, PLAIN, steps=STEPS, fingerprint=weights)
    write_recording(data, TWO, steps=STEPS, seeds=(7, 8), fingerprint=weights)
    write_recording(data, GUIDED, steps=STEPS, guidance=True, fingerprint=weights)
    write_recording(data, CHANGED, steps=STEPS, fingerprint="0" * 32)
    write_recording(data, GONE, steps=STEPS, model="lost", fingerprint="0" * 32)
    write_recording(data, OTHER_SHAPE, steps=STEPS, channels=3, fingerprint=weights)
    origin = Origin(trajectory=PLAIN, step=2)
    write_recording(data, BRANCH, steps=STEPS, fingerprint=weights, origin=origin, prompt="a dog", cfg_scale=7.0)
    write_recording(data, CUT, steps=STEPS, walked=2, fingerprint=weights)
    server = Server(folder, models=False, factory=GENERATOR, models_dirs=[str(models_dir)]).wait_ready()
    try:
        yield server
    finally:
        server.close()
