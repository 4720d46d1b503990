import json

import pytest

from webui.generation.infotext_sources import MAX_TEXT, read_text
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Mask


def test_a_request_of_ours_comes_back_whole() -> None:
    picture = "0" * 32
    request = GenerationRequest(prompt="x", start=FromPicture(picture=picture), mask=Mask(picture=picture), seed=4)
    read = read_text(request.model_dump_json())
    assert GenerationRequest.parse(read.values) == request
    assert read.notes == ()


def test_a_request_of_another_version_keeps_what_is_known() -> None:
    values = json.loads(GenerationRequest(prompt="x", seed=4).model_dump_json())
    read = read_text(json.dumps(values | {"steps": 9_999, "later": 1}))
    assert GenerationRequest.parse(read.request_values()).seed == 4
    assert (read.values["seed"], read.values["prompt"], "steps" in read.values) == (4, "x", False)
    assert len(read.notes) == 2


def test_invokeais_list_is_read() -> None:
    read = read_text(
        json.dumps(
            {
                "generation_mode": "txt2img", "positive_prompt": "a boat", "negative_prompt": "fog", "width": 512,
                "height": 640, "seed": 7, "rand_device": "cpu", "cfg_scale": 7.5, "cfg_rescale_multiplier": 0.2,
                "steps": 30, "scheduler": "dpmpp_2m_k", "clip_skip": 1, "model": {"name": "sea", "hash": "x"},
                "loras": [{"weight": 0.5}], "app_version": "5.0",
            }
        )
    )  # fmt: skip
    assert read.values == {
        "prompt": "a boat", "negative_prompt": "fog", "seed": 7, "steps": 30, "cfg_scale": 7.5, "cfg_rescale": 0.2,
        "width": 512, "height": 640, "sampler": "DPM++ 2M", "schedule": "Karras", "model": "sea", "clip_skip": 2,
        "noise_source": "CPU",
    }  # fmt: skip
    assert read.notes == ("There is nothing here for: loras.",)


def test_fooocuss_list_is_read() -> None:
    values = {
        "prompt": "a boat", "negative_prompt": "", "steps": 30, "resolution": "(1152, 896)", "guidance_scale": 4.0,
        "base_model": "juggernaut.safetensors", "sampler": "euler_ancestral", "scheduler": "normal", "seed": "123",
    }  # fmt: skip
    read = read_text(json.dumps(values)).values
    assert (read["width"], read["height"], read["seed"], read["model"]) == (1152, 896, 123, "juggernaut")
    assert (read["sampler"], read["schedule"]) == ("Euler a", "Uniform")


def test_novelais_comment_is_read() -> None:
    values = {
        "prompt": "a boat", "uc": "fog", "steps": 28, "height": 832, "width": 640, "scale": 5.0, "seed": 9,
        "sampler": "k_euler_ancestral", "noise_schedule": "native", "n_samples": 1,
    }  # fmt: skip
    read = read_text(json.dumps(values)).values
    assert (read["negative_prompt"], read["cfg_scale"], read["sampler"], read["clip_skip"]) == (
        "fog",
        5.0,
        "Euler a",
        2,
    )


def test_comfyuis_api_body_is_its_graph() -> None:
    sampler = {"class_type": "KSampler", "inputs": {"seed": 5, "latent_image": ["x", 0]}}
    for values in ({"1": sampler}, {"prompt": {"1": sampler}, "client_id": "c"}):
        assert read_text(json.dumps(values)).values["seed"] == 5


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"nodes": [], "links": []}', "ComfyUI workflow"),
        ('{"odd": 1}', "Nothing in this JSON"),
        ("x" * (MAX_TEXT + 1), "too long"),
    ],
)
def test_what_cannot_be_read_is_told(text: str, says: str) -> None:
    read = read_text(text)
    assert read.values == {}
    assert says in read.notes[0]


@pytest.mark.parametrize("text", ["{a|b} cat", "{", "[1]", "{" * 100_000, '{"a":' * 50_000, "", "\ufeff", "{}x"])
def test_what_is_no_json_object_is_a_prompt(text: str) -> None:
    values = read_text(text).values
    assert values.get("prompt", text) == text.strip()


def test_half_characters_of_json_do_not_come_out() -> None:
    read = read_text('{"seed": 1, "prompt": "\\ud800", "\\ud800x": "\\udc00"}')
    json.dumps(read.to_json(), ensure_ascii=False).encode()
    assert read.values["seed"] == 1


@pytest.mark.parametrize("odd", [None, [], 1, "x", {}, {"kind": "picture"}, {"kind": []}])
def test_a_request_with_odd_groups_keeps_the_rest(odd: object) -> None:
    values = json.loads(GenerationRequest(prompt="x", seed=4).model_dump_json())
    read = read_text(json.dumps(values | {"start": odd, "mask": odd, "hires": odd, "steps": 0}))
    assert GenerationRequest.parse(read.request_values()).seed == 4
