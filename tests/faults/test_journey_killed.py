"""The server is killed with -9 while a journey measures and while it makes frames: the next one makes the rest."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.engines import wait_until
from tests.server.server_process import Server

JOURNEYS = "/api/v1/explore/journeys"
TRAVEL = {
    "stops": [{"prompt": "a slow boat", "seed": 1, "frames": 6}, {"prompt": "a slow castle", "seed": 2}],
    "spacing": "perceptual",
    "request": {"steps": 3, "width": 64, "height": 64},
}


@pytest.mark.slow
def test_a_journey_survives_a_killed_server_in_each_of_its_phases(tmp_path: Path) -> None:
    server = Server(tmp_path).wait_ready()
    journey = f"{JOURNEYS}/{server.client.post(JOURNEYS, json=TRAVEL).raise_for_status().json()['id']}"

    def told(server: Server) -> dict[str, Any]:
        return server.client.get(journey).raise_for_status().json()

    wait_until(lambda: told(server)["done"] >= 1)
    before = told(server)
    assert (before["phase"], before["frames"]) == ("measuring", [])
    server.kill()

    server = Server(tmp_path).wait_ready()
    wait_until(lambda: any(frame["image"] for frame in told(server)["frames"]))
    placed = [frame["position"] for frame in told(server)["frames"]]
    server.kill()

    server = Server(tmp_path).wait_ready()
    wait_until(lambda: told(server)["status"] == "done")
    done = told(server)
    assert [frame["position"] for frame in done["frames"]] == placed
    assert all(frame["image"] for frame in done["frames"])
    assert done["done"] == done["total"] == before["total"]
    assert done["journey"] == before["journey"]
    server.close()
