"""A generator that makes a speck for each picture at once, whatever is asked: for thousands of requests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.engine.fake_generator import FakeGenerator
from webui.engine.events import Event, ImageDone
from webui.engine.worker_control import Control
from webui.generation.request import GenerationRequest
from webui.library.encoding import encode_png

SIDE = 8
MOST = 2


class QuickGenerator(FakeGenerator):
    def run(
        self, job: str, request: GenerationRequest, control: Control, *, record: str = "off"
    ) -> Iterator[tuple[Event, np.ndarray | None]]:
        for index in range(min(request.image_count, MOST)):
            seed = request.seed + index
            png = encode_png(np.full((SIDE, SIDE, 3), seed % 256, np.uint8), request.prompt, request.model_dump_json())
            done = ImageDone(
                job=job, index=index, seed=seed, width=SIDE, height=SIDE, infotext=request.prompt,
                request=request.for_picture(index).model_dump_json(), png=png,
            )  # fmt: skip
            yield done, None


def create(models_dirs: tuple[Path, ...], data_dir: Path, *, extensions: Any = None) -> QuickGenerator:
    return QuickGenerator()
