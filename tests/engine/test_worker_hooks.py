"""Each hook of the worker that is called while pictures are made, in walks of the tiny model."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.engine.hooked_bench import STEPS, Bench, notes, pictures
from webui.diffusion.trajectory import replay
from webui.engine.events import ImageDone, StepDone


@pytest.fixture(scope="module")
def bench(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    bench = Bench(tiny_models_dir, tmp_path_factory.mktemp("bench"))
    yield bench
    bench.extensions.shut_down()


def test_hook_wrap_prediction(bench: Bench) -> None:
    source = """
    seen = []

    @hookimpl
    def wrap_prediction(prediction, latents, step):
        seen.append((step.index, step.total, step.seeds, latents.shape, step.sigma > step.sigma_next))
        latents.zero_()
        return prediction.mul_(0.5)

    @hookimpl
    def write_infotext():
        return {"Seen": repr(seen)}
    """
    with bench.with_extension(source):
        events = bench.events()
    (picture,) = pictures(events)
    assert not np.array_equal(picture, bench.plain[0])
    (done,) = [event for event in events if isinstance(event, ImageDone)]
    assert f"(2, {STEPS}, (3,), torch.Size([1, 4, 8, 8]), True)" in done.infotext
    # The recording is of what was walked, so that replaying it needs no extension.
    trajectory = bench.recorded(events)
    again = bench.made(start={"kind": "step", "trajectory": trajectory.header.id, "step": STEPS})
    assert np.array_equal(again[0], picture)
    *_, last = replay(trajectory)
    assert last.index == STEPS - 1


def test_hook_process_latents(bench: Bench) -> None:
    source = """
    @hookimpl
    def process_latents(latents, walk):
        assert walk.pass_name in ("base", "hires") and walk.steps and walk.width % 64 == 0
        return latents.flip(-1)
    """
    with bench.with_extension(source):
        events = bench.events()
    assert not np.array_equal(pictures(events)[0], bench.plain[0])
    assert notes(events) == []
    plain = bench.recorded(bench.events()).passes[0].start
    assert bench.recorded(events).passes[0].start.equal(plain.flip(-1))


def test_hook_on_step(bench: Bench) -> None:
    source = """
    count = []

    @hookimpl
    def on_step(step, clean):
        count.append((step.index, tuple(clean().shape)))

    @hookimpl
    def write_infotext():
        return {"Counted": repr(count)}
    """
    with bench.with_extension(source):
        events = bench.events(batch_size=2)
    (first, _) = [event for event in events if isinstance(event, ImageDone)]
    assert all(f"({step}, (2, 4, 8, 8))" in first.infotext for step in range(STEPS))
    assert np.array_equal(pictures(events)[0], bench.plain[0])
    assert len([event for event in events if isinstance(event, StepDone)]) == STEPS


def test_hook_finish_image(bench: Bench) -> None:
    source = """
    @hookimpl
    def finish_image(image, request, seed):
        assert request.seed == seed and request.batch_size == 1
        image.paste((seed, 0, 0), (0, 0, *image.size))
        return image
    """
    with bench.with_extension(source):
        made = bench.made(batch_size=2)
    assert [picture[0, 0].tolist() for picture in made] == [[3, 0, 0], [4, 0, 0]]


def test_a_picture_that_a_hook_only_paints_on_stays(bench: Bench) -> None:
    source = """
    @hookimpl
    def finish_image(image):
        image.paste((0, 0, 0), (0, 0, *image.size))
    """
    with bench.with_extension(source):
        assert np.array_equal(bench.made()[0], bench.plain[0])


def test_hook_write_infotext(bench: Bench) -> None:
    source = """
    @hookimpl
    def write_infotext(request):
        return {"Grain": "0.4", "Steps": "99"}
    """
    with bench.with_extension(source):
        (done,) = [event for event in bench.events() if isinstance(event, ImageDone)]
    assert "Grain: 0.4" in done.infotext
    assert f"Steps: {STEPS}," in done.infotext


BROKEN: dict[str, str] = {
    "wrap_prediction": "prediction",
    "process_latents": "latents",
    "on_step": "step",
    "finish_image": "image",
    "write_infotext": "request",
}


@pytest.mark.parametrize("hook", BROKEN)
@pytest.mark.parametrize("what", ["raise RuntimeError('an order to break')", "raise SystemExit(3)", "return 7"])
def test_a_hook_that_fails_is_named_and_the_picture_is_that_without_it(bench: Bench, hook: str, what: str) -> None:
    source = f"""
    @hookimpl
    def {hook}({BROKEN[hook]}):
        {what}
    """
    with bench.with_extension(source) as name:
        events = bench.events()
    assert np.array_equal(pictures(events)[0], bench.plain[0])
    assert any(each.startswith(f"{name} failed in {hook}: ") for each in notes(events)) or (hook, what) == (
        "on_step", "return 7",
    )  # fmt: skip


@pytest.mark.parametrize(
    "made", ["prediction[:, :2]", "prediction.double()", "prediction * float('nan')", "prediction.numpy()"]
)
def test_a_prediction_that_cannot_be_walked_is_not_taken(bench: Bench, made: str) -> None:
    source = f"""
    @hookimpl
    def wrap_prediction(prediction):
        return {made}
    """
    with bench.with_extension(source) as name:
        events = bench.events()
    assert np.array_equal(pictures(events)[0], bench.plain[0])
    assert any(name in each for each in notes(events))


def test_extensions_are_called_one_after_the_other(bench: Bench) -> None:
    def source(factor: float) -> str:
        return f"""
        @hookimpl
        def finish_image(image):
            return image.point(lambda value: value // {factor})
        """

    with bench.with_extension(source(2)), bench.with_extension("@hookimpl\ndef finish_image():\n    1 / 0\n"):
        with bench.with_extension(source(3)):
            made = bench.made()[0]
    assert np.array_equal(made, bench.plain[0] // 2 // 3)
