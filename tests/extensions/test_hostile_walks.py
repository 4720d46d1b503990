"""The worker's hooks do what they should not in a real walk: the picture is the one that is made without them."""

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
import torch
from PIL import Image

from tests.extensions.hostile import Hostile, implementing
from tests.extensions.hostile_hooks import (
    ANSWER_WRONGLY,
    GOOD_NEIGHBOUR,
    MUTATING,
    NONSENSE,
    RAISE_EVERYWHERE,
    quiet_at_start,
)
from tests.one_precision import computed_in
from webui.engine.events import Event, ImageDone, Noted
from webui.engine.generate import create
from webui.engine.worker_control import JobControl
from webui.engine.worker_extensions import WorkerExtensions
from webui.extensions.loading import make_loadable
from webui.extensions.places import Places
from webui.extensions.store import ExtensionStore
from webui.generation.request import GenerationRequest

REQUEST = GenerationRequest(prompt="the cat", seed=3, steps=3, width=64, height=64, model="tiny")


class Bench:
    """One generator with the model in memory; each `run` has extensions of its own."""

    def __init__(self, models_dir: Path, folder: Path) -> None:
        self.folder = folder
        self.extensions = WorkerExtensions((), folder / "data")
        self.generator = create([models_dir], folder / "data", extensions=self.extensions)
        self.places = Places.below(folder / "data")
        self.store = ExtensionStore(self.places.state_file)
        self.plain = _pixels(self.run())

    def run(
        self, extensions: Sequence[Hostile] = (), *, request: GenerationRequest = REQUEST, job: str = ""
    ) -> list[Event]:
        """The events of a job that these take part in."""
        place = self.folder / uuid4().hex
        for each in extensions:
            self.extensions.host.load(make_loadable(each.write(place), self.store, self.places))
        try:
            running = self.generator.run(job or uuid4().hex, request, JobControl(), record="steps")
            return [event for event, _ in running]
        finally:
            for each in extensions:
                self.extensions.host.unload(each.name)


@pytest.fixture(scope="module")
def bench(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with computed_in(torch.float32):
        yield Bench(tiny_models_dir, tmp_path_factory.mktemp("bench"))


def _pixels(events: Sequence[Event]) -> np.ndarray:
    (picture,) = [event for event in events if isinstance(event, ImageDone)]
    return np.asarray(Image.open(io.BytesIO(picture.png)).convert("RGB"))


def _notes(events: Sequence[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Noted)]


def test_what_cannot_be_used_is_named_and_the_picture_made_without_it(bench: Bench) -> None:
    nonsense = [each for each in NONSENSE if each.worker]
    events = bench.run(nonsense)
    assert np.array_equal(_pixels(events), bench.plain)
    for hostile in nonsense:
        named = [note for note in _notes(events) if hostile.name in note]
        assert named and all(re.search(hostile.says, note) for note in named), (hostile.name, named)


def test_writing_into_what_a_hook_was_given_changes_nothing(bench: Bench) -> None:
    assert np.array_equal(_pixels(bench.run([each for each in MUTATING if each.worker])), bench.plain)


def test_all_that_raise_and_all_that_answer_wrongly_together(bench: Bench) -> None:
    hostile = [
        quiet_at_start(each)
        for each in (*RAISE_EVERYWHERE, *ANSWER_WRONGLY)
        if each.name != "raises_interrupt"  # here it would be this program's own Ctrl-C
    ]
    events = bench.run([*hostile, GOOD_NEIGHBOUR])
    made = _pixels(events)
    assert tuple(made[0, 0]) == (1, 2, 3)
    assert np.array_equal(made[1:], bench.plain[1:])
    notes = " ".join(_notes(events))
    assert not [each.name for each in hostile if each.name not in notes]


CHANGING = {
    "returned": "return prediction * 0.8",
    "in_place_and_returned": "prediction.mul_(0.8)\n    return prediction",
    "kept_and_changed_later": (
        "KEPT.append(prediction * 0.8)\n    [each.zero_() for each in KEPT[:-1]]\n    return KEPT[-1]"
    ),
}


@pytest.mark.parametrize("how", CHANGING)
def test_a_changed_prediction_is_the_one_that_was_recorded(how: str, bench: Bench) -> None:
    source = f"KEPT = []\n@hookimpl\ndef wrap_prediction(prediction):\n    {CHANGING[how]}\n"
    changed = _pixels(bench.run([Hostile(name="changing", worker=source)], job=how))
    assert not np.array_equal(changed, bench.plain)
    # The same job again, without the extension: its picture is decoded from what was recorded.
    assert np.array_equal(_pixels(bench.run(job=how)), changed)


def test_a_picture_that_was_drawn_on_and_given_back_is_taken(bench: Bench) -> None:
    source = "@hookimpl\ndef finish_image(image):\n    image.putpixel((0, 0), (1, 2, 3))\n    return image\n"
    assert tuple(_pixels(bench.run([Hostile(name="draws", worker=source)]))[0, 0]) == (1, 2, 3)


def test_nothing_but_its_own_values_reaches_an_extension(bench: Bench, tmp_path: Path) -> None:
    source = implementing("worker", "LOG.write(f'{dict(values)}\\n')\nLOG.flush()", only=["wrap_prediction"])
    spy = Hostile(name="spy", worker=f"LOG = open({str(tmp_path / 'seen')!r}, 'w')\n{source}")
    bench.run([spy], request=REQUEST.with_changes(extras={"spy": {"a": 1}, "other": {"secret": "x"}}))
    assert (tmp_path / "seen").read_text()
    assert "secret" not in (tmp_path / "seen").read_text()
