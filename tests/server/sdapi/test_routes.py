"""A1111's API over a real server: what clients are told, and what they are refused."""

import base64
import json
import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.engine.engines import wait_until
from tests.server.server_process import Server

SMALL = {"prompt": "a boat", "width": 64, "height": 64, "steps": 3}


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{server.url.rstrip('/')}/sdapi/v1/", timeout=60) as client:
        yield client


def _made(client: httpx.Client, path: str = "txt2img", **posted: Any) -> tuple[list[bytes], dict[str, Any]]:
    answer = client.post(path, json={**SMALL, **posted})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return [base64.b64decode(image) for image in told["images"]], json.loads(told["info"])


def _request(server: Server, seed: int) -> dict[str, Any]:
    jobs = server.client.get("/api/v1/jobs").json()
    return next(job["request"] for job in jobs if job["request"]["seed"] == seed)


def _picture(colour: str = "navy") -> str:
    file = BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, format="PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_the_files_are_those_of_the_library(server: Server, client: httpx.Client) -> None:
    (png,), _ = _made(client, seed=101)
    (newest, *_) = server.client.get("/api/v1/images").json()
    assert server.client.get(newest["url"]).content == png


def test_a_grid_comes_first_where_pictures_are_saved(client: httpx.Client) -> None:
    files, info = _made(client, n_iter=2, save_images=True, seed=5)
    assert (len(files), info["index_of_first_image"], len(info["infotexts"])) == (3, 1, 3)
    assert info["all_seeds"] == [5, 6]
    for alone in ({"do_not_save_grid": True}, {"override_settings": {"return_grid": False}}, {"save_images": False}):
        files, info = _made(client, **{"n_iter": 2, "save_images": True, **alone})
        assert (len(files), info["index_of_first_image"]) == (2, 0)


def test_pictures_are_left_out_where_they_are_not_wanted(client: httpx.Client) -> None:
    files, info = _made(client, send_images=False)
    assert files == []
    assert len(info["infotexts"]) == 1


def test_a_request_may_bring_its_own_options(client: httpx.Client) -> None:
    before = client.get("options").json()
    (file,), info = _made(client, override_settings={"samples_format": "webp", "CLIP_stop_at_last_layers": 2})
    assert Image.open(BytesIO(file)).format == "WEBP"
    assert info["clip_skip"] == 2
    assert client.get("options").json() == before


def test_options_of_a_request_stay_where_that_is_asked_for(client: httpx.Client) -> None:
    wanted = {"override_settings": {"CLIP_stop_at_last_layers": 3}, "override_settings_restore_afterwards": False}
    _made(client, **wanted)
    assert client.get("options").json()["CLIP_stop_at_last_layers"] == 3
    client.post("options", json={"CLIP_stop_at_last_layers": 1}).raise_for_status()


def test_an_infotext_fills_what_the_request_leaves_open(server: Server, client: httpx.Client) -> None:
    infotext = "a ship\nNegative prompt: cars\nSteps: 4, Sampler: Heun, Schedule type: Karras, CFG scale: 3, Seed: 77"
    posted = {"infotext": infotext, "width": 64, "height": 64, "cfg_scale": 6}
    client.post("txt2img", json=posted).raise_for_status()
    request = _request(server, 77)
    assert (request["prompt"], request["negative_prompt"], request["steps"]) == ("a ship", "cars", 4)
    assert (request["sampler"], request["schedule"], request["cfg_scale"]) == ("Heun", "Karras", 6.0)


def test_several_pictures_are_each_a_start_of_their_own(server: Server, client: httpx.Client) -> None:
    given = [_picture("navy"), _picture("red")]
    files, info = _made(client, "img2img", init_images=given, batch_size=2, seed=301)
    assert (len(files), info["all_seeds"]) == (2, [301, 302])
    starts = {_request(server, seed)["start"]["picture"] for seed in (301, 302)}
    assert len(starts) == 2
    refused = client.post("img2img", json={**SMALL, "init_images": given})
    assert (refused.status_code, refused.json()["detail"][0]["loc"]) == (422, ["body", "init_images"])


def test_scripts_of_a1111_itself_are_fields_here(server: Server, client: httpx.Client) -> None:
    scripts = {
        "Seed": {"args": [401, True, 9, 0.5, 0, 0]},
        "Sampler": {"args": [4, "DPM++ 2M", "Karras"]},
        "Refiner": {"args": [True, "fake", 0.7]},
    }
    _made(client, alwayson_scripts=scripts)
    request = _request(server, 401)
    assert (request["variation_seed"], request["variation_strength"]) == (9, 0.5)
    assert (request["steps"], request["sampler"], request["schedule"]) == (4, "DPM++ 2M", "Karras")
    assert request["refiner"] == {"model": "fake", "switch_at": 0.7}


def test_soft_inpainting_is_a_script_of_a_mask(server: Server, client: httpx.Client) -> None:
    scripts = {"Soft Inpainting": {"args": [True, 1, 0.5, 4, 0, 0.5, 2]}}
    _made(client, "img2img", init_images=[_picture()], mask=_picture("white"), alwayson_scripts=scripts, seed=501)
    assert _request(server, 501)["mask"]["soft"] is True


def test_a_first_pass_may_be_given(server: Server, client: httpx.Client) -> None:
    _made(client, enable_hr=True, firstpass_image=_picture(), seed=601)
    request = _request(server, 601)
    assert (request["start"]["kind"], request["start"]["strength"]) == ("picture", 0.0)
    assert request["hires"]["strength"] == 0.75


