"""What is secret here is told nowhere: not in pictures, not in the log, not in the database, not in an answer."""

import base64
from collections.abc import Iterator

import pytest

from tests.server.server_process import Server

NAME, PASSWORD, API_PASSWORD = "canary-host", "canary-0-password", "canary-1-api-password"
TOKEN, GUESSED = "canary-2-token-canary-2-token-canary", "canary-3-guessed"
ENVIRONMENT = {
    "HF_TOKEN": "hf_canary4", "AWS_SECRET_ACCESS_KEY": "canary-5-key", "DARKROOM_PASSWORD": "canary-6-password",
}  # fmt: skip
SECRETS = (PASSWORD, API_PASSWORD, TOKEN, GUESSED, *ENVIRONMENT.values())
READ = (
    "/api/v1/health", "/api/v1/me", "/api/v1/jobs", "/api/v1/images", "/api/v1/models", "/api/v1/settings/models",
    "/api/v1/settings/recording", "/api/v1/extensions", "/api/v1/openapi.json", "/api/v1/share", "/login",
    "/login/login.js",
    "/sdapi/v1/options", "/sdapi/v1/cmd-flags", "/sdapi/v1/memory", "/v1/models", "/api/v1/nothing",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("secrets")
    (folder / "token.txt").write_text(TOKEN)
    given = {"auth": [f"{NAME}:{PASSWORD}"], "api_auth": [f"api:{API_PASSWORD}"], "token_file": f"{folder}/token.txt"}
    with pytest.MonkeyPatch.context() as environment:
        for name, value in ENVIRONMENT.items():
            environment.setenv(name, value)
        server = Server(folder, **given).wait_ready((NAME, PASSWORD))
    yield server
    server.close()


def _forms(secret: str) -> list[bytes]:
    """The secret as it is, and as it would be in a header."""
    coded = base64.b64encode(secret.encode()).rstrip(b"=")
    return [secret.encode(), coded, base64.b64encode(f"{NAME}:{secret}".encode()).rstrip(b"=")]


def _found(content: bytes) -> list[str]:
    return [secret for secret in SECRETS if any(form in content for form in _forms(secret))]


def _everything_written(server: Server) -> dict[str, bytes]:
    """Every file that the server has written, whatever it is, and what it printed."""
    written = {str(file): file.read_bytes() for file in server.data_dir.rglob("*") if file.is_file()}
    return written | {"stderr": server.stderr.read_bytes()}


def _act(server: Server) -> list[bytes]:
    """Do what people do, rightly and wrongly; returns every answer with its headers."""
    client, api = server.client, ("api", API_PASSWORD)
    asked = [client.get(path) for path in READ]
    asked += [client.get(path, auth=api) for path in READ if "/api/" not in path]
    picture = server.finished(server.submit("a boat"))["images"][0]
    failed = server.finished(server.submit("break"))
    asked += [client.get(f"/api/v1/images/{picture}"), client.get(f"/api/v1/images/{picture}/parameters")]
    asked += [client.get(f"/api/v1/jobs/{failed['id']}")]
    asked += [client.post("/api/v1/models/downloads", json={"source": f"https://x:{PASSWORD}@models.invalid/a"})]
    asked += [client.post("/login", json={"name": NAME, "password": PASSWORD}, auth=None)]
    for each in (TOKEN, GUESSED):
        asked += [client.get("/api/v1/jobs", auth=None, headers={"Authorization": f"Bearer {each}"})]
        asked += [client.get("/login", params={"token": each}, auth=None)]
    for name in (NAME, "nobody"):  # in the end, as nobody is let in for a while after that
        asked += [client.get("/api/v1/jobs", auth=(name, GUESSED))]
        asked += [client.post("/login", json={"name": name, "password": GUESSED}, auth=None)]
    return [repr(answer.headers.multi_items()).encode() + answer.content for answer in asked]


def test_pictures_say_nothing_of_the_computer_that_made_them(server: Server) -> None:
    picture = server.finished(server.submit("a boat"))["images"][0]
    content = server.client.get(f"/api/v1/images/{picture}").content
    assert str(server.folder).encode() not in content
    assert b"/root" not in content
    assert b"/home" not in content


def test_no_secret_is_told_or_written(server: Server) -> None:
    answers = _act(server)
    assert len(answers) > 30
    # A cookie is told to whoever logs in, and is none of these.
    assert not [(number, found) for number, answer in enumerate(answers) if (found := _found(answer))]
    written = _everything_written(server)
    assert any(name.endswith(".png") for name in written)
    assert any("server.log" in name for name in written)
    assert not [(name, found) for name, content in written.items() if (found := _found(content))]


def test_no_address_with_a_token_is_written(server: Server) -> None:
    server.client.get("/login", params={"token": "canary-7-launch"}, auth=None)
    assert not [name for name, content in _everything_written(server).items() if b"canary-7-launch" in content]
