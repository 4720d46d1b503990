import json
import re
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import webui
from tests.engine.engines import wait_until
from tests.server.access.app_routes import routes_of
from tests.server.server_process import read_events
from tests.server.several_people import People, several_people
from webui.engine.event_hub import EventHub, Published
from webui.server.audience import Audience, Everybody, Onlooker, Owner
from webui.server.untold_paths import UntoldPaths
from webui.settings import Settings

CANARY = "the sunken treasure of Ann"
TOLD_TO_ALL = {"queue", "status", "share_changed"}
TOLD_TO_OWNERS = {"sliders_changed"}
WAIT_FOR_JOBS = {"/api/v1/events", "/api/v1/explore/normal"}
"""Routes whose answers take as long as a job does."""


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with several_people(tmp_path_factory.mktemp("people")) as people:
        yield people


@pytest.fixture
def running(people: People) -> Iterator[str]:
    """A job of Ann that runs."""
    job = people.submit("ann", prompt=f"slow {CANARY}", steps=150, seed=123_454_321)
    wait_until(lambda: any(event.type == "step_done" for event in people.engine.hub.past(job)))
    yield job
    people.engine.cancel(job)
    wait_until(lambda: not people.engine.active_jobs())


def _published(kind: str, job: str | None = None, **fields: Any) -> Published:
    hub = EventHub()
    subscription = hub.subscribe(lambda: None)
    hub.publish(kind, job=job, **fields)
    return subscription.take()[0]


def _kinds() -> set[str]:
    """Every type of event that this program publishes, by its source."""
    source = "\n".join(path.read_text() for path in Path(webui.__file__).parent.rglob("*.py"))
    return set(re.findall(r'\.publish\(\s*"(\w+)"', source)) | {"model_loading", "step_done", "decoding", "image_done"}


@pytest.mark.parametrize("kind", sorted(_kinds() - TOLD_TO_ALL - TOLD_TO_OWNERS))
def test_an_event_that_is_nobodys_job_is_told_to_administrators_alone(people: People, kind: str) -> None:
    event = _published(kind, series="unknown", secret=CANARY)
    owner, onlooker = Owner(people.engine, "account:eve"), Onlooker(0.0)
    assert [each.told(event) for each in (owner, onlooker)] == [None, None]
    assert Everybody().told(event) is event.payload


def test_owners_are_told_that_sliders_changed_and_nothing_else(people: People) -> None:
    event = _published("sliders_changed", secret=CANARY)
    told = Owner(people.engine, "account:eve").told(event)
    assert told == {"seq": event.seq, "type": "sliders_changed"}
    assert Onlooker(0.0).told(event) is None


@pytest.mark.parametrize("audience", [Onlooker(0.0), None], ids=["onlooker", "owner"])
def test_what_all_are_told_says_nothing_of_others(people: People, audience: Audience | None) -> None:
    audience = audience or Owner(people.engine, "account:eve")
    events = [
        _published("queue", jobs=[{"id": "x", "position": 0, "prompt": CANARY}], length=1),
        _published("status", worker="busy", device="cpu", dtype="float32", model=CANARY, problem=CANARY, queue=1),
        _published("share_changed", open=True, url=CANARY, guests=[CANARY]),
    ]
    queue, status, shared = [audience.told(event) or {} for event in events]
    assert (queue["jobs"], queue["length"], status["queue"], shared["open"]) == ([], 1, 1, True)
    assert CANARY not in json.dumps([queue, status, shared])


def test_nothing_tells_of_a_job_while_it_runs(people: People, running: str) -> None:
    eve, told = people.as_("eve"), []
    for route in routes_of(people.app):
        if "GET" in route.methods and "{" not in route.path and route.path not in WAIT_FOR_JOBS:
            answer = eve.get(route.path)
            told += [(route.path, each) for each in (CANARY, running, "123454321") if each in answer.text]
    assert told == []
    progress = eve.get("/sdapi/v1/progress").json()
    assert (progress["progress"], progress["current_image"]) == (0.0, None)
    assert eve.post("/sdapi/v1/interrupt").is_success and eve.post("/sdapi/v1/skip").is_success
    assert people.engine.job(running).status == "running"
    assert people.engine.hub.past(running)[-1].type != "finished"


def test_an_owner_is_told_all_of_an_own_job(people: People) -> None:
    job = people.make("eve", prompt="mine", seed=77)["id"]
    told = people.as_("eve").get(f"/api/v1/jobs/{job}/events").text
    assert all(word in told for word in ("mine", "77", "/api/v1/images/"))