def test_a_loopback_gives_all_its_pictures(client: httpx.Client) -> None:
    files, info = _made(
        client, "img2img", init_images=[_picture()], script_name="loopback", script_args=[2, 0.5, "Linear"], seed=701
    )
    assert (len(files), info["index_of_first_image"], info["all_seeds"]) == (3, 1, [701, 702])


@pytest.mark.parametrize(
    ("path", "posted", "status", "field"),
    [
        ("txt2img", {"steps": "many"}, 422, "steps"),
        ("txt2img", {"steps": 0}, 422, "steps"),
        ("txt2img", {"width": 8}, 422, "width"),
        ("txt2img", {"seed": 2**70}, 422, "seed"),
        ("txt2img", {"prompt": ["a", "list"]}, 422, "prompt"),
        ("txt2img", {"styles": ["nosuch"]}, 422, "styles"),
        ("txt2img", {"sampler_name": "nosuch"}, 400, None),
        ("txt2img", {"script_name": "nosuch"}, 422, "script_name"),
        ("txt2img", {"alwayson_scripts": {"nosuch": {"args": [1]}}}, 422, "alwayson_scripts"),
        ("txt2img", {"override_settings": {"sd_model_checkpoint": "no"}}, 422, "override_settings.sd_model_checkpoint"),
        ("txt2img", {"override_settings": {"samples_format": "psd"}}, 422, "override_settings.samples_format"),
        ("txt2img", {"refiner_checkpoint": "no", "refiner_switch_at": 0.5}, 422, "refiner_checkpoint"),
        ("txt2img", {"enable_hr": True, "hr_checkpoint_name": "no"}, 422, "hr_checkpoint_name"),
        ("img2img", {}, 404, None),
        ("img2img", {"init_images": ["AAAA"]}, 422, "init_images"),
        ("img2img", {"init_images": ["https://pictures.example/a.png"]}, 422, "init_images"),
        ("img2img", {"init_images": [_picture()], "mask": "é"}, 422, "mask"),
        ("img2img", {"init_images": [_picture()], "resize_mode": 7}, 422, "resize_mode"),
        ("extra-single-image", {"image": "AAAA"}, 422, "image"),
        ("extra-batch-images", {}, 422, "imageList"),
        ("interrogate", {"image": ""}, 404, None),
        ("interrogate", {"image": _picture(), "model": "clip"}, 404, None),
        ("interrogate", {"image": _picture(), "model": "nosuch"}, 404, None),
        ("options", {"CLIP_stop_at_last_layers": "two"}, 422, "CLIP_stop_at_last_layers"),
        ("options", {"sd_model_checkpoint": "nosuch"}, 422, "sd_model_checkpoint"),
    ],
)
def test_what_cannot_be_done_is_refused_in_a1111s_form_by_its_field(
    client: httpx.Client, path: str, posted: dict[str, Any], status: int, field: str | None
) -> None:
    answer = client.post(path, json={**SMALL, **posted} if path.endswith("2img") else posted)
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert told.keys() == {"error", "detail", "body", "errors"}
    if field is None:
        assert isinstance(told["detail"], str)
    else:
        assert told["detail"][0]["loc"] == ["body", field]
        assert told["detail"][0]["msg"] in told["errors"]


def test_a_job_that_fails_says_so_in_its_own_sentence(client: httpx.Client) -> None:
    answer = client.post("txt2img", json={**SMALL, "prompt": "fail"})
    assert answer.status_code == 500
    assert "The latents are not numbers" in answer.json()["errors"]


def test_halves_of_characters_are_told_back_without_harm(client: httpx.Client) -> None:
    body = json.dumps({**SMALL, "styles": [], "script_name": "\ud83d"})
    answer = client.post("txt2img", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    answer = client.post("txt2img", content=json.dumps({**SMALL, "prompt": "\ud83d"}))
    assert answer.status_code < 500


def test_tasks_can_be_followed_by_the_names_that_clients_give_them(server: Server, client: httpx.Client) -> None:
    def asked(task: str, seen: int = -1) -> dict[str, Any]:
        return server.client.post("/internal/progress", json={"id_task": task, "id_live_preview": seen}).json()

    assert asked("task(1)")["active"] is False
    wanted = {**SMALL, "prompt": "a slow boat", "steps": 40, "force_task_id": "task(1)"}
    thread = threading.Thread(target=lambda: client.post("txt2img", json=wanted))
    thread.start()
    wait_until(lambda: asked("task(1)")["active"] and asked("task(1)")["progress"])
    assert server.client.get("/internal/pending-tasks").json() == {"size": 1, "tasks": ["task(1)"]}
    seen = asked("task(1)")
    assert seen["live_preview"].startswith("data:image/jpeg;base64,")
    assert seen["eta"] > 0
    client.post("interrupt")
    thread.join()
    ended = asked("task(1)")
    assert (ended["active"], ended["queued"], ended["completed"]) == (False, False, True)
    assert server.client.get("/internal/pending-tasks").json()["size"] == 0
    assert server.client.get("/internal/ping").json() == {}


def test_extensions_that_are_not_installed_are_not_found(server: Server) -> None:
    for path in ("/controlnet/version", "/controlnet/model_list"):
        answer = server.client.get(path)
        assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_it_has_a_description_of_its_own(server: Server, client: httpx.Client) -> None:
    document = client.get("openapi.json").json()
    assert document["servers"] == [{"url": "/sdapi/v1"}]
    body = document["paths"]["/txt2img"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body == {"$ref": "#/components/schemas/TextToImage"}
    assert document["components"]["schemas"]["TextToImage"]["properties"]["steps"]["default"] == 50
    native = server.client.get("/api/v1/openapi.json").json()["paths"]
    assert not [path for path in native if "sdapi" in path or "txt2img" in path]
