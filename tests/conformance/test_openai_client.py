"""OpenAI's own package against a real server: what programs built on it get by changing the base address."""

import threading
from base64 import b64decode
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import openai
import pytest
from PIL import Image

from tests.engine.engines import wait_until
from tests.server.server_process import Server
from webui.library.library import picture_id
from webui.server.openai_api.wishes import MOST_PICTURES

PROMPT = "a boat on the sea"
SMALL = "64x64"
QUICK = {"steps": 2, "seed": 5}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("openai")).wait_ready()
    yield server
    server.close()


@pytest.fixture(scope="module")
def client(server: Server) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="anything", max_retries=0) as client:
        yield client


def _newest(server: Server) -> dict[str, Any]:
    """The job that was submitted last."""
    return max(server.client.get("/api/v1/jobs").json(), key=lambda job: job["created"])


def _latest(server: Server) -> dict[str, Any]:
    """The request of that job."""
    return _newest(server)["request"]


def _png(size: tuple[int, int] = (64, 64), colour: tuple[int, ...] = (200, 120, 40), hole: bool = False) -> bytes:
    image = Image.new("RGBA" if hole else "RGB", size, (*colour, 255) if hole else colour)
    if hole:
        image.paste((0, 0, 0, 0), (0, 0, size[0] // 2, size[1]))
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _decoded(response: Any) -> list[bytes]:
    return [b64decode(each.b64_json) for each in response.data]


def test_a_prompt_gives_pictures(client: openai.OpenAI, server: Server) -> None:
    made = client.images.generate(prompt=PROMPT, n=2, size=SMALL, extra_body=QUICK)
    pictures = _decoded(made)
    assert len(pictures) == 2
    assert [Image.open(BytesIO(png)).size for png in pictures] == [(64, 64)] * 2
    assert (made.size, made.output_format, made.background) == (SMALL, "png", "opaque")
    request = _latest(server)
    assert (request["prompt"], request["batch_count"], request["seed"], request["steps"]) == (PROMPT, 2, 5, 2)


def test_addresses_give_the_same_pictures_by_their_ids(client: openai.OpenAI, server: Server) -> None:
    wanted: dict[str, Any] = {"prompt": PROMPT, "size": SMALL, "extra_body": QUICK}
    [inside] = _decoded(client.images.generate(**wanted, response_format="b64_json"))
    [told] = client.images.generate(**wanted, response_format="url").data or []
    assert told.url == f"{server.url}/api/v1/images/{picture_id(inside)}"
    assert httpx.get(told.url).content == inside


@pytest.mark.parametrize(("model", "by_url"), [(None, False), ("dall-e-3", True), ("gpt-image-2", False)])
def test_the_models_of_openai_mean_the_default_one(
    client: openai.OpenAI, server: Server, model: str | None, by_url: bool
) -> None:
    wanted: dict[str, Any] = {"model": model} if model else {}
    [told] = client.images.generate(prompt=PROMPT, size=SMALL, extra_body=QUICK, **wanted).data or []
    assert (told.url is not None, told.b64_json is not None) == (by_url, not by_url)
    assert _latest(server)["model"] == client.models.list().data[0].id


@pytest.mark.parametrize(("quality", "share"), [("auto", 1), ("low", 0.5), ("high", 1.5)])
def test_quality_is_a_share_of_the_usual_steps(
    client: openai.OpenAI, server: Server, quality: Any, share: float
) -> None:
    client.images.generate(prompt=PROMPT, size=SMALL, quality=quality)
    assert _latest(server)["steps"] == 20 * share


def test_a_size_that_is_not_said_is_the_model_s_own(client: openai.OpenAI, server: Server) -> None:
    [entry] = server.client.get("/api/v1/models").json()
    client.images.generate(prompt=PROMPT, size="auto", extra_body=QUICK)
    request = _latest(server)
    assert (request["width"], request["height"]) == (entry["default_width"], entry["default_height"])


def test_what_is_about_openai_s_service_has_no_effect(client: openai.OpenAI, server: Server) -> None:
    wanted: dict[str, Any] = {"prompt": PROMPT, "size": SMALL, "extra_body": QUICK}
    plain = client.images.generate(**wanted)
    more = client.images.generate(
        **wanted, user="somebody", style="vivid", moderation="low", background="opaque", output_format="png"
    )
    assert _decoded(plain) == _decoded(more)


def test_a_picture_is_edited_as_a_whole(client: openai.OpenAI, server: Server) -> None:
    made = client.images.edit(image=("boat.png", _png((200, 120))), prompt=PROMPT, extra_body=QUICK)
    assert len(_decoded(made)) == 1
    request = _latest(server)
    assert (request["start"]["kind"], request["start"]["strength"], request["mask"]) == ("picture", 0.75, None)
    assert (request["width"], request["height"]) == (200, 120)
    assert request["seed"] == 5


def test_where_the_mask_is_transparent_the_picture_is_made_anew(client: openai.OpenAI, server: Server) -> None:
    client.images.edit(image=_png(), mask=_png(hole=True), prompt=PROMPT, size=SMALL, extra_body=QUICK)
    request = _latest(server)
    assert request["start"]["strength"] == 1.0
    assert request["mask"]["inverted"]
    mask = server.client.get(f"/api/v1/pictures/{request['mask']['picture']}").content
    assert Image.open(BytesIO(mask)).getchannel("A").getpixel((0, 0)) == 0


def test_a_picture_that_is_transparent_itself_needs_no_mask(client: openai.OpenAI, server: Server) -> None:
    client.images.edit(image=[_png(hole=True)], prompt=PROMPT, size=SMALL, extra_body={**QUICK, "strength": 0.9})
    request = _latest(server)
    assert request["mask"]["picture"] == request["start"]["picture"]
    assert request["start"]["strength"] == 0.9


@pytest.mark.filterwarnings("ignore:deprecated:DeprecationWarning")
def test_variations_start_from_their_picture_without_a_prompt(client: openai.OpenAI, server: Server) -> None:
    made = client.images.create_variation(image=_png(), n=2, size="256x256", extra_body=QUICK)
    assert len(_decoded(made)) == 2
    request = _latest(server)
    assert (request["prompt"], request["start"]["strength"], request["width"]) == ("", 0.6, 256)


@pytest.mark.parametrize("edited", [False, True])
def test_a_picture_can_be_watched_as_it_comes_to_be(client: openai.OpenAI, edited: bool) -> None:
    wanted: dict[str, Any] = {"prompt": PROMPT, "size": SMALL, "extra_body": {**QUICK, "steps": 9}}
    ask: Any = client.images.generate
    if edited:
        ask, wanted["image"] = client.images.edit, _png()
    *partial, last = list(ask(**wanted, stream=True, partial_images=2))
    kind = "image_edit" if edited else "image_generation"
    assert [event.type for event in partial] == [f"{kind}.partial_image"] * 2
    assert [event.partial_image_index for event in partial] == [0, 1]
    assert {Image.open(BytesIO(b64decode(event.b64_json))).format for event in partial} == {"JPEG"}
    assert (last.type, last.size, last.usage.total_tokens) == (f"{kind}.completed", SMALL, 0)
    assert [b64decode(last.b64_json)] == _decoded(ask(**wanted))


def test_a_stream_that_cannot_begin_is_an_answer_and_one_that_fails_an_error(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        client.images.generate(prompt=PROMPT, size=SMALL, stream=True, extra_body={"vae": "none"})
    assert missing.value.param == "vae"
    with pytest.raises(openai.APIError, match="Lower the CFG scale"):
        list(client.images.generate(prompt="fail", size=SMALL, stream=True))


def test_who_stops_watching_takes_the_job_along(client: openai.OpenAI, server: Server) -> None:
    wanted: dict[str, Any] = {"prompt": "slow and unwatched", "size": SMALL, "extra_body": {"steps": 100}}
    with client.images.generate(**wanted, stream=True, partial_images=3) as stream:
        wait_until(lambda: server.client.get("/api/v1/queue").json()["jobs"][0]["step"] > 1)
        stream.close()
    wait_until(lambda: _newest(server)["status"] == "cancelled")


@pytest.mark.parametrize("stream", [False, True])
def test_a_job_that_is_cancelled_is_an_error_and_not_tried_again(server: Server, stream: bool) -> None:
    def cancel() -> None:
        wait_until(lambda: [job for job in server.client.get("/api/v1/queue").json()["jobs"] if job["step"]])
        server.client.delete(f"/api/v1/jobs/{_newest(server)['id']}")

    wanted: dict[str, Any] = {"prompt": "slow and cancelled", "size": SMALL, "extra_body": {"steps": 100}}
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="anything", max_retries=2) as client:
        cancelling = threading.Thread(target=cancel)
        cancelling.start()
        with pytest.raises(openai.APIError, match="was cancelled"):
            list(client.images.generate(**wanted, stream=stream))
        cancelling.join()
    assert server.client.get("/api/v1/queue").json()["jobs"] == []


def test_models_are_listed_and_told_one_by_one(client: openai.OpenAI) -> None:
    [model] = client.models.list().data
    assert (model.object, model.created > 0) == ("model", True)
    assert client.models.retrieve(model.id) == model
    with pytest.raises(openai.NotFoundError) as missing:
        client.models.retrieve("none")
    assert missing.value.code == "model_not_found"


@pytest.mark.parametrize(
    ("wanted", "param", "code"),
    [
        ({"n": 0}, "n", "invalid_value"),
        ({"n": MOST_PICTURES + 1}, "n", "invalid_value"),
        ({"n": "many"}, "n", "invalid_type"),
        ({"size": "large"}, "size", "invalid_value"),
        ({"size": "70x70"}, "size", "invalid_value"),
        ({"size": ["64x64"]}, "size", "invalid_value"),
        ({"quality": "best"}, "quality", "invalid_value"),
        ({"quality": {}}, "quality", "invalid_value"),
        ({"response_format": "file"}, "response_format", "invalid_value"),
        ({"response_format": []}, "response_format", "invalid_value"),
        ({"background": "transparent"}, "background", "unsupported_value"),
        ({"output_format": "svg"}, "output_format", "unsupported_value"),
        ({"partial_images": 4}, "partial_images", "invalid_value"),
        ({"stream": "perhaps"}, "stream", "invalid_type"),
        ({"stream": True, "n": 2}, "n", "unsupported_value"),
        ({"unheard_of": 1}, "unheard_of", "unknown_parameter"),
        ({"steps": 0}, "steps", "invalid_value"),
        ({"sampler": "none"}, "sampler", "invalid_value"),
        ({"strength": 2}, "strength", "invalid_value"),
        ({"strength": "much"}, "strength", "invalid_type"),
        ({"model": 7}, "model", "invalid_type"),
        ({"prompt": None}, "prompt", "missing_required_parameter"),
        ({"prompt": 7}, "prompt", "invalid_value"),
    ],
)
def test_what_is_wrong_is_told_as_openai_does(client: openai.OpenAI, wanted: Any, param: str, code: str) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.generate(prompt=PROMPT, extra_body=wanted)
    assert (refused.value.param, refused.value.code) == (param, code)
    assert refused.value.type == "invalid_request_error"
    assert "message" in refused.value.body  # type: ignore[operator]


def test_a_model_that_is_not_here_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as missing:
        client.images.generate(prompt=PROMPT, model="none")
    assert (missing.value.param, missing.value.code) == ("model", "model_not_found")


@pytest.mark.parametrize(
    ("image", "mask", "param", "code"),
    [
        (b"no picture", None, "image", "invalid_image_file"),
        (_png(), b"no picture", "mask", "invalid_image_file"),
        (_png(), _png(), "mask", "invalid_mask_image"),
        ([_png(), _png()], None, "image", "unsupported_value"),
    ],
)
def test_files_that_cannot_be_used_are_told_by_their_names(
    client: openai.OpenAI, image: Any, mask: Any, param: str, code: str
) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        client.images.edit(image=image, prompt=PROMPT, **({"mask": mask} if mask else {}))
    assert (refused.value.param, refused.value.code) == (param, code)


def test_a_job_that_fails_is_not_tried_again(server: Server) -> None:
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="anything", max_retries=3) as client:
        before = len(server.client.get("/api/v1/jobs").json())
        with pytest.raises(openai.InternalServerError) as failed:
            client.images.generate(prompt="fail", size=SMALL)
    assert "Lower the CFG scale." in failed.value.message
    assert len(server.client.get("/api/v1/jobs").json()) == before + 1


def test_a_client_that_gives_up_takes_its_job_with_it(client: openai.OpenAI, server: Server) -> None:
    with pytest.raises(openai.APITimeoutError):
        client.images.generate(prompt="slow and left", size=SMALL, extra_body={"steps": 100}, timeout=1.0)
    wait_until(lambda: _newest(server)["status"] == "cancelled")


@pytest.mark.parametrize(
    ("path", "options", "status", "code"),
    [
        ("/v1/images/generations", {"content": b"{"}, 415, None),
        ("/v1/images/generations", {"json": []}, 400, "invalid_value"),
        ("/v1/images/edits", {"json": {"prompt": "a"}}, 400, "invalid_content_type"),
        ("/v1/images/edits", {"files": {"prompt": (None, "a")}}, 400, "missing_required_parameter"),
        ("/v1/images/edits", {"files": {"image": (None, "a text")}}, 400, "invalid_type"),
        ("/v1/images/edits", {"files": {"other": ("a.png", b"1")}}, 400, "unknown_parameter"),
        ("/v1/images/variations", {"files": {"mask": ("a.png", b"1")}}, 400, "unknown_parameter"),
        ("/v1/images/edits", {"content": b"--", "headers": {"content-type": "multipart/form-data"}}, 400,
         "invalid_form"),
        ("/v1/images/generations", {"content": b" " * 2**21, "headers": {"content-type": "application/json"}}, 413,
         None),
        ("/v1/chat/completions", {"json": {}}, 404, "unknown_url"),
    ],
)  # fmt: skip
def test_requests_that_no_client_sends_are_told_in_the_same_form(
    server: Server, path: str, options: dict[str, Any], status: int, code: str | None
) -> None:
    answer = server.client.post(path, **options)
    assert answer.status_code == status
    error = answer.json()["error"]
    if status != 413:  # which the guard says, in our own form
        assert error["code"] == code
        assert error["message"]
