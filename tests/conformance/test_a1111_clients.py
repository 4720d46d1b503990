"""What programs for A1111's API send and read, taken from their requests: Open WebUI, SillyTavern, picture editors."""

import base64
import json
from collections.abc import Iterator
from http.client import HTTPConnection
from io import BytesIO

import httpx
import numpy as np
import pytest
import requests
from PIL import Image

from tests.engine.engines import wait_until
from tests.server.server_process import Server
from webui.generation.infotext import write_infotext
from webui.generation.request import GenerationRequest
from webui.library.encoding import encode_png


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("clients")).wait_ready()
    yield server
    server.close()


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{server.url.rstrip('/')}/sdapi/v1/", timeout=60) as client:
        yield client


def _opened(told: str) -> Image.Image:
    return Image.open(BytesIO(base64.b64decode(told)))


def _picture(*, data_uri: bool = False) -> str:
    file = BytesIO()
    Image.new("RGB", (64, 64), "navy").save(file, format="PNG")
    told = base64.b64encode(file.getvalue()).decode()
    return f"data:image/png;base64,{told}" if data_uri else told


class TestOpenWebUI:
    @pytest.mark.parametrize("header", ["Basic ", "Basic Og==", ""])
    def test_it_finds_the_server_without_a_name_and_password(self, client: httpx.Client, header: str) -> None:
        # `requests`, as httpx does not send such a header.
        answer = requests.get(f"{client.base_url}options", headers={"Authorization": header}, timeout=60)
        assert answer.status_code == 200

    def test_it_posts_back_all_options_with_another_model(self, client: httpx.Client) -> None:
        options = client.get("options").json()
        (model,) = client.get("sd-models").json()
        assert {"title", "model_name"} <= model.keys()
        options["sd_model_checkpoint"] = model["title"]
        answer = client.post("options", json=options)
        assert (answer.status_code, answer.json()) == (200, None)
        assert client.get("options").json() == options

    def test_it_makes_a_picture_and_reads_its_info(self, client: httpx.Client) -> None:
        wanted = {"prompt": "a boat", "batch_size": 2, "width": 64, "height": 64, "steps": 3, "negative_prompt": "cars"}
        answer = client.post("txt2img", json=wanted).json()
        assert [_opened(image).size for image in answer["images"]] == [(64, 64)] * 2
        assert json.loads(answer["info"])["negative_prompt"] == "cars"


class TestSillyTavern:
    def test_it_reads_names_of_everything(self, client: httpx.Client) -> None:
        assert "forge_preset" not in client.get("options").json()
        for path, key in (
            ("upscalers", "name"), ("latent-upscale-modes", "name"), ("samplers", "name"), ("schedulers", "name"),
            ("sd-models", "title"),
        ):  # fmt: skip
            assert all(isinstance(item[key], str) for item in client.get(path).json())
        assert client.get("sd-vae").json() == []
        assert client.get("sd-modules").status_code == 404

    def test_it_waits_for_a_model_by_looking_at_the_progress(self, client: httpx.Client) -> None:
        client.post("options", json={"sd_model_checkpoint": "fake"}).raise_for_status()
        progress = client.get("progress").json()
        assert (progress["progress"], progress["state"]["job_count"]) == (0, 0)

    def test_it_makes_a_picture_with_all_that_it_sends(self, client: httpx.Client) -> None:
        wanted = {
            "prompt": "a boat", "negative_prompt": "", "sampler_name": "Euler a", "scheduler": "karras", "steps": 3,
            "cfg_scale": 7, "width": 64, "height": 64, "restore_faces": False, "enable_hr": True,
            "hr_upscaler": "Latent", "hr_scale": 2, "hr_additional_modules": [], "denoising_strength": 0.7,
            "hr_second_pass_steps": 0, "seed": 4, "clip_skip": 1, "save_images": True, "send_images": True,
            "override_settings": {"CLIP_stop_at_last_layers": 1, "sd_vae": "", "forge_additional_modules": []},
            "override_settings_restore_afterwards": True, "do_not_save_grid": False, "do_not_save_samples": False,
        }  # fmt: skip
        answer = client.post("txt2img", json=wanted).raise_for_status().json()
        assert _opened(answer["images"][0]).info["parameters"].startswith("a boat")
        assert len(answer["images"]) == 1

    def test_a_client_that_hangs_up_ends_its_job(self, server: Server, client: httpx.Client) -> None:
        wanted = {"prompt": "a slow boat", "steps": 150, "width": 64, "height": 64, "seed": 977}
        connection = HTTPConnection(client.base_url.host, client.base_url.port)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/sdapi/v1/txt2img", json.dumps(wanted), headers)
        wait_until(lambda: _status(server, seed=977) == "running")
        connection.close()
        wait_until(lambda: _status(server, seed=977) == "cancelled")


class TestPictureEditors:
    def test_foreign_keys_are_dropped_and_progress_is_asked_without_a_picture(self, client: httpx.Client) -> None:
        wanted = {
            "prompt": "a boat", "steps": 3, "width": 64, "height": 64, "uniqueDocumentId": "x", "seed": 8,
            "use_prompt_shortcut": True, "prompt_shortcut_ui_dict": {}, "backend_type": "auto1111",
        }  # fmt: skip
        answer = client.post("txt2img", json=wanted).raise_for_status().json()
        assert "uniqueDocumentId" not in answer["parameters"]
        assert client.get("progress", params={"skip_current_image": "false"}).status_code == 200

    def test_interrupt_is_answered_in_json(self, client: httpx.Client) -> None:
        assert client.post("interrupt", json={}).json() == {}

    def test_parameters_can_be_split_at_commas_and_colons(self, client: httpx.Client) -> None:
        infotext = write_infotext(GenerationRequest(prompt="a boat", steps=3, seed=9, model="fake"))
        png = encode_png(np.zeros((8, 8, 3), np.uint8), infotext, "{}")
        told = client.post("png-info", json={"image": base64.b64encode(png).decode()}).json()
        pairs = dict(pair.split(": ", 1) for pair in told["info"].split("\n")[-1].split(", "))
        assert (pairs["Steps"], pairs["Seed"], pairs["Sampler"]) == ("3", "9", "DPM++ 2M")
        assert told["parameters"].items() >= {"Seed": "9", "Size-1": "256", "Model": "fake"}.items()

    def test_a_picture_is_painted_over_and_enlarged(self, client: httpx.Client) -> None:
        for data_uri in (False, True):
            posted = {
                "init_images": [_picture(data_uri=data_uri)], "mask": _picture(), "prompt": "a boat", "steps": 3,
                "width": 64, "height": 64, "include_init_images": True,
            }  # fmt: skip
            answer = client.post("img2img", json=posted).raise_for_status().json()
            assert answer["parameters"]["init_images"] == posted["init_images"]
        enlarged = client.post("extra-single-image", json={"image": _picture(), "upscaler_1": "Lanczos"}).json()
        assert _opened(enlarged["image"]).size == (128, 128)


def _status(server: Server, *, seed: int) -> str | None:
    """What has become of the newest job of a seed; None before there is one."""
    jobs = server.client.get("/api/v1/jobs").json()
    return next((job["status"] for job in jobs if job["request"]["seed"] == seed), None)
