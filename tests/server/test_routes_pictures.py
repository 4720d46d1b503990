import socket
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.imaging.files import file_of, gradient
from tests.server.server_process import Server
from webui.library.encoding import encode_png


def _upload(server: Server, content: bytes, kind: str = "image/png") -> str:
    answer = server.client.post("/api/v1/pictures", content=content, headers={"content-type": kind})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def test_an_uploaded_picture_is_given_back_as_a_png_for_ever(server: Server) -> None:
    answer = server.client.post("/api/v1/pictures", content=file_of(gradient(), "TIFF"))
    told = answer.json()
    assert answer.status_code == 201
    assert (told["width"], told["height"], told["notes"], told["infotext"]) == (24, 16, [], None)
    given = server.client.get(answer.headers["location"])
    assert answer.headers["location"] == f"/api/v1/pictures/{told['id']}"
    assert given.headers["content-type"] == "image/png"
    assert "immutable" in given.headers["cache-control"]
    with Image.open(BytesIO(given.content)) as image:
        assert image.tobytes() == gradient().tobytes()


def test_an_upload_of_a_picture_that_was_made_here_gives_all_its_fields_back(server: Server) -> None:
    (made,) = server.finished(server.submit("a boat", seed=61, cfg_scale=3.5))["images"]
    content = server.client.get(f"/api/v1/images/{made}").content
    told = server.client.post("/api/v1/pictures", content=content).json()
    kept = server.client.get(f"/api/v1/images/{made}/parameters").json()
    assert told["infotext"] == kept["infotext"]
    assert told["fields"] == kept["request"]
    assert (told["notes"], told["field_notes"]) == ([], [])


def test_a_file_that_was_made_here_names_its_recording_and_any_other_names_none(server: Server) -> None:
    (made,) = server.finished(server.submit("a boat", seed=62))["images"]
    content = server.client.get(f"/api/v1/images/{made}").content
    kept = server.client.get(f"/api/v1/images/{made}/trajectory")
    told = server.client.post("/api/v1/pictures", content=content).json()
    assert told["recording"] == (kept.json() if kept.status_code == 200 else None)
    other = server.client.post("/api/v1/pictures", content=file_of(gradient(), "PNG")).json()
    assert other["recording"] is None


def test_a_model_that_is_not_here_is_left_out_with_a_note_of_the_fields(server: Server) -> None:
    text = "a boat\nSteps: 9, Sampler: Euler, CFG scale: 3, Seed: 5, Size: 64x64, Model: elsewhere"
    content = encode_png(np.asarray(gradient()), text, "{}")
    told = server.client.post("/api/v1/pictures", content=content).json()
    assert "model" not in told["fields"]
    assert told["notes"] == []
    assert any("elsewhere" in note for note in told["field_notes"])


def test_a_large_upload_is_taken(server: Server) -> None:
    noise = Image.effect_noise((1500, 1500), 100)
    assert _upload(server, file_of(noise, "BMP"))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"hello", "The file is a text, not a picture."),
        (b"<svg/>", "The file is an SVG drawing, not a picture made of pixels."),
        (b"<html><script>alert(1)</script>", "The file is a web page, not a picture."),
        (file_of(gradient(64, 64))[:100], "The picture file is damaged or ends too early."),
    ],
)
def test_what_is_no_picture_is_told(server: Server, content: bytes, sentence: str) -> None:
    answer = server.client.post("/api/v1/pictures", content=content, headers={"content-type": "image/png"})
    assert answer.status_code == 422
    assert answer.json()["error"] == sentence
    assert answer.json()["field"] == "picture"
    assert answer.json()["hint"]


def test_a_form_is_refused_with_what_to_do(server: Server) -> None:
    answer = server.client.post("/api/v1/pictures", files={"file": file_of(gradient())})
    assert answer.status_code == 415
    assert "form" in answer.json()["hint"]


def test_more_than_64_megabytes_are_refused_with_and_without_a_length(server: Server) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(65):
            yield bytes(2**20)

    for content in (bytes(65 * 2**20), chunks()):
        answer = server.client.post("/api/v1/pictures", content=content)
        assert answer.status_code == 413
        assert "too large" in answer.json()["error"]


def test_an_upload_that_is_broken_off_is_no_fault_of_ours(server: Server) -> None:
    host, _, port = server.url.removeprefix("http://").rpartition(":")
    with socket.create_connection((host, int(port))) as connection:
        head = f"POST /api/v1/pictures HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 5000\r\n\r\n"
        connection.sendall(head.encode() + bytes(100))
    assert _upload(server, file_of(gradient()))
    assert "failed" not in server.stderr.read_text()


def test_another_web_site_may_not_upload(server: Server) -> None:
    headers = {"origin": "http://evil.example", "sec-fetch-site": "cross-site"}
    assert server.client.post("/api/v1/pictures", content=file_of(gradient()), headers=headers).status_code == 403


@pytest.mark.parametrize("name", ["0" * 32, "F" * 32, "..%2fdarkroom.sqlite3", "%2fetc%2fpasswd", "a%00b", "x" * 200])
def test_every_other_name_is_not_found(server: Server, name: str) -> None:
    answer = server.client.get(f"{server.url}/api/v1/pictures/{name}")
    assert answer.status_code == 404
    assert answer.json()["error"] == "There is no such picture."


def test_a_job_may_start_from_an_upload_and_from_a_picture_that_was_made_here(server: Server) -> None:
    (made,) = server.finished(server.submit(seed=51))["images"]
    assert server.client.get(f"/api/v1/pictures/{made}").content.startswith(b"\x89PNG")
    for picture in (_upload(server, file_of(gradient())), made):
        server.submit(start={"kind": "picture", "picture": picture})
        assert (server.data_dir / "inputs" / f"{picture}.png").is_file()


@pytest.mark.parametrize("field", ["start", "mask"])
def test_a_job_from_a_picture_that_is_not_there_is_refused_with_the_field(server: Server, field: str) -> None:
    known = _upload(server, file_of(gradient()))
    pictures = {"start": known, "mask": known} | {field: "0" * 32}
    answer = server.client.post(
        "/api/v1/jobs",
        json={"start": {"kind": "picture", "picture": pictures["start"]}, "mask": {"picture": pictures["mask"]}},
    )
    assert answer.status_code == 422
    assert answer.json()["field"] == f"{field}.picture"


def test_what_a_preprocessor_makes_of_a_picture_is_a_picture_to_start_from(server: Server) -> None:
    address = f"/api/v1/pictures/{_upload(server, file_of(gradient(), 'PNG'))}/preprocess"
    answer = server.client.post(address, json={"name": "Edges", "values": {"low": 0.1}})
    assert answer.status_code == 201, answer.text
    assert (answer.json()["width"], answer.json()["height"]) == (16, 8)
    assert server.client.get(answer.headers["location"]).status_code == 200


@pytest.mark.parametrize(
    ("picture", "body", "field"),
    [
        ("0" * 32, {"name": "Edges"}, "picture"),
        ("no id", {"name": "Edges"}, "picture"),
        (None, {"name": 3}, "name"),
        (None, {"name": "Edges", "values": []}, "values"),
        (None, {"name": "Edges", "values": {"low": [1]}}, "values.low"),
        (None, {"name": "Edges", "other": 1}, "other"),
    ],
)
def test_a_preprocessor_is_asked_in_the_right_form(
    server: Server, picture: str | None, body: dict[str, object], field: str
) -> None:
    picture = picture or _upload(server, file_of(gradient(), "PNG"))
    answer = server.client.post(f"/api/v1/pictures/{picture}/preprocess", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["field"].startswith(field)
