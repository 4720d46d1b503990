"""The OpenAPI document against the routes, and against what a server really answers."""

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from tests.server.recordings_server import PLAIN, recordings_server
from tests.server.server_process import Server
from webui.server.api_document.document import THEMES

DOCUMENTED = ("/api/v1/", "/v1/", "/login", "/logout")


@pytest.fixture(scope="module")
def server(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with recordings_server(tmp_path_factory.mktemp("described"), tiny_models_dir) as server:
        yield server


@pytest.fixture(scope="module")
def document(server: Server) -> Mapping[str, Any]:
    return server.client.get("/api/v1/openapi.json").json()


@pytest.fixture(scope="module")
def job(server: Server) -> dict[str, Any]:
    return server.finished(server.submit(batch_size=2))


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _problems(document: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> list[str]:
    """What of a value is not as a schema of the document says."""
    whole = {**schema, "components": document["components"]}
    return [f"{list(error.path)}: {error.message[:300]}" for error in Draft202012Validator(whole).iter_errors(value)]


def _json_of(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
    return told.get("content", {}).get("application/json")


def test_every_route_is_described_and_every_description_has_a_route(document: Mapping[str, Any]) -> None:
    described = [address for theme in THEMES for address in theme.routes]
    assert sorted(described) == sorted(address for address, _ in _operations(document))
    assert all(path.startswith(DOCUMENTED) for path in document["paths"])


def test_every_operation_tells_its_answer_and_its_errors(document: Mapping[str, Any]) -> None:
    for address, operation in _operations(document):
        statuses = set(operation["responses"])
        assert {"400", "401", "403", "429"} < statuses, address
        assert any(status.startswith("2") for status in statuses), address
        assert operation["tags"] and operation.get("summary"), address
        if address.startswith(("POST", "PATCH")) and "requestBody" in operation:
            assert {"413", "415", "422"} < statuses, address


def test_what_takes_a_body_says_so(document: Mapping[str, Any]) -> None:
    without = {address for address, operation in _operations(document)
               if address.startswith(("POST", "PATCH", "PUT")) and "requestBody" not in operation}  # fmt: skip
    steering = ("/skip", "/retry", "/convert", "/enable", "/disable", "/rollback", "/logout")
    assert all(address.endswith(steering) for address in without), without


def test_all_schemas_are_schemas_and_refer_to_what_is_there(document: Mapping[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    names = {name for ref in _refs(document) for name in [ref.rpartition("/")[2]]}
    assert names <= set(schemas)
    assert all(ref.startswith("#/components/schemas/") for ref in _refs(document))


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from _refs(each)
    elif isinstance(value, list):
        for each in value:
            yield from _refs(each)


def test_the_page_to_read_has_every_address_and_nothing_from_elsewhere(
    server: Server, document: Mapping[str, Any]
) -> None:
    answer = server.client.get("/api/v1/docs")
    assert answer.headers["content-type"].startswith("text/html")
    for address, _ in _operations(document):
        assert f"<code>{address}</code>" in answer.text
    assert "<script" not in answer.text
    assert set(re.findall(r'(?:href|src)="([^#"]*)"', answer.text)) == {"/api/v1/openapi.json"}


def test_examples_are_as_their_schemas_say(document: Mapping[str, Any]) -> None:
    counted = 0
    for address, operation in _operations(document):
        for told in (operation.get("requestBody", {}), *operation["responses"].values()):
            content = _json_of(told)
            if content and "example" in content:
                assert not _problems(document, content["schema"], content["example"]), address
                counted += 1
    assert counted > 15


def test_the_examples_of_jobs_and_series_are_taken(server: Server, document: Mapping[str, Any]) -> None:
    for path in ("/api/v1/jobs", "/api/v1/series", "/api/v1/infotext"):
        example = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
        assert server.client.post(path, json=example).is_success, path
    assert server.client.delete("/api/v1/queue").is_success


def _made(server: Server, document: Mapping[str, Any], path: str, **options: Any) -> dict[str, Any]:
    """What a POST answers, which is looked at, too."""
    answer = server.client.post(path, **options)
    assert answer.is_success, answer.text
    told = document["paths"][path]["post"]["responses"][str(answer.status_code)]
    assert not _problems(document, told["content"]["application/json"]["schema"], answer.json()), path
    return answer.json()


def _explored(server: Server, document: Mapping[str, Any]) -> str:
    """Ask the explorer as its examples do, of small pictures; the id of what was made."""
    small = {"width": 64, "height": 64, "steps": 1}
    made = {}
    for what in ("ideas", "weights", "vector", "expression", "beyond", "neighbours", "pictures"):
        path = f"/api/v1/explore/{what}"
        body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["example"]
        if what == "pictures":
            body = {"requests": [each | small for each in body["requests"]]}
        made[what] = _made(server, document, path, json=body)
    return made["pictures"]["id"]


def _inspected(server: Server, document: Mapping[str, Any], picture: str) -> str:
    """What the latent inspector answers, which is looked at; returns the id of a picture's latents."""
    source, base = {"kind": "picture", "picture": picture}, "/api/v1/explore/latents"
    _made(server, document, f"{base}/distance", json={"one": source, "other": source})
    _made(server, document, f"{base}/nearest", json={"picture": picture})
    return _made(server, document, base, json={"source": source})["id"]


def test_what_the_server_answers_is_as_it_is_described(
    server: Server, document: Mapping[str, Any], job: dict[str, Any]
) -> None:
    file = BytesIO()
    Image.new("RGB", (64, 64)).save(file, "PNG")
    _made(server, document, "/api/v1/pictures", content=file.getvalue())
    plot = {"kind": "plot", "request": {"steps": 1, "width": 64}, "x": {"type": "Steps", "values": "1, 2"}}
    series = _made(server, document, "/api/v1/series", json=plot)["id"]
    travel = {"stops": [{"prompt": "a boat", "frames": 1}, {"prompt": "a castle"}], "request": {"steps": 1}}
    journey = _made(server, document, "/api/v1/explore/journeys", json=travel)["id"]
    _made(server, document, "/api/v1/explore/journeys/stop", json={"picture": job["images"][0]})
    points = _explored(server, document)
    forward = _made(server, document, "/api/v1/forward", json={"picture": job["images"][0], "steps": 2})["id"]
    model = server.client.get("/api/v1/models").json()[0]
    latents = _inspected(server, document, job["images"][0])
    named = {
        "journeys/{series}": f"journeys/{journey}", "{latents}/{kind}": f"{latents}/picture",
        "{model}": model["id"], "{job}": job["id"],
        "{picture}": job["images"][0], "{series}": series, "{forward}": forward, "{kind}": "pixels", "{level}": "0",
        "{trajectory}": PLAIN, "{step}": "2", "{view}": "x0", "{format_}": "png", "{name}": "film_grain",
        "export": "export?what=frame&step=1", "{points}": points, "{index}": "0",
    }  # fmt: skip
    not_kept = ("/events", "/shown/", "/frames/", "/film", "/preview", "/assets/")
    looked_at = 0
    for address, operation in _operations(document):
        method, path = address.split()
        if method != "GET" or any(part in path for part in not_kept):
            continue
        if path == "/v1/models/{model}":
            path = f"/v1/models/{model['name']}"
        for part, name in named.items():
            path = path.replace(part, name)
        answer = server.client.get(path)
        assert answer.status_code == 200, (path, answer.text)
        content = operation["responses"]["200"]["content"]
        kind = answer.headers["content-type"].partition(";")[0]
        assert kind in content, path
        if kind == "application/json":
            assert not _problems(document, content[kind]["schema"], answer.json()), path
            looked_at += 1
    assert looked_at >= 35


@pytest.mark.parametrize(
    ("method", "path", "options", "status"),
    [
        ("POST", "/api/v1/jobs", {"json": {"steps": 0}}, 422),
        ("POST", "/api/v1/jobs", {"content": b"{}"}, 415),
        ("POST", "/api/v1/jobs", {"content": b" " * 2**21}, 413),
        ("POST", "/api/v1/jobs", {"json": {"model": "none"}}, 404),
        ("GET", "/api/v1/jobs/{job}", {}, 404),
        ("GET", "/api/v1/images", {"headers": {"host": "evil.example"}}, 400),
        ("POST", "/api/v1/jobs", {"json": {}, "headers": {"origin": "http://evil.example"}}, 403),
        ("POST", "/v1/images/generations", {"json": {}}, 400),
        ("GET", "/v1/models/{model}", {}, 404),
    ],
)
def test_errors_are_told_as_they_are_described(
    server: Server, document: Mapping[str, Any], method: str, path: str, options: dict[str, Any], status: int
) -> None:
    answer = server.client.request(method, path.replace("{", "").replace("}", ""), **options)
    assert answer.status_code == status
    told = document["paths"][path][method.lower()]["responses"][str(status)]
    assert not _problems(document, told["content"]["application/json"]["schema"], answer.json())
