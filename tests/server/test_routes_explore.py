import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.server.server_process import Server
from webui.engine.engine import GENERATOR
from webui.generation.expression import parse
from webui.generation.request import GenerationRequest

BASE = "/api/v1/explore"
SMALL = {"seed": 7, "steps": 2, "width": 64, "height": 64, "model": "tiny"}
IDEAS = [{"prompt": "a cat", "x": 0, "y": 0}, {"prompt": "a dog", "x": 1, "y": 0}, {"prompt": "an owl", "x": 0, "y": 1}]
MAP = {"ideas": IDEAS, "weighing": "barycentric", "request": SMALL}


@pytest.fixture(scope="module")
def server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("explored")
    server = Server(folder, models=False, factory=GENERATOR, models_dirs=[str(tiny_models_dir)]).wait_ready()
    yield server
    server.close()


def _ask(server: Server, what: str, **body: Any) -> httpx.Response:
    return server.client.post(f"{BASE}/{what}", json=body)


def _told(server: Server, what: str, **body: Any) -> dict[str, Any]:
    answer = _ask(server, what, **body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _picture(server: Server, request: dict[str, Any]) -> str:
    done = server.finished(server.submit(**request))
    assert done["status"] == "done", done
    return done["images"][0]


def test_at_an_ideas_place_the_picture_is_the_very_file_of_its_prompt(server: Server) -> None:
    (point,) = _told(server, "weights", map=MAP, at=[[1, 0]])["points"]
    assert (point["weights"], point["inside"]) == ([0, 1, 0], True)
    assert _picture(server, point["request"]) == _picture(server, SMALL | {"prompt": "a dog"})


def test_between_ideas_it_is_another_picture_and_its_request_comes_back_from_the_file(server: Server) -> None:
    between, beyond = _told(server, "weights", map=MAP, at=[[0.5, 0.25], [3, 0]])["points"]
    assert between["weights"] == pytest.approx([0.25, 0.5, 0.25]) and between["inside"]
    assert beyond["weights"] == pytest.approx([-2, 3, 0]) and not beyond["inside"]
    pictures = [_picture(server, point["request"]) for point in (between, beyond)]
    assert len({*pictures, _picture(server, SMALL | {"prompt": "a dog"})}) == 3
    kept = server.client.get(f"/api/v1/images/{pictures[0]}/parameters").json()
    assert kept["request"]["blend"] == between["request"]["blend"] is not None
    assert 'Blend: 0.25 * "a cat" + 0.5 * "a dog" + 0.25 * "an owl"' in kept["infotext"].replace('\\"', '"')


def test_weights_can_be_moved_by_hand(server: Server) -> None:
    told = _told(server, "weights", map=MAP, weights=[[0, 0, 1], [1.5, -0.5, 0]])["points"]
    assert [point["inside"] for point in told] == [True, False]
    assert told[0]["request"]["prompt"] == "an owl" and told[0]["request"]["blend"] is None
    assert [idea["weight"] for idea in told[1]["request"]["blend"]["ideas"]] == [1.5, -0.5]


def test_pictures_of_points_are_made_without_a_trace(server: Server) -> None:
    points = _told(server, "weights", map=MAP, at=[[0, 0], [0.3, 0.3], [0, 2]])["points"]
    before = server.client.get("/api/v1/images").json(), server.client.get("/api/v1/jobs").json()
    requests = [point["request"] for point in points]
    made = _told(server, "pictures", requests=requests)
    assert [(each["seed"], each["width"], each["height"]) for each in made["pictures"]] == [(7, 64, 64)] * 3
    files = [server.client.get(each["url"]) for each in made["pictures"]]
    assert all("immutable" in file.headers["cache-control"] for file in files)
    pixels = [np.asarray(Image.open(io.BytesIO(file.content))) for file in files]
    assert {each.shape for each in pixels} == {(64, 64, 3)}
    assert not np.array_equal(pixels[0], pixels[1]) and not np.array_equal(pixels[1], pixels[2])
    assert _told(server, "pictures", requests=requests)["id"] == made["id"]
    assert _told(server, "pictures", requests=requests[1:])["id"] != made["id"]
    assert (server.client.get("/api/v1/images").json(), server.client.get("/api/v1/jobs").json()) == before


def test_pictures_that_are_not_known_are_not_found(server: Server) -> None:
    made = _told(server, "pictures", requests=[SMALL | {"prompt": "a boat"}])
    for path, status in (("0" * 32 + "/0.jpg", 404), ("x/0.jpg", 404), (f"{made['id']}/1.jpg", 422)):
        answer = server.client.get(f"{BASE}/pictures/{path}")
        assert (answer.status_code, bool(answer.json()["error"])) == (status, True)


def test_what_cannot_walk_together_is_told_by_its_field(server: Server) -> None:
    answer = _ask(server, "pictures", requests=[SMALL, SMALL | {"steps": 3}])
    assert (answer.status_code, answer.json()["field"]) == (422, "steps")
    answer = _ask(server, "pictures", requests=[SMALL | {"batch_count": 2}])
    assert (answer.status_code, answer.json()["field"]) == (422, "batch_size")


def test_a_line_leads_past_its_ends_and_each_text_is_its_blend(server: Server) -> None:
    asked = {"request": SMALL, "base": "A", "direction": '"night" - "day"', "names": {"A": "a boat"}}
    line = _told(server, "beyond", **asked, factors=[-1, 0, 1.5])
    assert line["texts"] == ['"a boat" - "night" + "day"', '"a boat"', '"a boat" + 1.5 * "night" - 1.5 * "day"']
    for text, values in zip(line["texts"], line["requests"], strict=True):
        request = GenerationRequest.parse(values)
        assert request.blend is None or request.blend == parse(text)
    toward = _told(server, "beyond", request=SMALL, base='"a"', toward='"b"', factors=[1, 2])
    assert toward["texts"] == ['"b"', '-"a" + 2.0 * "b"']


@pytest.mark.parametrize(
    ("what", "body", "field", "at", "length"),
    [
        ("expression", {"text": "A + night", "names": {"A": "x"}}, "text", 4, 5),
        ("expression", {"text": ""}, "text", 0, 0),
        ("beyond", {"request": SMALL, "base": "A +", "direction": '"b"', "factors": [1]}, "base", 0, 1),
        ("beyond", {"request": SMALL, "base": '"a"', "direction": '"b" *', "factors": [1]}, "direction", 5, 0),
        ("beyond", {"request": SMALL, "base": '"a"', "toward": '1 + "b"', "factors": [1]}, "toward", 2, 1),
    ],
)
def test_a_faulty_expression_is_told_with_its_place(
    server: Server, what: str, body: dict[str, Any], field: str, at: int, length: int
) -> None:
    answer = _ask(server, what, **body)
    told = answer.json()
    assert (answer.status_code, told["field"], told["at"], told["length"]) == (422, field, at, length)
    assert told["error"].endswith(".") and "^" in told["hint"]


def test_an_expression_is_multiplied_out(server: Server) -> None:
    told = _told(server, "expression", text="A + 2 * (B - A)", names={"A": "x", "B": "y"}, way="linear")
    assert told["text"] == '-"x" + 2.0 * "y"'
    assert told["blend"]["ideas"] == [{"prompt": "x", "weight": -1}, {"prompt": "y", "weight": 2}]


def test_neighbours_are_near_and_the_same_each_time(server: Server) -> None:
    asked = {"request": SMALL | {"prompt": "a boat"}, "spread": 0.1, "count": 3}
    made, again = _told(server, "neighbours", **asked)["requests"], _told(server, "neighbours", **asked)["requests"]
    assert made == again and len(made) == 3
    assert [each["noise_turns"][0]["share"] for each in made] == [0.1] * 3
    assert len({_picture(server, each) for each in made}) == 3


def test_prompts_have_places_and_a_vector_is_seen_from_them(server: Server) -> None:
    prompts = ["a cat", "a dog", "a city at night"]
    told = _told(server, "ideas", prompts=prompts, model="tiny")
    assert len(told["places"]) == 3 and np.abs(told["places"]).max() == pytest.approx(1)
    assert np.array(told["distances"]).shape == (3, 3)
    vector = _told(server, "vector", request=SMALL | {"prompt": "a cat"}, ideas=prompts)
    assert vector["ideas"][0]["distance"] == pytest.approx(0, abs=1e-3)
    assert vector["dimensions"] == told["dimensions"]


@pytest.mark.parametrize(
    ("what", "body", "field"),
    [
        ("weights", {"map": MAP}, "request"),
        ("weights", {"map": MAP, "at": [[0, 0]], "weights": [[1, 0, 0]]}, "request"),
        ("weights", {"map": MAP, "at": [[0]]}, "at.0.1"),
        ("weights", {"map": MAP, "at": [[0, 1e300]]}, "at.0.1"),
        ("weights", {"map": MAP, "at": [[0, 0]] * 101}, "at"),
        ("weights", {"map": MAP, "at": [[-99, -99]]}, "blend"),
        ("weights", {"map": MAP, "weights": [[1, 0]]}, "weights"),
        ("weights", {"map": MAP, "weights": [[0, 0, 0]]}, "blend"),
        ("weights", {"map": MAP | {"ideas": IDEAS[:2]}, "at": []}, "map.ideas"),
        ("weights", {"map": MAP | {"request": {"seed": "x"}}, "at": []}, "map.request.seed"),
        ("ideas", {"prompts": []}, "prompts"),
        ("ideas", {"prompts": ["x"] * 13}, "prompts"),
        ("ideas", {"prompts": ["x"], "projection": "guess"}, "projection"),
        ("vector", {"ideas": ["x"]}, "request"),
        ("pictures", {"requests": []}, "requests"),
        ("pictures", {"requests": [SMALL] * 9}, "requests"),
        ("pictures", {"requests": [SMALL | {"steps": 0}]}, "requests.0.steps"),
        ("expression", {"text": 7}, "text"),
        ("expression", {"text": "A", "names": {"A": 1}}, "names.A"),
        ("beyond", {"request": SMALL, "base": '"a"', "factors": [1]}, "request"),
        ("beyond", {"request": SMALL, "base": '"a"', "direction": '"b"', "factors": []}, "factors"),
        ("beyond", {"request": SMALL, "base": '"a"', "direction": '"a"', "factors": [-1]}, "factors"),
        ("beyond", {"request": SMALL, "base": '"a"', "toward": '"a"', "factors": [1]}, "toward"),
        ("neighbours", {"request": SMALL | {"seed": -1}, "spread": 0.1}, "seed"),
        ("neighbours", {"request": SMALL, "spread": 1.1}, "spread"),
        ("neighbours", {"request": SMALL, "spread": 0.1, "count": 25}, "count"),
        ("neighbours", {"request": SMALL, "spread": 0.1, "round": -1}, "round"),
        ("neighbours", {"request": SMALL, "spread": 0.1, "colour": 1}, "colour"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(
    server: Server, what: str, body: dict[str, Any], field: str
) -> None:
    answer = _ask(server, what, **body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert answer.json()["error"].endswith(".")


def test_a_model_that_is_not_there_is_not_found(server: Server) -> None:
    for what, body in (
        ("ideas", {"prompts": ["x"], "model": "nothing"}),
        ("vector", {"request": SMALL | {"model": "nothing"}}),
        ("pictures", {"requests": [SMALL | {"model": "nothing"}]}),
    ):
        assert _ask(server, what, **body).status_code == 404
    assert server.client.get(f"{BASE}/normal?model=nothing").status_code == 404
