import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.engines import events, finished, request, running_engine, wait_until
from webui.engine.engine import Engine
from webui.engine.jobs import JobStatus
from webui.errors import JobNotFound, ModelNotFound, ModelUnusable, StartFailed
from webui.generation.limits import RANDOM_SEED


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with running_engine(tmp_path_factory.mktemp("engine")) as engine:
        yield engine


def _types(engine: Engine, job: str) -> list[str]:
    return [event.type for event in engine.hub.past(job)]


def test_a_job_goes_from_the_queue_to_its_picture(engine: Engine) -> None:
    job = engine.submit(request(batch_size=2))
    happened = events(engine, job)
    steps = ["step_done"] * 4
    assert [e["type"] for e in happened] == [
        *("queued", "started", *steps, "decoding", "image_done", "image_done", "finished")
    ]
    done = finished(engine, job)
    assert (done.status, done.step, done.total, len(done.images)) == (JobStatus.DONE, 4, 4, 2)
    images = [e for e in happened if e["type"] == "image_done"]
    assert [e["image"] for e in images] == list(done.images) == happened[-1]["images"]
    assert [e["seed"] for e in images] == [7, 8]
    for picture in done.images:
        found = engine.library.find(picture)
        assert engine.library.file(found).read_bytes().startswith(b"\x89PNG")


def test_the_request_kept_with_a_picture_makes_that_picture_alone(engine: Engine) -> None:
    done = finished(engine, engine.submit(request(batch_size=2, seed=40)))
    second = engine.library.find(done.images[1])
    alone = request().model_validate_json(second.request)
    assert (alone.seed, alone.batch_size, alone.batch_count, alone.model) == (41, 1, 1, "fake")


def test_every_step_has_a_preview(engine: Engine) -> None:
    happened = events(engine, engine.submit(request(batch_size=2)))
    for event in [e for e in happened if e["type"] == "step_done"]:
        assert len(event["previews"]) == 2
        for picture in range(2):
            frame = engine.frames.get(event["job"], 0, event["index"], picture)
            assert frame is not None
            assert frame.startswith(b"\xff\xd8")


def test_two_identical_requests_give_one_row_and_the_same_bytes(engine: Engine) -> None:
    first = finished(engine, engine.submit(request(seed=99)))
    before = len(engine.library.recent(1000))
    second = finished(engine, engine.submit(request(seed=99)))
    assert second.images == first.images
    assert len(engine.library.recent(1000)) == before


def test_a_random_seed_and_the_model_are_fixed_at_acceptance(engine: Engine) -> None:
    job = engine.submit(request(seed=RANDOM_SEED))
    assert job.request.seed >= 0
    assert job.request.model == "fake"
    assert finished(engine, job).request == job.request


def test_interrupting_takes_effect_within_one_step(engine: Engine) -> None:
    job = engine.submit(request("slow", steps=100))
    wait_until(lambda: engine.job(job.id).step >= 2)
    engine.cancel(job.id)
    at = engine.job(job.id).step
    done = finished(engine, job)
    assert done.status is JobStatus.CANCELLED
    assert done.step <= at + 2  # the step that ran, and one that was on its way through the pipe
    assert done.images == ()


def test_skipping_goes_on_with_the_next_batch(engine: Engine) -> None:
    job = engine.submit(request("slow", steps=20, batch_count=2, seed=300))
    wait_until(lambda: engine.job(job.id).step >= 2)
    engine.skip(job.id)
    wait_until(lambda: engine.job(job.id).step > 20)
    engine.skip(job.id)
    done = finished(engine, job)
    assert done.status is JobStatus.DONE
    batches = [e.payload["batch"] for e in engine.hub.past(job.id) if e.type == "step_done"]
    assert 2 <= batches.count(0) < 20
    assert batches.count(1) >= 1


def test_a_second_job_shows_its_place_and_a_queued_one_is_cancelled_at_once(engine: Engine) -> None:
    running = engine.submit(request("slow", steps=100))
    second, third = engine.submit(request()), engine.submit(request())
    assert (second.position, third.position) == (1, 2)
    assert engine.cancel(second.id).status is JobStatus.CANCELLED
    assert engine.job(third.id).position == 1
    assert _types(engine, second.id) == ["queued", "finished"]
    wait_until(lambda: any(e.type == "queue" and len(e.payload["jobs"]) == 2 for e in engine.hub._recent))
    engine.cancel(running.id)
    assert finished(engine, third).status is JobStatus.DONE


