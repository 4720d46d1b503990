"""A generator without a model: pictures of noise at once, for tests of all that is not the walk. No torch."""

from collections.abc import Iterator

import numpy as np

from webui.engine.events import Event, ImageDone, StepDone
from webui.engine.worker_control import Control
from webui.generation.infotext import write_infotext
from webui.generation.request import GenerationRequest
from webui.library.encoding import encode_png


class FakeWorker:
    """Has the face of `webui.engine.generate.Generator`; calls no hooks."""

    def warm_up(self, model: str | None) -> None:
        """There is nothing to load."""

    def run(
        self, job: str, request: GenerationRequest, control: Control, *, record: str = "off"
    ) -> Iterator[tuple[Event, np.ndarray | None]]:
        """One step and one picture after the other; the noise is that of the picture's seed and prompt."""
        for index in range(request.image_count):
            if control.interrupted:
                return
            step = StepDone(
                job=job, index=1, total=1, batch=index, batch_count=request.image_count, sigma=0.0, seconds=0.0
            )
            yield step, None
            yield _picture(job, request.for_picture(index), index), None


def _picture(job: str, alone: GenerationRequest, index: int) -> ImageDone:
    draws = np.random.default_rng([alone.seed, *alone.prompt.encode()])
    pixels = draws.integers(0, 256, (alone.height, alone.width, 3), dtype=np.uint8)
    infotext, written = write_infotext(alone, {}), alone.model_dump_json()
    return ImageDone(
        job=job, index=index, seed=alone.seed, width=alone.width, height=alone.height, infotext=infotext,
        request=written, png=encode_png(pixels, infotext, written),
    )  # fmt: skip
