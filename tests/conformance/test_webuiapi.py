"""The real `webuiapi` package against a real server: what it sends is understood, and it understands the answers."""

import io
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import webuiapi
from PIL import Image

from tests.engine.engines import wait_until
from tests.engine.fake_model import make_model
from tests.server.server_process import Server
from tests.tiny_readers import write_tiny_clip_model

SMALL: dict[str, Any] = {"width": 64, "height": 64, "steps": 3, "seed": 11}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("webuiapi")
    make_model(folder / "models", "second")
    (folder / "data").mkdir()
    (folder / "data" / "styles.csv").write_text('name,prompt,negative_prompt\nsea,"{prompt}, at sea",cars\n')
    server = Server(folder).wait_ready()
    yield server
    server.close()


@pytest.fixture
def api(server: Server) -> Any:
    return webuiapi.WebUIApi(baseurl=f"{server.url.rstrip('/')}/sdapi/v1", steps=3)


def _request_of(server: Server, info: dict[str, Any]) -> dict[str, Any]:
    """The request that made the newest picture of that prompt and seed."""
    jobs = server.client.get("/api/v1/jobs").json()
    return next(job["request"] for job in jobs if job["request"]["seed"] == info["seed"])


def _picture(colour: str = "red", size: tuple[int, int] = (64, 64)) -> Image.Image:
    return Image.new("RGB", size, colour)


def test_txt2img_gives_pictures_with_their_parameters_and_info(server: Server, api: Any) -> None:
    result = api.txt2img(prompt="a boat", negative_prompt="cars", n_iter=2, batch_size=2, cfg_scale=6.5, **SMALL)
    assert [image.size for image in result.images] == [(64, 64)] * 4
    assert result.image.info["parameters"].startswith("a boat\n")
    assert result.info["all_seeds"] == [11, 12, 13, 14]
    assert result.info["index_of_first_image"] == 0
    assert len(result.info["infotexts"]) == 4
    assert result.parameters["prompt"] == "a boat"
    request = _request_of(server, result.info)
    assert (request["sampler"], request["schedule"], request["cfg_scale"]) == ("Euler a", "Automatic", 6.5)
    assert request["eta"] is None


def test_its_second_pass_and_styles_arrive(server: Server, api: Any) -> None:
    wanted = dict(SMALL, seed=21)
    result = api.txt2img(
        prompt="a boat", styles=["sea"], enable_hr=True, hr_scale=1.5, hr_second_pass_steps=2,
        hr_upscaler=webuiapi.HiResUpscaler.LatentBicubicAntialiased, denoising_strength=0.4,
        hr_sampler_name="DPM++ 2M Karras", sampler_name="DPM++ 2M", scheduler="karras", **wanted,
    )  # fmt: skip
    request = _request_of(server, result.info)
    assert (request["prompt"], request["negative_prompt"]) == ("a boat, at sea", "cars")
    assert (request["sampler"], request["schedule"]) == ("DPM++ 2M", "Karras")
    hires = request["hires"]
    assert (hires["scale"], hires["steps"], hires["strength"]) == (1.5, 2, 0.4)
    assert (hires["upscaler"], hires["sampler"], hires["schedule"]) == ("Latent (bicubic)", "DPM++ 2M", "Karras")


def test_img2img_with_a_mask_arrives_as_it_was_meant(server: Server, api: Any) -> None:
    result = api.img2img(
        images=[_picture("navy", (80, 64))], mask_image=_picture("white"), prompt="a boat", denoising_strength=0.6,
        resize_mode=1, inpainting_fill=2, mask_blur=7, inpaint_full_res_padding=12, inpainting_mask_invert=1,
        **dict(SMALL, seed=31),
    )  # fmt: skip
    request = _request_of(server, result.info)
    assert (request["start"]["kind"], request["start"]["strength"]) == ("picture", 0.6)
    assert request["start"]["resize"] == "Crop and resize"
    mask = request["mask"]
    assert (mask["blur"], mask["padding"], mask["inverted"], mask["content"]) == (7, 12, True, "latent noise")
    assert mask["area"] == "Only masked"
    assert result.parameters["init_images"] is None
    kept = server.client.get(f"/api/v1/pictures/{request['start']['picture']}")
    assert Image.open(io.BytesIO(kept.content)).size == (80, 64)


