from typing import Any

from tests.engine.engines import wait_until
from tests.server.server_process import Server

REQUEST = {"prompt": "a boat", "seed": 7, "steps": 2, "width": 64, "height": 64}
AXIS = {"type": "Steps", "values": "1, 2"}


def _series(server: Server, series: str) -> dict[str, Any]:
    return server.client.get(f"/api/v1/series/{series}").raise_for_status().json()


def test_a_plot_is_accepted_runs_and_has_its_grid(server: Server) -> None:
    answer = server.client.post("/api/v1/series", json={"kind": "plot", "request": REQUEST, "x": AXIS})
    assert answer.status_code == 202, answer.text
    accepted = answer.json()
    assert len(accepted["jobs"]) == accepted["total"] == 2
    assert answer.headers["location"] == f"/api/v1/series/{accepted['id']}"
    wait_until(lambda: _series(server, accepted["id"])["status"] != "running")
    done = _series(server, accepted["id"])
    assert (done["status"], done["done"], done["kind"]) == ("done", 2, "plot")
    assert [cell["labels"][0] for cell in done["cells"]] == ["Steps: 1", "Steps: 2"]
    grid = server.client.get(done["url"])
    assert grid.content.startswith(b"\x89PNG")
    (listed,) = [one for one in server.client.get("/api/v1/series").json() if one["id"] == accepted["id"]]
    assert "cells" not in listed
    assert server.client.delete(f"/api/v1/series/{accepted['id']}").json()["status"] == "done"


def test_bad_series_are_answered_with_a_sentence_and_the_field(server: Server) -> None:
    bad = {"kind": "plot", "request": REQUEST, "y": {"type": "Steps", "values": "1, many"}}
    answer = server.client.post("/api/v1/series", json=bad)
    assert answer.status_code == 422
    assert answer.json()["field"] == "y"
    assert "Y axis, Steps: 'many'" in answer.json()["error"]
    assert server.client.post("/api/v1/series", json={"kind": "sweep", "request": REQUEST}).json()["field"] == "start"
    assert server.client.post("/api/v1/series", content="x").status_code == 415
    assert server.client.get("/api/v1/series/nosuch").status_code == 404
    assert server.client.delete("/api/v1/series/nosuch").status_code == 404
