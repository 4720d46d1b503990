from tests.engine.engines import wait_until
from tests.server.server_process import Server


def test_the_queue_is_told_in_its_order_and_cleared_of_what_waits(server: Server) -> None:
    first, *waiting = [server.submit("slow boat", steps=50) for _ in range(3)]
    wait_until(lambda: server.job(first)["status"] == "running")
    told = server.client.get("/api/v1/queue").json()
    assert [job["id"] for job in told["jobs"]] == [first, *waiting]
    assert [job["position"] for job in told["jobs"]] == [0, 1, 2]
    assert told["length"] == 3
    assert server.client.delete("/api/v1/queue").json() == {"cancelled": 2}
    assert [server.job(job)["status"] for job in (first, *waiting)] == ["running", "cancelled", "cancelled"]
    server.client.delete(f"/api/v1/jobs/{first}")
    wait_until(lambda: server.client.get("/api/v1/queue").json() == {"length": 0, "jobs": []})
