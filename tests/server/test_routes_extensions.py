"""The API of extensions, over an engine with the fake generator and real extensions in a folder."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.engine.engines import LONG, running_engine, wait_until
from tests.extensions.tried import extensions_in, settings_in, write_extension
from webui.engine.engine import Engine
from webui.extensions.extensions import Extensions
from webui.library.library import Library
from webui.model_manager.catalogue import Catalogue
from webui.server.app import create_app

EXTENSIONS = "/api/v1/extensions"
HERE = ("127.0.0.1", 50_000)
TOKEN = "a-token-of-more-than-16-signs"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
GRAIN = """
from fastapi import APIRouter

@hookimpl
def register_controls():
    return [Slider("amount", "Amount", 0.0, 1.0, 0.05, default=0.2), Switch("colour", "Colour")]

@hookimpl
def register_settings():
    return [Text("folder", "Folder"), Number("most", "Most", 1, 9, 1, 3)]

@hookimpl
def register_themes():
    return [Theme(name="sepia", label="Sepia", light={"--ink": "#432"}, dark={"--ink": "url-free", "--bad": "a /* b"})]

@hookimpl
def register_tabs():
    return [Tab(name="lab", label="Lab", html="lab.html", script="lab.js")]

@hookimpl
def register_routes(context):
    router = APIRouter()

    @router.get("/settings")
    def settings():
        return dict(context.settings)

    @router.post("/echo")
    async def echo(words: dict[str, str]):
        return words

    @router.get("/fault/{how}")
    def fault(how: str):
        raise {"error": RuntimeError, "exit": SystemExit, "refusal": InvalidRequest}[how]("no more film")

    @router.get("/wait")
    async def wait():
        import time
        while not (context.data_dir / "go").exists():
            time.sleep(0.01)

    return router
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("routes")
    files = {"assets/lab.js": "export default 1", "assets/lab.html": "<p>lab</p>", "assets/deep/a.css": "p {}"}
    place = write_extension(folder, "film_grain", GRAIN, **files)
    (place / "preview.png").write_bytes(PNG)
    write_extension(folder, "broken", "raise RuntimeError('no such film')")
    return folder


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[Engine]:
    extensions = extensions_in(folder)
    with running_engine(folder, extensions=extensions) as engine:
        yield engine
    extensions.close()


@pytest.fixture(scope="module")
def client(engine: Engine, folder: Path) -> Iterator[TestClient]:
    app = create_app(engine, settings_in(folder), build_page=None)
    with TestClient(app, base_url="http://127.0.0.1:7860", client=HERE) as client:
        enabled = client.post(f"{EXTENSIONS}/film_grain/enable")
        assert enabled.json()["status"] == "on", enabled.text
        yield client


@pytest.fixture
def linked(folder: Path) -> Iterator[Path]:
    """The assets with links in them, which came after the extension was enabled."""
    assets = folder / "extensions" / "film_grain" / "assets"
    links = [assets / "link.js", assets / "out"]
    for link, target in zip(links, (assets.parent / "web.py", assets.parent), strict=True):
        link.symlink_to(target)
    yield assets
    for link in links:
        link.unlink()