def test_img2img_without_a_picture_is_not_found(api: Any) -> None:
    with pytest.raises(RuntimeError) as refused:
        api.img2img(images=[], prompt="a boat", **SMALL)
    assert refused.value.args[0] == 404
    assert "Init image not found" in refused.value.args[1]


def test_it_waits_in_the_queue_like_everybody(server: Server, api: Any) -> None:
    results: list[Any] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(api.txt2img(prompt="a boat", **dict(SMALL, seed=40 + n))))
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.info["seed"] for result in results) == [40, 41, 42, 43]


def test_progress_is_seen_and_interrupt_ends_it(server: Server, api: Any) -> None:
    assert api.get_progress()["progress"] == 0.0
    ended: list[Any] = []
    wanted = dict(SMALL, seed=51, steps=150)
    thread = threading.Thread(target=lambda: ended.append(api.txt2img(prompt="a slow boat", n_iter=2, **wanted)))
    thread.start()
    wait_until(lambda: api.get_progress()["state"]["sampling_step"] >= 1)
    seen = api.get_progress()
    assert 0.01 < seen["progress"] < 1
    assert (seen["state"]["job_count"], seen["state"]["sampling_steps"]) == (2, 150)
    assert seen["eta_relative"] > 0
    assert seen["current_image"]
    assert api.skip() is None
    wait_until(lambda: api.get_progress()["state"]["job_no"] == 1)
    assert api.interrupt() == {}
    thread.join()
    assert ended[0].images == []
    assert ended[0].info["seed"] == 51
    idle = api.get_progress()
    assert (idle["progress"], idle["state"]["job_count"]) == (0.0, 0)


def test_models_are_listed_and_chosen(api: Any) -> None:
    assert api.util_get_model_names() == ["fake", "second"]
    api.util_set_model("secon")
    assert api.util_get_current_model() == "second"
    assert api.txt2img(prompt="a boat", **SMALL).info["sd_model_name"] == "second"
    other = api.txt2img(prompt="a boat", override_settings={"sd_model_checkpoint": "fake"}, **SMALL)
    assert other.info["sd_model_name"] == "fake"
    assert api.util_get_current_model() == "second"
    api.util_set_model("fake", find_closest=False)
    api.refresh_checkpoints()


def test_options_are_taken_back_as_they_were_given(api: Any) -> None:
    options = api.get_options()
    assert api.set_options(options) is None
    assert api.get_options() == options
    api.set_options({"CLIP_stop_at_last_layers": 2})
    assert api.get_options()["CLIP_stop_at_last_layers"] == 2
    assert api.txt2img(prompt="a boat", **SMALL).info["clip_skip"] == 2
    api.set_options({"CLIP_stop_at_last_layers": 1})


def test_every_list_can_be_read(api: Any) -> None:
    assert "Euler a" in api.util_get_sampler_names()
    assert "karras" in api.util_get_scheduler_names()
    assert [each["name"] for each in api.get_upscalers()][:3] == ["None", "Lanczos", "Nearest"]
    assert {"name": "Latent"} in api.get_latent_upscale_modes()
    assert api.get_prompt_styles() == [{"name": "sea", "prompt": "{prompt}, at sea", "negative_prompt": "cars"}]
    assert api.get_embeddings() == {"loaded": {}, "skipped": {}}
    assert api.get_memory()["ram"]["total"] > 0
    assert api.get_cmd_flags()["api"] is True
    for empty in (api.get_hypernetworks, api.get_face_restorers, api.get_realesrgan_models, api.get_loras):
        assert empty() == []
    assert api.get_sd_vae() == []
    assert "x/y/z plot" in api.get_scripts()["txt2img"]
    assert (api.has_controlnet, api.has_adetailer, api.has_animatediff) == (False, False, False)


