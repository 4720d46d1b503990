from typing import Any

import httpx
import pytest

from tests.engine.engines import wait_until
from tests.server.server_process import Server


def _post(server: Server, body: str) -> httpx.Response:
    return server.client.post("/api/v1/jobs", content=body, headers={"Content-Type": "application/json"})


def test_a_job_is_accepted_runs_and_has_its_picture(server: Server) -> None:
    answer = server.client.post("/api/v1/jobs", json={"prompt": "a boat", "steps": 3, "width": 64, "height": 64})
    assert answer.status_code == 202
    accepted = answer.json()
    assert accepted["position"] == 0
    assert accepted["seed"] >= 0
    assert answer.headers["location"] == f"/api/v1/jobs/{accepted['id']}"
    done = server.finished(accepted["id"])
    assert (done["status"], done["step"], done["total"], done["error"]) == ("done", 3, 3, None)
    assert done["request"]["prompt"] == "a boat"
    assert done["request"]["seed"] == accepted["seed"]
    assert len(done["images"]) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ('{"width": 13}', "width"),
        ('{"width": 100000}', "width"),
        ('{"height": 1e300}', "height"),
        ('{"steps": 0}', "steps"),
        ('{"steps": 10000}', "steps"),
        ('{"steps": "many"}', "steps"),
        ('{"cfg_scale": NaN}', "cfg_scale"),
        ('{"cfg_scale": Infinity}', "cfg_scale"),
        ('{"sampler": "Unknown"}', "sampler"),
        ('{"schedule": "Unknown"}', "schedule"),
        ('{"sampler": "DDIM", "schedule": "Karras"}', "schedule"),
        ('{"prompt": "%s"}' % ("a" * 100_000), "prompt"),
        ('{"prompt": null}', "prompt"),
        ('{"batch_size": 1000000000}', "batch_size"),
        ('{"seed": 1%s}' % ("0" * 400), "seed"),
        ('{"unknown": 1}', "unknown"),
        ('{"\\ud800": 1}', "request"),
        ('{"prompt": "\\ud800"}', "prompt"),
        ("[]", "request"),
        ("", "request"),
        ("{", "request"),
        ("[" * 100_000, "request"),
        ("\x00\xff", "request"),
        ('{"seed": 1%s}' % ("0" * 5000), "request"),
    ],
)
def test_a_bad_value_is_told_in_a_sentence_with_its_field(server: Server, body: str, field: str) -> None:
    answer = _post(server, body)
    assert answer.status_code == 422
    told = answer.json()
    assert told["field"] == field
    assert set(told) == {"error", "hint", "field"}
    assert len(told["error"]) > 20
    assert len(told["error"]) < 500
    assert "Traceback" not in answer.text


def test_the_server_goes_on_after_bad_input(server: Server) -> None:
    _post(server, "[" * 100_000)
    assert server.finished(server.submit())["status"] == "done"


def test_an_unknown_model_is_told_with_its_field(server: Server) -> None:
    answer = server.client.post("/api/v1/jobs", json={"model": "unknown"})
    assert answer.status_code == 404
    assert answer.json()["field"] == "model"
    assert "unknown" in answer.json()["error"]


@pytest.mark.parametrize(("method", "path"), [("GET", ""), ("DELETE", ""), ("POST", "/skip"), ("GET", "/events")])
def test_an_unknown_job_is_told(server: Server, method: str, path: str) -> None:
    answer = server.client.request(method, f"/api/v1/jobs/unknown{path}")
    assert answer.status_code == 404
    assert answer.json()["error"] == "There is no such job."


def test_cancelling_can_be_repeated_and_ends_a_running_job(server: Server) -> None:
    job = server.submit("slow", steps=100)
    wait_until(lambda: server.job(job)["step"] >= 1)
    assert server.client.delete(f"/api/v1/jobs/{job}").status_code == 200
    assert server.finished(job)["status"] == "cancelled"
    again = server.client.delete(f"/api/v1/jobs/{job}")
    assert (again.status_code, again.json()["status"]) == (200, "cancelled")


def test_skipping_ends_a_batch(server: Server) -> None:
    job = server.submit("slow", steps=20, batch_count=2)
    wait_until(lambda: server.job(job)["step"] >= 1)
    assert server.client.post(f"/api/v1/jobs/{job}/skip").status_code == 200
    wait_until(lambda: server.job(job)["step"] > 20)
    server.client.delete(f"/api/v1/jobs/{job}")
    assert server.finished(job)["status"] == "cancelled"


def test_the_list_has_active_jobs_in_order_and_then_the_newest(server: Server) -> None:
    ended = server.submit()
    server.finished(ended)
    running, waiting = server.submit("slow", steps=100), server.submit()
    listed = server.client.get("/api/v1/jobs").json()
    assert [job["id"] for job in listed[:3]] == [running, waiting, ended]
    assert [job["position"] for job in listed[:3]] == [0, 1, 0]
    server.client.delete(f"/api/v1/jobs/{running}")
    server.finished(waiting)


def test_frames_are_there_for_ever(server: Server) -> None:
    job = server.submit()
    previews = [event["previews"] for event in server.events(job) if event["type"] == "step_done"]
    assert [urls[0] for urls in previews] == [f"/api/v1/jobs/{job}/frames/0/{step}/0.jpg" for step in (1, 2, 3, 4)]
    for (url,) in previews:
        answer = server.client.get(url)
        assert answer.headers["content-type"] == "image/jpeg"
        assert "immutable" in answer.headers["cache-control"]
        assert answer.content.startswith(b"\xff\xd8")


@pytest.mark.parametrize("frame", ["0/99/0", "9/1/0", "0/1/9", "-1/0/0"])
def test_a_frame_that_is_not_kept_is_told(server: Server, frame: str) -> None:
    job = server.submit()
    server.finished(job)
    answer = server.client.get(f"/api/v1/jobs/{job}/frames/{frame}.jpg")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_a_frame_number_that_is_none_is_told(server: Server) -> None:
    answer = server.client.get("/api/v1/jobs/a/frames/x/1/0.jpg")
    assert answer.status_code == 422
    assert answer.json()["field"] == "batch"


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v2/jobs", "/api/v1/jobs/a/b/c"])
def test_what_is_not_there_is_told_as_json(server: Server, path: str) -> None:
    answer = server.client.get(path)
    assert answer.status_code == 404
    told: dict[str, Any] = answer.json()
    assert told["error"] == "There is nothing at this address."


def test_many_jobs_can_be_queued_and_cancelled(server: Server) -> None:
    running = server.submit("slow", steps=100)
    jobs = [server.submit() for _ in range(60)]
    assert server.job(jobs[-1])["position"] == 60
    for job in jobs:
        assert server.client.delete(f"/api/v1/jobs/{job}").json()["status"] == "cancelled"
    server.client.delete(f"/api/v1/jobs/{running}")
    wait_until(lambda: server.client.get("/api/v1/health").json()["queue"] == 0)
