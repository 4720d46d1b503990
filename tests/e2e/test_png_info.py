"""A picture that is dropped gives every field back, and goes on to any tab."""

import base64
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.e2e.making import finished, generate, make, open_tab
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser

DROP = """([selector, name, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, {type: "image/png"}));
  const target = document.querySelector(selector);
  for (const type of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(type, {dataTransfer: transfer, bubbles: true, cancelable: true}));
}"""

EVERYTHING: dict[str, Any] = {
    "prompt": "the cat (on a hill:1.2)",
    "negative_prompt": "a dog, rain",
    "seed": 77,
    "steps": 3,
    "sampler": "Euler",
    "schedule": "Karras",
    "cfg_scale": 3.5,
    "width": 64,
    "height": 72,
    "hires": {"scale": 1.5, "steps": 2, "strength": 0.6, "upscaler": "Lanczos", "cfg_scale": 2.5, "prompt": "a cat"},
    "emphasis": "No norm",
    "variation_seed": 5,
    "variation_strength": 0.25,
    "noise_source": "NV",
    "cfg_rescale": 0.2,
    "guidance_start": 0.1,
    "guidance_end": 0.9,
    "s_churn": 0.5,
    "blend": {
        "ideas": [{"prompt": 'the "cat"', "weight": 0.3}, {"prompt": "a dog", "weight": 0.7}],
        "way": "spherical",
    },
    "sliders": [{"name": "", "low": "day", "high": "night", "value": 1.5, "start": 0.0, "end": 0.8}],
    "noise_turns": [
        {
            "seed": 9,
            "share": 0.3,
            "variation_seed": 4,
            "variation_strength": 0.1,
            "turns": [
                {"seed": 2, "share": 0.1, "variation_seed": 0, "variation_strength": 0.0, "turns": []},
            ],
        },
    ],
}


def _drop(page: Page, name: str, content: bytes) -> None:
    open_tab(page, "PNG Info")
    page.evaluate(DROP, ["[data-testid=png-info]", name, base64.b64encode(content).decode()])


def test_one_of_our_pictures_dropped_on_png_info_gives_every_field_back(page: Page, server: ServerProcess) -> None:
    request, file = make(server, **EVERYTHING)
    _drop(page, file.name, file.read_bytes())
    expect(page.get_by_test_id("png-info-text")).to_contain_text("Seed: 77")
    expect(page.get_by_test_id("png-info-image")).to_be_visible()
    page.get_by_test_id("png-info-txt2img").click()
    expect(page.locator("#field-prompt textarea")).to_have_value(EVERYTHING["prompt"])
    expect(page.locator("#section-hires [data-changed]")).to_have_attribute("data-changed", "7")
    job = generate(page, server)
    assert job["request"] == request
    assert finished(server, job)["status"] == "done"


def test_a_picture_goes_from_png_info_to_img2img_with_its_parameters(page: Page, server: ServerProcess) -> None:
    _, file = make(server, prompt="a hill", seed=3, steps=2, width=64, height=64)
    _drop(page, file.name, file.read_bytes())
    page.get_by_test_id("png-info-img2img").click()
    expect(page.locator("#field-prompt textarea")).to_have_value("a hill")
    job = generate(page, server)
    assert (job["request"]["start"]["kind"], job["request"]["seed"]) == ("picture", 3)
    assert finished(server, job)["status"] == "done"


def test_a_picture_without_parameters_says_so_and_can_still_be_a_start(page: Page) -> None:
    plain = BytesIO()
    Image.new("RGB", (64, 64), "teal").save(plain, format="PNG")
    _drop(page, "plain.png", plain.getvalue())
    expect(page.get_by_text("carries no parameters")).to_be_visible()
    expect(page.get_by_test_id("png-info-txt2img")).to_be_hidden()
    page.get_by_test_id("png-info-img2img").click()
    expect(page.get_by_test_id("picture-input")).to_be_visible()


def test_a_file_that_is_no_picture_is_told_in_a_sentence(page: Page) -> None:
    _drop(page, "notes.png", b"just some words, no picture at all")
    expect(page.get_by_test_id("png-info").get_by_test_id("error-box")).to_be_visible()
    expect(page.get_by_test_id("png-info-image")).to_be_hidden()


def test_a_chosen_file_is_read_as_a_dropped_one(page: Page, server: ServerProcess, tmp_path: Path) -> None:
    _, file = make(server, prompt="a lake", seed=4, steps=2, width=64, height=64)
    open_tab(page, "PNG Info")
    page.get_by_test_id("png-info-file").set_input_files(file)
    expect(page.get_by_test_id("png-info-text")).to_contain_text("a lake")


def test_infotext_that_is_pasted_into_the_prompt_fills_the_form(page: Page, server: ServerProcess) -> None:
    infotext = (
        "a castle, (stone:1.1)\nNegative prompt: fog, people\n"
        "Steps: 7, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 123, Size: 128x64, Model: unknown, Clip skip: 2"
    )
    page.locator("#field-prompt textarea").fill(infotext)
    page.locator("#read-infotext").click()
    expect(page.locator("#field-prompt textarea")).to_have_value("a castle, (stone:1.1)")
    request = generate(page, server)["request"]
    wanted = {
        "negative_prompt": "fog, people", "steps": 7, "sampler": "DPM++ 2M", "schedule": "Karras", "cfg_scale": 6.5,
        "seed": 123, "width": 128, "height": 64, "clip_skip": 2,
    }  # fmt: skip
    assert {field: request[field] for field in wanted} == wanted
