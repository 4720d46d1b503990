from tests.server.server_process import Server

DAY = {"low": "by day", "high": "at night", "value": 0.5, "start": 0.25, "end": 1.0}


def test_a_slider_is_kept_listed_and_deleted(server: Server) -> None:
    saved = server.client.put("/api/v1/sliders/Day and night", json=DAY)
    assert (saved.status_code, saved.json()) == (200, {"name": "Day and night", **DAY})
    assert server.client.get("/api/v1/sliders").json() == {"sliders": [saved.json()], "problems": []}
    assert server.client.delete("/api/v1/sliders/Day and night").json() == {"sliders": [], "problems": []}
    assert server.client.delete("/api/v1/sliders/Day and night").status_code == 404


def test_a_kept_slider_is_a_value_of_a_request(server: Server) -> None:
    slider = server.client.put("/api/v1/sliders/season", json={"low": "summer", "high": "winter"}).json()
    accepted = server.client.post("/api/v1/jobs", json={"prompt": "a hill", "sliders": [slider]}).json()
    request = server.client.get(f"/api/v1/jobs/{accepted['id']}").json()["request"]
    assert request["sliders"] == [slider]


def test_what_is_no_slider_is_refused_by_its_field(server: Server) -> None:
    for body, field in (({"low": "x"}, "high"), ({**DAY, "value": 11}, "value"), ({**DAY, "ramp": 1}, "ramp")):
        answer = server.client.put("/api/v1/sliders/x", json=body)
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    for name in (".x", "a%2Fb", "..%2Fb"):
        named = server.client.put(f"/api/v1/sliders/{name}", json=DAY)
        assert (named.status_code, named.json()["field"]) == (422, "name")