def test_pictures_are_enlarged_one_by_one_and_together(api: Any) -> None:
    single = api.extra_single_image(_picture(), upscaler_1=webuiapi.Upscaler.Lanczos, upscaling_resize=1.5)
    assert single.image.size == (96, 96)
    assert "Lanczos" in single.info
    both = api.extra_batch_images(
        [_picture("red"), _picture("blue", (32, 64))], upscaler_1="Nearest", resize_mode=1, upscaling_resize_w=100,
        upscaling_resize_h=90,
    )  # fmt: skip
    assert [image.size for image in both.images] == [(100, 90), (100, 90)]
    with pytest.raises(RuntimeError) as refused:
        api.extra_single_image(_picture(), upscaler_1=webuiapi.Upscaler.ESRGAN_4x)
    assert refused.value.args[0] == 422
    assert "upscaler_1" in refused.value.args[1]


def test_what_a_picture_says_is_read(api: Any) -> None:
    made = api.txt2img(prompt="a boat", **SMALL).image
    assert api.png_info(made).info.startswith("a boat\nSteps: 3")
    assert api.png_info(_picture()).info == ""


def test_pictures_are_described_in_a_sentence_or_in_tags_where_a_reader_is_here(server: Server, api: Any) -> None:
    with pytest.raises(RuntimeError) as refused:
        api.interrogate(_picture())
    assert refused.value.args[0] == 404
    assert "No reader is here" in refused.value.args[1]
    write_tiny_clip_model(server.folder / "models" / "readers" / "mine")
    assert api.interrogate(_picture()).info == "a boat"
    assert api.interrogate(_picture(), model="deepdanbooru").info == "fishing boat"
    assert api.interrogate(_picture(), model="mine").info == "a boat"


def test_extensions_that_are_not_here_are_refused_unless_they_are_off(api: Any) -> None:
    off = webuiapi.ControlNetUnit(image=_picture(), enabled=False)
    assert api.txt2img(prompt="a boat", controlnet_units=[off], **SMALL).images
    for wanted in (
        {"controlnet_units": [webuiapi.ControlNetUnit(image=_picture())]},
        {"adetailer": [webuiapi.ADetailer(ad_model="face_yolov8n.pt")]},
        {"reactor": webuiapi.ReActor(_picture())},
        {"sag": webuiapi.Sag()},
    ):
        with pytest.raises(RuntimeError) as refused:
            api.txt2img(prompt="a boat", alwayson_scripts={}, **wanted, **SMALL)
        assert refused.value.args[0] == 422
        assert "not found" in refused.value.args[1]


def test_a_plot_has_its_grid_first(api: Any) -> None:
    arguments = ["Steps", "1, 2", [], 6, "3-5 (+2)", [], 0, "", [], True, True, False, False, 0, False, False, 0, True]
    result = api.txt2img(prompt="a boat", script_name="X/Y/Z plot", script_args=arguments, **SMALL)
    assert result.info["index_of_first_image"] == 1
    assert len(result.images) == 5
    assert [image.size for image in result.images[1:]] == [(64, 64)] * 4
    assert "X/Y/Z plot" in result.image.info["parameters"]
    assert result.images[0].width > 128


def test_it_logs_in_with_the_accounts_that_are_for_programs(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = Server(tmp_path_factory.mktemp("accounts"), api_auth=["bot:a long secret"]).wait_ready()
    address = f"{server.url.rstrip('/')}/sdapi/v1"
    known = webuiapi.WebUIApi(baseurl=address, username="bot", password="a long secret")
    assert known.txt2img(prompt="a boat", **SMALL).images
    for stranger in (
        webuiapi.WebUIApi(baseurl=address),
        webuiapi.WebUIApi(baseurl=address, username="b", password="x"),
    ):
        with pytest.raises(RuntimeError) as refused:
            stranger.txt2img(prompt="a boat", **SMALL)
        assert refused.value.args[0] == 401
    server.close()