def _errors(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert set(told) == {"error", "hint", "field"}
    return told


def test_every_extension_has_a_card_and_what_was_never_tried_shows_what_its_text_names(client: TestClient) -> None:
    told = client.get(EXTENSIONS).json()
    cards = {card["name"]: card for card in told["extensions"]}
    assert {name: card["status"] for name, card in cards.items()} == {"broken": "off", "film_grain": "on"}
    assert "register_routes" in cards["film_grain"]["hooks"]["web"]
    assert (told["safe_mode"], told["allowed"], told["refusal"]) == (False, True, None)
    assert client.get(f"{EXTENSIONS}/film_grain").json() == cards["film_grain"]


def test_the_controls_of_what_is_on_are_told_with_their_limits(client: TestClient) -> None:
    (grain,) = client.get(f"{EXTENSIONS}/controls").json()["extensions"]
    assert (grain["name"], [control["name"] for control in grain["controls"]]) == ("film_grain", ["amount", "colour"])
    assert grain["controls"][0] | {"maximum": 1.0, "step": 0.05, "default": 0.2} == grain["controls"][0]


def test_one_that_cannot_be_tried_stays_off_and_says_why(client: TestClient) -> None:
    refused = _errors(client.post(f"{EXTENSIONS}/broken/enable"), 422)
    assert "no such film" in refused["error"]
    card = client.get(f"{EXTENSIONS}/broken").json()
    assert card["status"] == "faulty"
    assert "no such film" in client.get(f"{EXTENSIONS}/broken/log").json()["log"]
    assert client.post(f"{EXTENSIONS}/broken/disable").json()["status"] == "off"


@pytest.mark.parametrize("way", ["", "/log", "/settings", "/preview", "/assets/a.js", "/routes/x"])
def test_what_is_not_there_is_told(client: TestClient, way: str) -> None:
    _errors(client.get(f"{EXTENSIONS}/nobody{way}"), 404)


def test_settings_are_judged_kept_and_live(client: TestClient, folder: Path) -> None:
    address = f"{EXTENSIONS}/film_grain/settings"
    told = client.get(address).json()
    assert ([control["name"] for control in told["controls"]], told["values"]) == (
        ["folder", "most"],
        {"folder": "", "most": 3},
    )
    assert client.patch(address, json={"most": 5}).json()["values"] == {"folder": "", "most": 5}
    assert client.get(f"{EXTENSIONS}/film_grain/routes/settings").json() == {"folder": "", "most": 5}
    assert (folder / "data" / "extensions" / "settings" / "film_grain.json").is_file()


@pytest.mark.parametrize(
    "changes",
    [{"nope": 1}, {"most": 50}, {"most": "5"}, {"most": None}, {"most": 4, "folder": 7}, {"folder": "x" * 9999}],
)
def test_a_setting_that_cannot_be_changes_nothing(client: TestClient, changes: dict[str, Any]) -> None:
    address = f"{EXTENSIONS}/film_grain/settings"
    before = client.get(address).json()
    assert str(_errors(client.patch(address, json=changes), 422)["field"]).startswith("settings.")
    assert client.get(address).json() == before


def test_settings_must_be_a_json_object(client: TestClient) -> None:
    address = f"{EXTENSIONS}/film_grain/settings"
    _errors(client.patch(address, json=[1]), 422)
    _errors(client.patch(address, content=b"{}", headers={"content-type": "text/plain"}), 415)


@pytest.mark.parametrize(
    ("path", "kind"), [("lab.js", "text/javascript"), ("lab.html", "text/html"), ("deep/a.css", "text/css")]
)
def test_assets_have_their_kinds(client: TestClient, path: str, kind: str) -> None:
    answer = client.get(f"{EXTENSIONS}/film_grain/assets/{path}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == kind
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path",
    [
        "../web.py", "..%2fweb.py", "%2e%2e/web.py", "%2e%2e%2fweb.py", "deep/../../web.py", "deep/..%2f..%2fweb.py",
        "/etc/passwd", "%2fetc%2fpasswd", "//etc/passwd", "..\\web.py", "..%5cweb.py", "C:\\web.py", "C:web.py",
        "link.js", "out/web.py", "out", "deep", "", ".", "deep/", "lab.js/", "lab.js%00.png", "nothing.js", "~/x",
        "a" * 5000, "%ff%fe", "deep//a.css",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_the_assets(client: TestClient, linked: Path, path: str) -> None:
    assert (linked / "link.js").read_bytes()
    _errors(client.get(f"{EXTENSIONS}/film_grain/assets/{path}"), 404)


def test_the_preview_is_a_png_or_nothing(client: TestClient, folder: Path) -> None:
    preview = folder / "extensions" / "broken" / "preview.png"
    preview.write_bytes(b"<script>alert(1)</script>")
    _errors(client.get(f"{EXTENSIONS}/broken/preview"), 404)
    preview.unlink()
    assert client.get(f"{EXTENSIONS}/film_grain/preview").content == PNG


def test_hook_register_tabs(client: TestClient) -> None:
    """The page is told of its tabs, whose files are assets."""
    (tab,) = client.get(f"{EXTENSIONS}/film_grain").json()["tabs"]
    assert (tab["name"], tab["label"]) == ("lab", "Lab")
    assert client.get(f"{EXTENSIONS}/film_grain/assets/{tab['html']}").text == "<p>lab</p>"


def test_hook_register_themes(client: TestClient) -> None:
    """A theme can be chosen by its name; a value that could end its rule is left out of the style sheet."""
    told = client.get(f"{EXTENSIONS}/themes").json()
    assert [(theme["name"], theme["label"]) for theme in told["themes"]] == [("film_grain/sepia", "Sepia")]
    assert told["chosen"] is None
    assert client.patch(f"{EXTENSIONS}/themes", json={"chosen": "film_grain/sepia"}).json()["chosen"]
    css = client.get(f"{EXTENSIONS}/themes.css")
    assert css.headers["content-type"].startswith("text/css")
    assert "--ink: #432;" in css.text
    assert "--bad" not in css.text
    assert _errors(client.patch(f"{EXTENSIONS}/themes", json={"chosen": "no/such"}), 422)["field"] == "chosen"
    assert client.patch(f"{EXTENSIONS}/themes", json={"chosen": None}).json()["chosen"] is None


def test_hook_register_routes(client: TestClient) -> None:
    """Its addresses answer while it is on, judged by FastAPI, and are gone with it."""
    routes = f"{EXTENSIONS}/film_grain/routes"
    assert client.post(f"{routes}/echo", json={"a": "b"}).json() == {"a": "b"}
    _errors(client.post(f"{routes}/echo", json={"a": 1}), 422)
    _errors(client.get(f"{routes}/echo"), 405)
    _errors(client.get(f"{routes}/none"), 404)
    client.post(f"{EXTENSIONS}/film_grain/disable")
    assert "film_grain is not on" in _errors(client.get(f"{routes}/settings"), 404)["error"]
    _errors(client.get(f"{EXTENSIONS}/film_grain/assets/lab.js"), 404)
    client.post(f"{EXTENSIONS}/film_grain/enable")
    assert client.get(f"{routes}/settings").status_code == 200


@pytest.mark.parametrize(("how", "words"), [("error", "no more film"), ("exit", "SystemExit")])
def test_what_a_route_raises_is_its_extensions_fault_and_the_server_goes_on(
    client: TestClient, how: str, words: str
) -> None:
    told = _errors(client.get(f"{EXTENSIONS}/film_grain/routes/fault/{how}"), 500)
    assert "film_grain failed" in told["error"]
    assert words in told["error"]
    faults = client.get(f"{EXTENSIONS}/film_grain").json()["faults"]
    assert any(fault["hook"] == "a route" and words in fault["sentence"] for fault in faults)
    assert client.get(f"{EXTENSIONS}/film_grain/routes/settings").status_code == 200


def test_a_refusal_of_a_route_is_an_answer_and_no_fault(client: TestClient) -> None:
    assert _errors(client.get(f"{EXTENSIONS}/film_grain/routes/fault/refusal"), 422)["error"] == "no more film"


CHANGING = [
    ("POST", "/film_grain/enable", None),
    ("POST", "/film_grain/disable", None),
    ("POST", "/film_grain/update", {}),
    ("POST", "/film_grain/rollback", {}),
    ("DELETE", "/film_grain", None),
    ("POST", "/offers", {"source": "https://example.invalid/x"}),
    ("DELETE", "/offers/x", None),
    ("POST", "/install", {"offer": "x"}),
    ("DELETE", "/tasks/x", None),
]
PASSED_ON = ["x-forwarded-for", "x-forwarded-host", "forwarded", "via", "x-real-ip", "cf-connecting-ip", "x-client-ip"]


@pytest.mark.parametrize(("method", "way", "body"), CHANGING)
def test_who_is_elsewhere_cannot_install_or_switch_on(
    client: TestClient, engine: Engine, folder: Path, method: str, way: str, body: Any
) -> None:
    elsewhere = _logged_in(engine, folder, client=("192.168.1.7", 50_000))
    told = _errors(elsewhere.request(method, f"{EXTENSIONS}{way}", json=body), 403)
    assert "--allow-remote-extensions" in told["hint"]
    seen = elsewhere.get(EXTENSIONS).json()
    assert (seen["allowed"], seen["refusal"]) == (False, told["error"])
    assert client.get(f"{EXTENSIONS}/film_grain").json()["status"] == "on"


@pytest.mark.parametrize("header", PASSED_ON)
def test_a_proxy_on_this_computer_is_not_a_person_at_it(engine: Engine, folder: Path, header: str) -> None:
    client = _logged_in(engine, folder)
    assert client.get(EXTENSIONS).json()["allowed"] is True
    _errors(client.post(f"{EXTENSIONS}/film_grain/disable", headers={header: "127.0.0.1"}), 403)
    assert client.get(EXTENSIONS, headers={header: "127.0.0.1"}).json()["allowed"] is False


def test_a_tunnel_that_keeps_the_outer_name_is_not_a_person_at_it(engine: Engine, folder: Path) -> None:
    outer = _logged_in(engine, folder, base_url="http://pictures.example", allowed_hosts=("pictures.example",))
    _errors(outer.post(f"{EXTENSIONS}/film_grain/disable"), 403)


def test_the_flag_lets_everybody_who_is_let_in(folder: Path) -> None:
    extensions = extensions_in(folder)
    engine = Engine(settings_in(folder, extensions_from_afar=True), extensions=extensions, **_parts(folder))
    elsewhere = _logged_in(engine, folder, client=("10.0.0.9", 1))
    assert elsewhere.get(EXTENSIONS).json()["allowed"] is True
    _errors(elsewhere.delete(f"{EXTENSIONS}/tasks/x"), 404)


def _logged_in(
    engine: Engine,
    folder: Path,
    *,
    base_url: str = "http://127.0.0.1:7860",
    client: tuple[str, int] = HERE,
    **settings: Any,
) -> TestClient:
    """Somebody who may do everything, but from there."""
    app = create_app(engine, settings_in(folder, token=TOKEN, **settings), build_page=None)
    return TestClient(app, base_url=base_url, client=client, headers={"Authorization": f"Bearer {TOKEN}"})


def _parts(folder: Path) -> dict[str, Any]:
    return {"catalogue": Catalogue((folder / "models",)), "library": Library(folder / "other")}


def _zip(folder: Path, name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in sorted((folder / "extensions" / "film_grain").rglob("*.*")):
            if file.is_file() and not file.is_symlink() and "out" not in file.parts:
                text = file.read_bytes().replace(b'name = "film_grain"', f'name = "{name}"'.encode())
                archive.writestr(f"{name}/{file.relative_to(folder / 'extensions' / 'film_grain')}", text)
    return content.getvalue()


def test_a_zip_is_looked_at_installed_in_the_background_and_removed(client: TestClient, folder: Path) -> None:
    kind = {"content-type": "application/zip"}
    looked = client.post(f"{EXTENSIONS}/offers?name=x/../new.zip", content=_zip(folder, "new_one"), headers=kind)
    assert looked.status_code == 200, looked.text
    offer = looked.json()
    assert (offer["name"], offer["replaces"]) == ("new_one", None)
    assert not (folder / "extensions" / "new_one").exists()
    ordered = client.post(f"{EXTENSIONS}/install", json={"offer": offer["id"], "replace": False})
    assert ordered.status_code == 202
    task = ordered.json()
    assert (task["work"], task["extension"]) == ("install", "new_one")

    def ended() -> Any:
        return next(each for each in client.get(f"{EXTENSIONS}/tasks").json() if each["id"] == task["id"])

    wait_until(lambda: ended()["status"] not in ("queued", "running"), LONG)
    assert (ended()["status"], ended()["result"]) == ("done", "new_one")
    assert client.get(f"{EXTENSIONS}/new_one").json()["status"] == "off"
    assert client.delete(f"{EXTENSIONS}/new_one?keep_data=true").json() == {}
    _errors(client.get(f"{EXTENSIONS}/new_one"), 404)
    assert client.delete(f"{EXTENSIONS}/tasks/{task['id']}").json()["status"] == "forgotten"


@pytest.mark.parametrize(
    ("way", "body", "status"),
    [
        ("/offers", {}, 422), ("/offers", {"source": " "}, 422), ("/offers", {"source": 5}, 422),
        ("/offers", {"source": "file:///etc"}, 422), ("/offers", {"sauce": "x"}, 422),
        ("/install", {"offer": "nobody"}, 422), ("/install", {"offer": "x", "replace": "yes"}, 422),
        ("/install", {"offer": ["x"]}, 422), ("/film_grain/update", {"difference": "nobody"}, 422),
        ("/film_grain/rollback", {}, 422), ("/nobody/rollback", {}, 404),
    ],
)  # fmt: skip
def test_what_cannot_be_installed_is_told(client: TestClient, way: str, body: Any, status: int) -> None:
    _errors(client.post(f"{EXTENSIONS}{way}", json=body), status)


def test_what_changes_is_told_to_everybody(client: TestClient, engine: Engine) -> None:
    subscription = engine.hub.subscribe(lambda: None)
    client.post(f"{EXTENSIONS}/film_grain/disable")
    client.post(f"{EXTENSIONS}/film_grain/enable")
    heard = [dict(event.payload) for event in subscription.take() if event.type == "extensions_changed"]
    engine.hub.unsubscribe(subscription)
    assert heard[0]["version"] < heard[-1]["version"]
    assert heard[0]["tabs"] != heard[-1]["tabs"]


@pytest.mark.parametrize(
    ("extras", "field"),
    [
        ({"film_grain": {"amount": 2}}, "extras.film_grain.amount"),
        ({"film_grain": {"amount": "0.5"}}, "extras.film_grain.amount"),
        ({"film_grain": {"colour": 1}}, "extras.film_grain.colour"),
        ({"film_grain": {"amount": None}}, "extras.film_grain.amount"),
        ({f"e{number}": {"a": 1} for number in range(10_000)}, "extras"),
        ([], "extras"),
    ],
)
def test_a_job_whose_extras_cannot_be_is_refused_by_their_field(client: TestClient, extras: Any, field: str) -> None:
    assert _errors(client.post("/api/v1/jobs", json={"extras": extras}), 422)["field"] == field


def test_a_number_that_is_none_is_refused(client: TestClient) -> None:
    body = b'{"extras": {"film_grain": {"amount": NaN}}}'
    told = _errors(client.post("/api/v1/jobs", content=body, headers={"content-type": "application/json"}), 422)
    assert told["field"] == "extras.film_grain.amount"


def test_a_route_that_never_comes_back_holds_up_nothing_else(folder: Path) -> None:
    """Also where it blocks its loop. It is the last, as the extension is switched off for it."""
    settings = settings_in(folder, extension_deadline_s=1.0)
    extensions = Extensions(settings, watched=False)
    engine = Engine(settings, extensions=extensions, **_parts(folder))
    with TestClient(create_app(engine, settings, build_page=None), base_url="http://127.0.0.1", client=HERE) as client:
        assert "did not answer" in _errors(client.get(f"{EXTENSIONS}/film_grain/routes/wait"), 504)["error"]
        assert client.get(f"{EXTENSIONS}/film_grain").json()["status"] == "switched_off"
    (folder / "data" / "extensions" / "data" / "film_grain" / "go").touch()
    extensions.close()
