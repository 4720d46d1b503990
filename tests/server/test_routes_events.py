import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.engine.recordings import write_recording
from tests.server.server_process import Server, read_events
from webui.library.library import Library
from webui.library.trajectories import Trajectories


@contextmanager
def _stream(server: Server, **headers: str) -> Iterator[Iterator[dict[str, Any]]]:
    with server.client.stream("GET", "/api/v1/events", headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        yield read_events(answer)


def _until(events: Iterator[dict[str, Any]], kind: str, job: str) -> list[dict[str, Any]]:
    taken = []
    for event in events:
        taken.append(event)
        if (event["type"], event.get("job")) == (kind, job):
            return taken
    raise AssertionError(f"the stream ended before {kind}")


def test_a_jobs_stream_tells_it_from_its_beginning_to_its_end(server: Server) -> None:
    job = server.submit()
    server.finished(job)
    types = ["queued", "started", *["step_done"] * 4, "decoding", "image_done", "finished"]
    told = server.events(job)
    assert [event["type"] for event in told] == types
    assert [event["id"] for event in told] == [event["seq"] for event in told]
    assert told[0]["request"]["steps"] == 4
    image = told[-2]
    assert (image["saved"], image["warning"], image["seed"], image["url"]) == (
        *(True, "", 7),
        f"/api/v1/images/{image['image']}",
    )


def test_newcomers_get_a_snapshot_and_then_what_happens(server: Server) -> None:
    before = server.submit()
    server.finished(before)
    with _stream(server) as events:
        snapshot = next(events)
        assert snapshot["type"] == "snapshot"
        assert snapshot["jobs"] == []
        assert [event["type"] for event in snapshot["current"]][-1] == "finished"
        assert snapshot["current"][-1]["job"] == before
        assert snapshot["status"]["device"] == "cpu"
        job = server.submit()
        told = _until(events, "finished", job)
    numbers = [event["seq"] for event in told]
    assert numbers == list(range(snapshot["seq"] + 1, snapshot["seq"] + 1 + len(numbers)))


def test_a_page_that_comes_during_a_job_finds_all_of_it(server: Server) -> None:
    job = server.submit("slow", steps=20)
    time.sleep(1)
    with _stream(server) as events:
        snapshot = next(events)
        assert [entry["id"] for entry in snapshot["jobs"]] == [job]
        steps = [event["index"] for event in snapshot["current"] if event["type"] == "step_done"]
        server.client.delete(f"/api/v1/jobs/{job}")
        later = [event["index"] for event in _until(events, "finished", job) if event["type"] == "step_done"]
    assert steps + later == list(range(1, len(steps + later) + 1))
    assert steps


def test_coming_back_with_the_last_number_gives_what_was_missed(server: Server) -> None:
    with _stream(server) as events:
        first = server.submit()
        last = _until(events, "started", first)[-1]["seq"]
    second = server.submit()
    server.finished(second)
    with _stream(server, **{"Last-Event-ID": str(last)}) as events:
        told = _until(events, "finished", second)
    assert [event["seq"] for event in told] == list(range(last + 1, last + 1 + len(told)))
    assert "snapshot" not in [event["type"] for event in told]


def test_an_unknown_last_number_gives_a_snapshot(server: Server) -> None:
    for number in ("1", str(2**52), "x", "-1", "9" * 400):
        with _stream(server, **{"Last-Event-ID": number}) as events:
            assert next(events)["type"] == "snapshot"


def test_many_listeners_hear_the_same(server: Server) -> None:
    heard: list[list[int]] = []
    ready = threading.Barrier(13)

    def listen() -> None:
        with _stream(server) as events:
            next(events)
            ready.wait(60)
            told = []
            for event in events:
                told.append(event["seq"])
                if event["type"] == "finished":
                    break
            heard.append(told)

    threads = [threading.Thread(target=listen) for _ in range(12)]
    for thread in threads:
        thread.start()
    ready.wait(60)
    server.submit()
    for thread in threads:
        thread.join(60)
    assert len(heard) == 12
    assert all(told[-5:] == heard[0][-5:] for told in heard)


def test_events_are_valid_json_with_the_type_inside_and_no_event_line(server: Server) -> None:
    job = server.submit()
    server.finished(job)
    answer = server.client.get(f"/api/v1/jobs/{job}/events")
    assert "\nevent:" not in answer.text
    for line in answer.text.splitlines():
        if line.startswith("data: "):
            assert json.loads(line[6:], parse_constant=lambda name: 1 / 0)["type"]


def _record(data_dir: Path, picture: str) -> None:
    """Give a picture a recording, as its second row."""
    write_recording(data_dir, "a" * 32, seeds=(1, 2))
    library = Library(data_dir)
    recordings = Trajectories(library.database, data_dir)
    recordings.add("a" * 32)
    recordings.link("a" * 32, 1, picture)
    library.close()


def test_the_end_of_a_job_of_an_earlier_server_is_told_again(tmp_path: Path) -> None:
    before = Server(tmp_path).wait_ready()
    done, failed = before.submit(batch_size=2), before.submit("fail")
    images = before.finished(done)["images"]
    before.finished(failed)
    before.stop()
    _record(before.data_dir, images[1])
    again = Server(tmp_path).wait_ready()
    told = again.events(done)
    assert [event["type"] for event in told] == ["image_done", "image_done", "finished"]
    assert [(event["trajectory"], event["row"]) for event in told[:2]] == [("", 0), ("a" * 32, 1)]
    assert [event["image"] for event in told[:2]] == told[2]["images"] == images
    (end,) = again.events(failed)
    assert (end["type"], end["error"]) == ("failed", "The latents are not numbers at step 2.")
    again.close()
