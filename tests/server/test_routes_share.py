"""The public link through a real tunnel: who comes in, who does not, and how it ends."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from tests.engine.engines import LONG, wait_until
from tests.server.server_process import Server
from tests.server.shared_server import (
    SHARE,
    answers,
    close_link,
    finished,
    guest,
    open_link,
    open_things,
    stranger,
    submit,
)
from tests.sharing.ssh_server import SshServer, free_port, ssh_server


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(autouse=True)
def _closed(server: Server) -> Iterator[None]:
    yield
    close_link(server)


def state(server: Server) -> dict[str, Any]:
    return server.client.get(SHARE).raise_for_status().json()


def read_to_the_end(client: httpx.Client, address: str) -> Iterator[str]:
    """The lines of a stream until it ends, in whatever way."""
    with client.stream("GET", address) as answer:
        try:
            yield from answer.iter_lines()
        except httpx.RemoteProtocolError:
            return


def test_a_guest_makes_pictures_and_sees_no_others(server: Server, sshd: SshServer) -> None:
    link = open_link(server, sshd)
    house = server.submit("the house's own boat")
    with guest(link, "Ada") as ada, guest(link, "Grace") as grace:
        job = submit(ada, "a guest's boat")
        done = finished(ada, job)
        assert done["status"] == "done"
        picture = done["images"][0]["id"] if isinstance(done["images"][0], dict) else done["images"][0]
        assert ada.get(f"/api/v1/images/{picture}").content[:4] == b"\x89PNG"
        assert [each["id"] for each in ada.get("/api/v1/jobs").json()] == [job]
        assert grace.get("/api/v1/jobs").json() == []
        for stolen in (f"/api/v1/jobs/{job}", f"/api/v1/images/{picture}", f"/api/v1/jobs/{house}"):
            assert grace.get(stolen).status_code == 404
        told = state(server)
    assert [(each["name"], each["jobs_in_all"]) for each in told["guests"]] == [("Ada", 1), ("Grace", 0)]
    assert told["guests"][0]["jobs"] == [{"id": job, "status": "done", "prompt": "a guest's boat"}]
    server.finished(house)


def test_without_the_password_there_is_only_the_login(server: Server, sshd: SshServer) -> None:
    link = open_link(server, sshd)
    with stranger(link) as nobody:
        assert nobody.get("/login").status_code == 200
        for path in ("/api/v1/jobs", "/api/v1/me", "/api/v1/events", SHARE, "/sdapi/v1/samplers", "/v1/models"):
            assert nobody.get(path).status_code == 401
        wrong = {"name": "Ada", "password": "aaaa-bbbb"}
        assert [nobody.post("/login", json=wrong).status_code for _ in range(6)][-1] == 429
        assert state(server)["guests"] == []
        right = {"name": "Ada", "password": link["password"]}
        assert nobody.post("/login", json=right).status_code == 200  # whoever guesses keeps nobody out


def test_what_is_told_of_an_open_link(server: Server, sshd: SshServer) -> None:
    assert state(server)["state"] == "closed"
    link = open_link(server, sshd, minutes=15, level="look", jobs_per_guest=None)
    assert (link["state"], link["level"], link["jobs_per_guest"]) == ("open", "look", None)
    assert 0 < link["seconds_left"] <= 15 * 60
    assert len(link["password"]) >= 20
    assert link["qr"].startswith("<svg")
    answer = server.client.post(SHARE, json={"provider": "ssh", "ssh": sshd.options})
    assert (answer.status_code, answer.json()["error"]) == (409, "A public link is open already.")
    assert close_link(server)["state"] == "closed"
    again = open_link(server, sshd, minutes=None)
    assert (again["ends"], again["seconds_left"]) == (None, None)
    assert again["password"] != link["password"]


def test_a_guest_has_as_many_jobs_as_the_link_gives(server: Server, sshd: SshServer) -> None:
    link = open_link(server, sshd, jobs_per_guest=2)
    with guest(link) as ada:
        for job in [submit(ada), submit(ada)]:
            finished(ada, job)
        refused = ada.post("/api/v1/jobs", json={"prompt": "one more", "steps": 1, "width": 64, "height": 64})
        assert refused.status_code == 429, refused.text


def test_closing_cuts_off_streams_and_ends_jobs(server: Server, sshd: SshServer) -> None:
    before = open_things(server)
    link = open_link(server, sshd)
    with guest(link) as ada:
        job = submit(ada, "slow", steps=60, batch_count=8)
        lines = read_to_the_end(ada, "/api/v1/events")
        next(lines)
        began = time.monotonic()
        assert close_link(server)["closed_because"] == "It was closed."
        assert any('"share_changed"' in line for line in lines)  # the last words, for the guest's page
        assert time.monotonic() - began < 2
        with pytest.raises(httpx.TransportError):
            ada.get("/")
    wait_until(lambda: server.job(job)["status"] == "cancelled")
    assert open_things(server) == before


def test_it_ends_by_itself_when_its_time_is_over(server: Server, sshd: SshServer) -> None:
    link = open_link(server, sshd, minutes=1.5 / 60)
    ends = time.monotonic() + link["seconds_left"]
    with guest(link) as ada:
        job = submit(ada, "slow", steps=60, batch_count=8)
        for _ in read_to_the_end(ada, "/api/v1/events"):
            pass
        assert ends - 0.1 <= time.monotonic() < ends + 2
        wait_until(lambda: state(server)["state"] == "closed")
        with pytest.raises(httpx.TransportError):
            ada.get("/")
    assert state(server)["closed_because"] == "Its time was over."
    wait_until(lambda: server.job(job)["status"] == "cancelled")


def test_who_came_by_one_link_is_nobody_at_the_next(server: Server, sshd: SshServer) -> None:
    port = free_port()
    place = {**sshd.options, "remote_port": port}
    first = open_link(server, sshd, ssh=place)
    with guest(first) as ada:
        assert ada.get("/api/v1/me").status_code == 200
        close_link(server)
        second = open_link(server, sshd, ssh=place)
        assert second["url"] == first["url"]
        ada.cookies = httpx.Cookies({cookie.name: cookie.value or "" for cookie in ada.cookies.jar})
        assert ada.get("/api/v1/me").status_code == 401
        old = {"name": "Ada", "password": first["password"]}
        assert ada.post("/login", json=old).status_code == 401


def test_one_guest_can_be_ended(server: Server, sshd: SshServer) -> None:
    link = open_link(server, sshd)
    with guest(link, "Ada") as ada, guest(link, "Grace") as grace:
        job = submit(ada, "slow", steps=60, batch_count=8)
        first = state(server)["guests"][0]
        told = server.client.delete(f"{SHARE}/guests/{first['id']}").raise_for_status().json()
        assert [each["name"] for each in told["guests"]] == ["Grace"]
        assert ada.get("/api/v1/me").status_code == 401
        assert grace.get("/api/v1/me").json()["name"] == "Grace"
        wait_until(lambda: server.job(job)["status"] == "cancelled")
        assert server.client.delete(f"{SHARE}/guests/{first['id']}").status_code == 404


def test_a_stream_of_a_guest_who_is_ended_ends(server: Server, sshd: SshServer) -> None:
    link = open_link(server, sshd)
    with guest(link) as ada:
        lines = read_to_the_end(ada, "/api/v1/events")
        next(lines)
        began = time.monotonic()
        server.client.delete(f"{SHARE}/guests/{state(server)['guests'][0]['id']}").raise_for_status()
        for _ in lines:
            pass
        assert time.monotonic() - began < 2


def test_a_tunnel_that_is_lost_closes_the_link_and_says_why(server: Server, tmp_path: Path) -> None:
    before = open_things(server)
    with ssh_server(tmp_path) as lost:
        open_link(server, lost)
    wait_until(lambda: state(server)["state"] == "closed")
    assert state(server)["closed_because"] == "The connection to 127.0.0.1 was lost."
    wait_until(lambda: open_things(server) == before)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("port", "127.0.0.1 takes no connections at this port."),
        ("remote_port", "127.0.0.1 does not open this port: it is taken, or not allowed to you."),
        ("key", "127.0.0.1 lets nobody in with this key."),
    ],
)
def test_opening_that_fails_says_why_and_leaves_nothing_open(
    server: Server, sshd: SshServer, change: str, sentence: str
) -> None:
    before = open_things(server)
    wrong = {"port": free_port(), "remote_port": sshd.port, "key": str(sshd.folder / "host")}
    began = time.monotonic()
    answer = server.client.post(SHARE, json={"provider": "ssh", "ssh": {**sshd.options, change: wrong[change]}})
    assert time.monotonic() - began < 10
    assert (answer.status_code, answer.json()["error"]) == (422, sentence)
    assert state(server)["state"] == "closed"
    assert open_things(server) == before


def test_opening_can_be_given_up(server: Server) -> None:
    before = open_things(server)
    with socket.create_server(("127.0.0.1", 0)) as silent, httpx.Client(base_url=server.url, timeout=LONG) as other:
        place = {"destination": "me@127.0.0.1", "port": silent.getsockname()[1]}
        with other.stream("GET", "/api/v1/events") as events:
            lines = events.iter_lines()
            next(lines)
            answers: list[httpx.Response] = []
            opening = Thread(
                target=lambda: answers.append(server.client.post(SHARE, json={"provider": "ssh", "ssh": place}))
            )
            opening.start()
            next(line for line in lines if "share_changed" in line)
        assert other.get(SHARE).json()["state"] == "opening"
        assert other.delete(SHARE).json()["state"] == "closed"
        opening.join()
    assert answers[0].status_code == 422
    assert open_things(server) == before


def test_what_cannot_be_ordered_is_refused(server: Server) -> None:
    for wanted, field in (
        ({"provider": "carrier pigeon"}, "provider"),
        ({"provider": "ssh", "ssh": {"destination": "-oProxyCommand=x"}}, "ssh.destination"),
        ({"minutes": -1}, "minutes"),
    ):
        answer = server.client.post(SHARE, json=wanted)
        assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_the_name_of_a_link_is_good_there_alone_and_as_long_as_it_is_open(server: Server, sshd: SshServer) -> None:
    name = {"host": "pictures.example.org"}
    place = {**sshd.options, "remote_port": free_port(), "address": "https://pictures.example.org"}
    link = open_link(server, sshd, ssh=place)
    assert link["url"] == "https://pictures.example.org"
    assert server.client.get("/api/v1/health", headers=name).status_code == 400
    with httpx.Client(base_url=f"http://127.0.0.1:{place['remote_port']}") as proxy:  # as a web server there would be
        assert proxy.get("/login").status_code == 400
        page = {**name, "origin": "https://pictures.example.org"}
        for headers, status in ((page, 200), ({**name, "origin": "http://pictures.example.org"}, 403)):
            answer = proxy.post("/login", json={"password": link["password"]}, headers=headers)
            assert answer.status_code == status, answer.text
        cookie = proxy.post("/login", json={"password": link["password"]}, headers=page).headers["set-cookie"]
    assert {"httponly", "secure", "samesite=strict"} <= {part.strip() for part in cookie.lower().split(";")}
    close_link(server)
    assert server.client.get("/api/v1/health", headers=name).status_code == 400


def test_the_link_ends_with_the_server(sshd: SshServer, tmp_path: Path) -> None:
    own = Server(tmp_path).wait_ready()
    link = open_link(own, sshd)
    with guest(link) as ada:
        lines = read_to_the_end(ada, "/api/v1/events")
        next(lines)
        assert own.stop() < 10
        for _ in lines:
            pass
        wait_until(lambda: not answers(ada))
    assert "Traceback" not in own.stderr.read_text()