def _looked_on(people: People, until: str) -> list[dict[str, Any]]:
    events = []
    with people.as_("vic").stream("GET", "/api/v1/events") as answer:
        for event in read_events(answer):
            events.append(event)
            told = [event, *event.get("current", ())]
            if any(each["type"] == "finished" and each["job"] == until for each in told):
                return events
    return events


def test_who_looks_on_sees_pictures_and_learns_no_words(people: People) -> None:
    job = people.submit("ann", prompt=CANARY, negative_prompt=CANARY, seed=123_454_321, steps=3)
    events = _looked_on(people, job)
    told = [each for event in events for each in (event, *event.get("current", ()))]
    for secret in (CANARY, "123454321", "infotext: a", ".png", "models", str(people.engine.settings.data_dir)):
        assert secret not in json.dumps(told)
    pictures = people.engine.job(job).images
    assert not any(picture in json.dumps(told) for picture in pictures)
    steps = [event for event in told if event["type"] == "step_done" and event["job"] == job]
    done = next(event for event in told if event["type"] == "image_done" and event["job"] == job)
    vic = people.as_("vic")
    for address in (steps[-1]["previews"][0], done["url"]):
        answer = vic.get(address)
        assert answer.headers["content-type"] == "image/jpeg"
        with Image.open(BytesIO(answer.content)) as image:
            assert not {"parameters", "exif", "comment"} & image.info.keys()
        assert CANARY.encode() not in answer.content
    with Image.open(BytesIO(vic.get(done["url"]).content)) as image:
        assert image.size == (64, 64)


def test_what_was_made_before_the_link_was_opened_is_not_shown(people: People) -> None:
    job = people.make("ann", prompt=CANARY, seed=5)["id"]
    addresses = [f"/api/v1/shown/{job}/frames/0/1/0.jpg", f"/api/v1/shown/{job}/pictures/0.jpg"]
    vic, opened = people.as_("vic"), people.link.opened
    assert [vic.get(address).status_code for address in addresses] == [200, 200]
    people.link.opened = time.time()
    try:
        assert [vic.get(address).status_code for address in addresses] == [404, 404]
        with vic.stream("GET", "/api/v1/events", headers={"Last-Event-ID": "1"}) as answer:
            snapshot = next(read_events(answer))
        assert (snapshot["jobs"], snapshot["current"]) == ([], [])
    finally:
        people.link.opened = opened


def test_what_is_shown_to_onlookers_is_not_shown_to_other_owners(people: People) -> None:
    job = people.make("ann", prompt=CANARY, seed=6)["id"]
    addresses = [f"/api/v1/shown/{job}/frames/0/1/0.jpg", f"/api/v1/shown/{job}/pictures/0.jpg"]
    for name, status in (("eve", 404), ("gus", 404), ("ann", 200), ("house", 200)):
        assert [people.as_(name).get(address).status_code for address in addresses] == [status, status]


def test_the_paths_of_this_computer_are_no_part_of_what_others_read(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data", models_dirs=(tmp_path / "models",), open_browser=False)
    paths = UntoldPaths(settings)
    told = {"error": f"The file {tmp_path}/data/darkroom.sqlite3 is damaged.", "hint": "", "step": 3, "warning": None}
    assert paths.without(told) == told | {"error": "The file data/darkroom.sqlite3 is damaged."}
    assert (
        paths.in_words(f"no models in {tmp_path / 'models'}, {Path.home()}/x")
        == f"no models in models, {Path.home().name}/x"
    )
    assert paths.without({"error": None, "text": "as it is"}) == {"error": None, "text": "as it is"}


def test_others_are_told_what_a_model_can_do_and_not_where_it_is(people: People) -> None:
    listed = people.as_("gus").get("/api/v1/models").json()
    assert listed and all(model["name"] for model in listed)
    for answer in (listed, people.as_("gus").get("/api/v1/health").json()):
        assert str(people.engine.settings.models_dirs[0]) not in json.dumps(answer)
    assert str(people.engine.settings.models_dirs[0]) in people.as_("house").get("/api/v1/models").text
    refused = people.as_("gus").post("/api/v1/jobs", json={"model": "none", "seed": 1})
    assert str(people.engine.settings.models_dirs[0].parent) not in refused.text


def test_guests_are_told_no_styles_and_no_lists_of_words(people: People) -> None:
    folder = people.engine.settings.data_dir / "wildcards"
    folder.mkdir(parents=True)
    (folder / "treasure.txt").write_text(f"{CANARY}\n")
    assert people.as_("ann").get("/api/v1/prompt/names").json()["wildcards"] == ["treasure"]
    assert people.as_("gus").get("/api/v1/prompt/names").json()["wildcards"] == []
    typed = {"prompt": "a __treasure__", "styles": ["secret"]}
    assert CANARY not in people.as_("gus").post("/api/v1/prompt/check", json=typed).text
