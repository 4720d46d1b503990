"""Nobody finds anything of somebody else: every list, every address with an id, every body with an id, every event."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from tests.engine.engines import wait_until
from tests.engine.recordings import write_recording
from tests.server.access.app_routes import AppRoute, routes_of
from tests.server.several_people import PEOPLE, SMALL, People, several_people
from webui.access.kinds import Kind
from webui.generation.trajectory import Origin
from webui.server import event_stream

CANARY = "the sunken treasure of Ann"
RECORDING, PARENT = "c" * 32, "d" * 32
OTHERS = ("eve", "gus", "vic")


@dataclass(frozen=True)
class Things:
    """What Ann has: the ids of it, and everything that would give it away."""

    ids: dict[str, str]
    before: int
    words: tuple[str, ...]

    @property
    def secrets(self) -> tuple[str, ...]:
        return (*self.words, *self.ids.values())

    def told_in(self, answer: str) -> list[str]:
        """What of it an answer gives away."""
        return [each for each in self.secrets if each in answer]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with several_people(tmp_path_factory.mktemp("people")) as people:
        yield people


@pytest.fixture(scope="module")
def things(people: People) -> Things:
    """Ann makes one of everything."""
    ann, engine = people.as_("ann"), people.engine
    before = engine.hub.publish("marked")
    job = people.make("ann", prompt=CANARY, negative_prompt=f"not {CANARY}")
    upload = ann.post("/api/v1/pictures", content=_file("red")).json()["id"]
    wanted = {"kind": "plot", "request": SMALL | {"prompt": CANARY}, "x": {"type": "Seed", "values": "8, 9"}}
    series = ann.post("/api/v1/series", json=wanted).json()["id"]
    wait_until(lambda: not engine.series.find(series).active)
    forward = ann.post("/api/v1/forward", json={"picture": upload, "width": 64, "height": 64}).json()["id"]
    for id_ in (RECORDING, PARENT):
        write_recording(engine.settings.data_dir, id_, steps=2, prompt=CANARY)
        engine.trajectories.add(id_)
        engine.ownership.note("account:ann", Kind.TRAJECTORY, id_)
    engine.trajectories.link(RECORDING, 0, job["images"][0])
    points = ann.post("/api/v1/explore/pictures", json={"requests": [SMALL | {"prompt": CANARY}]}).json()["id"]
    inspected = {"source": {"kind": "picture", "picture": upload}}
    latents = ann.post("/api/v1/explore/latents", json=inspected).json()["id"]
    ids = {
        "job": job["id"], "picture": job["images"][0], "input": upload, "series": series, "forward": forward,
        "points": points, "latents": latents, "trajectory": RECORDING, "grid": engine.series.find(series).picture or "",
    }  # fmt: skip
    return Things(ids, before, (CANARY, str(engine.settings.data_dir.parent)))


@pytest.fixture
def waiting(people: People) -> Iterator[str]:
    """A job of Ann that waits behind a slow one of the house."""
    slow = people.submit("house", prompt="slow", steps=150)
    job = people.submit("ann", prompt=CANARY, seed=99)
    yield job
    for each in (job, slow):
        people.engine.cancel(each)
    wait_until(lambda: not people.engine.active_jobs())


def _file(colour: str, size: tuple[int, int] = (64, 64)) -> bytes:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def _addresses(route: AppRoute, ids: dict[str, str]) -> list[str]:
    """The route's address for each of Ann's things that it could name."""
    words = {kind: ids[kind] for kind in ("job", "series", "trajectory", "forward", "points", "latents")}
    words |= {"batch": "0", "step": "1", "index": "0", "view": "x0", "kind": "original", "level": "0"}
    words |= {"kind": "picture"} if "{latents}" in route.path else {}
    words |= {"format_": "png", "rest": "pictures/0.jpg", "path": "x", "name": "x"}
    pictures = (ids["picture"], ids["input"], ids["grid"]) if "{picture" in route.path else ("0",)
    frames = "frames" in route.path
    return [route.sample(**words, picture="0" if frames else picture) for picture in pictures]


@pytest.mark.parametrize("name", OTHERS)
def test_no_address_gives_anything_of_somebody_else(people: People, things: Things, name: str) -> None:
    client, found = people.as_(name), []
    for route in routes_of(people.app):
        for address in _addresses(route, things.ids):
            if address in ("/api/v1/events",) or "GET" not in route.methods:
                continue
            answer = client.get(address)
            assert answer.status_code < 500, (address, answer.text)
            shown = name == "vic" and address.startswith("/api/v1/shown/")  # made while the link was open
            if answer.is_success and not shown and any(id_ in address for id_ in things.ids.values()):
                found.append((address, "was answered"))
            found += [(address, told) for told in things.told_in(answer.text)]
    assert found == []


@pytest.mark.parametrize("name", OTHERS)
def test_nothing_of_somebody_else_can_be_changed_or_ended(
    people: People, things: Things, waiting: str, name: str
) -> None:
    client = people.as_(name)
    for route in routes_of(people.app):
        for verb in route.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            for ids in (things.ids, things.ids | {"job": waiting}):
                for address in _addresses(route, ids):
                    if any(id_ in address for id_ in (*things.secrets, waiting)):
                        answer = client.request(verb, address, json={"pinned": True})
                        assert answer.status_code in (403, 404, 405), (verb, address, answer.text)
                        assert things.told_in(answer.text) == []
    assert people.as_("ann").get(f"/api/v1/jobs/{waiting}").json()["status"] == "queued"
    assert not people.as_("ann").get(f"/api/v1/trajectories/{RECORDING}").json()["pinned"]


def _bodies(id_: Callable[[str], str]) -> list[tuple[str, dict[str, Any]]]:
    """Every body that can name a thing by its id."""
    picture, recording = id_("picture"), id_("trajectory")
    jobs: list[dict[str, Any]] = [
        *({"start": {"kind": "picture", "picture": each}} for each in (picture, id_("input"), id_("grid"))),
        {"start": {"kind": "step", "trajectory": recording, "step": 1}},
    ]
    sources = [
        *({"kind": "picture", "picture": each} for each in (picture, id_("input"))),
        {"kind": "recording", "trajectory": recording},
    ]
    mask = [(start, {"picture": each}) for start in ("own",) for each in (picture, id_("input"))]
    return [
        *(("/api/v1/jobs", SMALL | job) for job in jobs),
        *(("/api/v1/jobs", SMALL | {"start": start, "mask": each}) for start, each in mask),
        *(("/api/v1/series", {"kind": "loopback", "request": SMALL | job}) for job in jobs),
        ("/api/v1/series", {"kind": "batch", "request": SMALL | jobs[0], "pictures": [picture, id_("input")]}),
        *(("/api/v1/explore/pictures", {"requests": [SMALL | job]}) for job in jobs),
        *(("/api/v1/explore/vector", {"request": SMALL | job}) for job in jobs),
        *(("/api/v1/explore/latents", {"source": source}) for source in sources),
        *(("/api/v1/explore/latents/distance", {"one": source, "other": source}) for source in sources),
        *(("/api/v1/explore/latents/nearest", {"picture": each}) for each in (picture, id_("input"))),
        ("/api/v1/forward", {"picture": picture}),
        ("/api/v1/forward", {"picture": id_("input")}),
    ]


@pytest.mark.parametrize("name", ["eve", "gus"])
def test_naming_anothers_thing_is_as_naming_none(people: People, things: Things, name: str) -> None:
    client = people.as_(name)
    own = client.post("/api/v1/pictures", content=_file("blue")).json()["id"]
    unknown = {kind: secrets.token_hex(16) for kind in things.ids}
    pairs = zip(_bodies(things.ids.__getitem__), _bodies(unknown.__getitem__), strict=True)
    for (address, anothers), (_, nobodys) in pairs:
        answers = []
        for body in (anothers, nobodys):
            if body.get("start") == "own":
                body["start"] = {"kind": "picture", "picture": own}
            answer = client.post(address, json=body)
            assert answer.status_code in (422, 403), (address, body, answer.text)
            answers.append(answer.text)
        for id_, other in zip(things.ids.values(), unknown.values(), strict=True):
            answers = [each.replace(id_, "ID").replace(other, "ID") for each in answers]
        assert answers[0] == answers[1]


def test_a_painting_over_a_recorded_step_must_be_ones_own(people: People, things: Things) -> None:
    start = {"kind": "step", "trajectory": RECORDING, "step": 1}
    request = SMALL | {"prompt": CANARY, "sampler": "Euler"}
    others = people.as_("eve").post("/api/v1/pictures", content=_file("green")).json()["id"]
    refused = people.as_("ann").post("/api/v1/jobs", json=request | {"start": start | {"painting": others}})
    assert (refused.status_code, refused.json()["field"]) == (422, "start.painting")
    accepted = people.as_("ann").post("/api/v1/jobs", json=request | {"start": start})
    assert accepted.status_code == 202
    people.engine.cancel(accepted.json()["id"])


@pytest.mark.parametrize("name", ["eve", "gus"])
def test_no_event_tells_of_somebody_else_whatever_number_is_asked_for(
    people: People, things: Things, waiting: str, name: str
) -> None:
    for after in (None, things.before, 1, 10**16):
        own = people.submit(name, prompt=f"of {name}", seed=time.time_ns() % 10**6)
        people.engine.cancel(own)
        heard = people.heard(name, until=own, after=after) if after == things.before else [_first(people, name, after)]
        assert things.told_in(json.dumps(heard)) == [] and waiting not in json.dumps(heard)
        assert own in json.dumps(heard) or after != things.before


def _first(people: People, name: str, after: int | None) -> dict[str, Any]:
    """The snapshot that somebody gets."""
    headers = {"Last-Event-ID": str(after)} if after is not None else {}
    with people.as_(name).stream("GET", "/api/v1/events", headers=headers) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: "):
                return json.loads(line[6:])
    raise AssertionError


def test_the_queue_tells_each_one_their_own_true_places(people: People, waiting: str) -> None:
    before = people.engine.hub.publish("marked")
    own = people.submit("eve", prompt="of eve")
    wait_until(lambda: any(own in event.json for event in _since(people, before) if event.type == "queue"))
    people.engine.cancel(own)
    queues = [event for event in people.heard("eve", until=own, after=before) if event["type"] == "queue"]
    mine = [queue for queue in queues if queue["jobs"]]
    assert [job["id"] for job in mine[0]["jobs"]] == [own]
    assert mine[0]["jobs"][0]["position"] == 2
    assert mine[0]["length"] == 3
    assert waiting not in json.dumps(queues)


def _since(people: People, seq: int) -> list[Any]:
    subscription = people.engine.hub.subscribe(lambda: None, after=seq)
    people.engine.hub.unsubscribe(subscription)
    return subscription.take()


def test_how_an_ended_job_went_is_retold_to_its_owner_alone(people: People, things: Things) -> None:
    people.engine.hub._jobs.pop(things.ids["job"])
    address = f"/api/v1/jobs/{things.ids['job']}/events"
    told = people.as_("ann").get(address).text
    assert things.ids["picture"] in told and RECORDING in told
    assert [people.as_(name).get(address).status_code for name in OTHERS] == [404, 404, 403]


def test_a_newcomer_gets_their_own_last_job_and_not_the_one_that_runs(people: People, things: Things) -> None:
    own = people.make("eve", prompt="the last of eve")["id"]
    people.make("house", prompt="newer")
    snapshot = _first(people, "eve", None)
    assert {event["job"] for event in snapshot["current"]} == {own}
    assert snapshot["current"][-1]["type"] == "finished"


def test_who_owns_sees_it_all(people: People, things: Things) -> None:
    ann = people.as_("ann")
    lists = [ann.get(f"/api/v1/{name}").text for name in ("jobs", "images", "series", "trajectories")]
    for kind, told in zip(("job", "picture", "series", "trajectory"), lists, strict=True):
        assert things.ids[kind] in told
    assert ann.get(f"/api/v1/images/{things.ids['picture']}/parameters").json()["path"] is None
    assert people.as_("house").get(f"/api/v1/images/{things.ids['picture']}/parameters").json()["path"]
    told = people.as_("house").get("/api/v1/jobs").text
    assert things.ids["job"] in told


def test_the_same_picture_made_by_two_is_each_ones_own(people: People, things: Things) -> None:
    request = {"prompt": CANARY, "negative_prompt": f"not {CANARY}"}
    job = people.make("eve", **request)
    [picture] = job["images"]
    assert picture == things.ids["picture"]
    eve = people.as_("eve")
    [listed] = [each for each in eve.get("/api/v1/images").json() if each["id"] == picture]
    assert (listed["job"], listed["trajectory"], listed["path"]) == (job["id"], "", None)
    assert eve.get(f"/api/v1/images/{picture}").is_success
    assert eve.get(f"/api/v1/images/{picture}/trajectory").status_code == 404
    people.engine.hub._jobs.pop(job["id"])
    assert RECORDING not in eve.get(f"/api/v1/jobs/{job['id']}/events").text
    png = eve.get(f"/api/v1/images/{picture}").content
    assert eve.post("/api/v1/pictures", content=png).json()["recording"] is None
    assert people.as_("ann").post("/api/v1/pictures", content=png).json()["recording"]["trajectory"] == RECORDING
    assert eve.post("/api/v1/jobs", json=SMALL | {"start": {"kind": "picture", "picture": picture}}).status_code == 202


def test_a_recording_that_two_have_is_two_recordings(people: People, things: Things) -> None:
    file = people.as_("ann").get(f"/api/v1/trajectories/{RECORDING}/file").content
    eve = people.as_("eve")
    own = eve.post("/api/v1/trajectories", content=file).json()["id"]
    assert own != RECORDING
    assert [each["id"] for each in eve.get("/api/v1/trajectories").json()] == [own]
    assert [each["picture"] for each in eve.get(f"/api/v1/trajectories/{own}").json()["pictures"] if each["id"]] == []
    assert eve.delete(f"/api/v1/trajectories/{own}").status_code == 204
    assert people.as_("ann").get(f"/api/v1/trajectories/{RECORDING}").is_success


def test_a_file_that_says_it_branched_off_anothers_recording_does_not_show_it(people: People, things: Things) -> None:
    data = people.engine.settings.data_dir
    path = write_recording(data, "e" * 32, steps=2, prompt="mine", origin=Origin(trajectory=PARENT, step=1))
    content = path.read_bytes()
    path.unlink()
    own = people.as_("eve").post("/api/v1/trajectories", content=content).json()["id"]
    family = people.as_("eve").get(f"/api/v1/trajectories/{own}/family").json()["nodes"]
    assert [(node["id"], node["changes"]) for node in family] == [(own, {})]
    assert people.as_("ann").get(f"/api/v1/trajectories/{PARENT}").json()["children"] == []
    assert len(people.as_("ann").get(f"/api/v1/trajectories/{PARENT}/family").json()["nodes"]) == 1
    people.as_("eve").delete(f"/api/v1/trajectories/{own}")


def test_a_stream_ends_with_the_account_that_it_was_opened_by(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "ASK_AGAIN_SECONDS", 0.05)
    with people.as_("eve").stream("GET", "/api/v1/events") as answer:
        lines = answer.iter_lines()
        while not next(lines).startswith("data: "):
            pass
        monkeypatch.delitem(PEOPLE, "eve")
        assert list(lines)[-1:] in ([], [""])


def test_the_house_can_leave_the_pictures_of_others_out_of_its_list(people: People) -> None:
    def listed(name: str, query: str = "") -> list[str]:
        return [picture["id"] for picture in people.as_(name).get(f"/api/v1/images{query}").json()]

    people.make("house", seed=501)
    (own,) = listed("house", "?limit=1&mine=true")
    people.make("eve", seed=502)
    (of_eve,) = listed("house", "?limit=1")
    assert of_eve in listed("eve")
    assert of_eve != own
    assert listed("house", "?limit=1&mine=true") == [own]
    assert listed("eve", "?mine=true") == listed("eve")
    people.make("eve", seed=501)  # who makes the same picture later takes it from nobody
    assert listed("house", "?limit=1&mine=true") == [own]
