import hashlib
import json
from io import BytesIO

import pytest
from PIL import Image

from tests.server.server_process import Server
from webui.library.encoding import REQUEST_KEY


@pytest.fixture(scope="module")
def picture(server: Server) -> str:
    (picture,) = server.finished(server.submit("a boat", seed=11))["images"]
    return picture


def test_a_picture_is_served_as_its_file_for_ever(server: Server, picture: str) -> None:
    answer = server.client.get(f"/api/v1/images/{picture}")
    assert hashlib.sha256(answer.content).hexdigest()[:32] == picture
    assert answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-disposition" not in answer.headers
    with Image.open(BytesIO(answer.content), formats=("PNG",)) as image:
        image.load()
        assert json.loads(image.text[REQUEST_KEY])["prompt"] == "a boat"


def test_a_picture_can_be_downloaded_under_its_name(server: Server, picture: str) -> None:
    answer = server.client.get(f"/api/v1/images/{picture}", params={"download": 1})
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment")
    assert disposition.endswith('-11.png"')


def test_the_parameters_of_a_picture_are_told(server: Server, picture: str) -> None:
    told = server.client.get(f"/api/v1/images/{picture}/parameters").json()
    assert told["saved"] is True
    assert told["request"]["seed"] == 11
    assert told["infotext"].startswith("a boat\n")
    assert (server.data_dir / told["path"]).is_file()
    assert not told["path"].startswith("/")


def test_the_newest_pictures_come_in_pages(server: Server, picture: str) -> None:
    newer = [server.finished(server.submit(seed=seed))["images"][0] for seed in (21, 22, 23)]
    listed = server.client.get("/api/v1/images", params={"limit": 2}).json()
    assert [entry["id"] for entry in listed] == newer[:0:-1]
    older = server.client.get("/api/v1/images", params={"limit": 2, "before": newer[1]}).json()
    assert [entry["id"] for entry in older] == [newer[0], picture]


@pytest.mark.parametrize("limit", ["0", "-1", "501", "x"])
def test_a_bad_limit_is_told_with_its_name(server: Server, limit: str) -> None:
    answer = server.client.get("/api/v1/images", params={"limit": limit})
    assert answer.status_code == 422
    assert answer.json()["field"] == "limit"


@pytest.mark.parametrize(
    "name",
    [
        "0" * 32,
        "F" * 32,
        "0" * 31,
        "..",
        "../darkroom.sqlite3",
        "%2e%2e%2fdarkroom.sqlite3",
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e%5cdarkroom.sqlite3",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "C:%2fwindows%2fwin.ini",
        "a%00b",
        "a" * 200,
        "outputs%2ftxt2img",
        "%E2%80%AE",
    ],
)
def test_every_other_name_gets_the_same_answer(server: Server, name: str) -> None:
    answer = server.client.get(f"{server.url}/api/v1/images/{name}")
    if name in ("..", "../darkroom.sqlite3"):  # the client itself shortens these
        assert answer.status_code == 404
        return
    assert answer.status_code == 404
    assert answer.json()["error"] == "There is no such picture."
    assert answer.content == server.client.get(f"/api/v1/images/{'0' * 32}").content


def test_a_picture_whose_file_was_removed_is_told(server: Server) -> None:
    (picture,) = server.finished(server.submit(seed=31))["images"]
    told = server.client.get(f"/api/v1/images/{picture}/parameters").json()
    (server.data_dir / told["path"]).unlink()
    answer = server.client.get(f"/api/v1/images/{picture}")
    assert answer.status_code == 404
    assert "file is gone" in answer.json()["error"]
