from pathlib import Path

from PIL import Image

from tests.engine.engines import running_engine, wait_until
from webui.access.principal import HOUSE
from webui.engine.looks import always
from webui.server.sdapi.extension_upscalers import ExtensionUpscalers


def test_the_worker_enlarges_and_the_picture_comes_back_at_that_size(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        wait_until(lambda: engine.status()["worker"] == "ready")
        enlarge = ExtensionUpscalers(engine).asked_by(HOUSE, always)
        made = enlarge(Image.new("RGB", (16, 8), "navy"), "Red", (40, 20))
    assert (made.mode, made.size) == ("RGB", (40, 20))