def test_a_job_cancelled_the_moment_it_begins_ends(engine: Engine) -> None:
    for _ in range(10):
        job = engine.submit(request("slow", steps=100))
        time.sleep(0.001)
        engine.cancel(job.id)
        assert finished(engine, job).status is JobStatus.CANCELLED


@pytest.mark.parametrize(
    ("prompt", "error", "hint"),
    [
        ("fail", "not numbers at step 2", "Lower the CFG scale"),
        ("break", "unexpected went wrong: RuntimeError", "in the log with the reference"),
        ("out of memory", "not enough memory", "smaller size"),
    ],
)
def test_a_failing_job_says_why_and_the_next_one_works(engine: Engine, prompt: str, error: str, hint: str) -> None:
    worker = engine.worker_pid
    failed = finished(engine, engine.submit(request(prompt)))
    assert failed.status is JobStatus.FAILED
    assert error in (failed.error or "")
    assert hint in failed.hint
    assert engine.hub.past(failed.id)[-1].payload["error"] == failed.error
    assert finished(engine, engine.submit(request())).status is JobStatus.DONE
    assert engine.worker_pid == worker


def test_the_details_of_an_unexpected_error_are_in_the_log(engine: Engine) -> None:
    failed = finished(engine, engine.submit(request("break")))
    reference = failed.hint.rstrip(".").rpartition(" ")[2]
    log = (engine.settings.data_dir / "logs" / "worker.log").read_text()
    assert f"[{reference}]" in log
    assert "RuntimeError: an order to break" in log


def test_an_unknown_model_is_not_accepted(engine: Engine) -> None:
    before = len(engine.jobs())
    with pytest.raises(ModelNotFound) as raised:
        engine.submit(request(model="unknown"))
    assert raised.value.field == "model"
    assert len(engine.jobs()) == before


def test_an_unknown_vae_or_refiner_is_not_accepted_by_its_field(engine: Engine) -> None:
    for changes, field in (({"vae": "unknown"}, "vae"), ({"refiner": {"model": "unknown"}}, "refiner.model")):
        with pytest.raises(ModelNotFound) as raised:
            engine.submit(request(**changes))
        assert raised.value.field == field


def test_an_unknown_job_is_told(engine: Engine) -> None:
    for action in (engine.job, engine.cancel, engine.skip):
        with pytest.raises(JobNotFound):
            action("unknown")


def test_the_state_tells_device_and_model(engine: Engine) -> None:
    finished(engine, engine.submit(request()))
    wait_until(lambda: engine.status()["worker"] == "ready")
    status = engine.status()
    assert (status["device"], status["dtype"], status["model"], status["queue"]) == ("cpu", "float32", "fake", 0)


def test_a_second_engine_on_the_same_folder_is_refused(engine: Engine) -> None:
    with pytest.raises(StartFailed, match="in use by another process"), running_engine(engine.settings.data_dir.parent):
        pass
    assert finished(engine, engine.submit(request())).status is JobStatus.DONE


def test_the_model_is_loaded_ahead_of_the_first_job(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        wait_until(lambda: engine.status()["model"] == "fake" and not engine.status()["warming"])
        assert engine.status()["worker"] == "ready"


def test_without_models_the_state_says_so_and_nothing_dies(tmp_path: Path) -> None:
    factory = "tests.engine.fake_generator:create_without_models"
    with running_engine(tmp_path, factory=factory, models=False) as engine:
        wait_until(lambda: "no models" in engine.status()["problem"])
        assert engine.status()["worker"] == "ready"
        with pytest.raises(ModelNotFound, match="no models"):
            engine.submit(request())


def test_a_damaged_model_is_not_accepted(tmp_path: Path) -> None:
    with running_engine(tmp_path) as engine:
        weights = tmp_path / "models" / "checkpoints" / "fake" / "unet" / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:20])
        with pytest.raises(ModelUnusable):
            engine.submit(request(model="fake"))
