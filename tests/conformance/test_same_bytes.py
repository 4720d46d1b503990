"""One request, said in every way that there is to say it, by a real model: the same bytes of the same PNG file."""

import threading
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import anyio
import httpx
import openai
import pytest
import uvicorn
from mcp.client import Client
from PIL import Image

from tests.engine.engines import LONG, wait_until
from webui.cli.main import main
from webui.engine.engine import Engine
from webui.generation.request import GenerationRequest
from webui.library.library import Library
from webui.model_manager.catalogue import Catalogue
from webui.server.app import create_app
from webui.server.listening import address_of, bind
from webui.settings import Settings
from webui.ui.form import FORM_FIELDS, Way, default_of, form_values
from webui.ui.making_tab import submit as submit_form

SAID = {
    "prompt": "a (boat:1.2) on the sea", "negative_prompt": "a car", "seed": 41, "steps": 3, "sampler": "Euler a",
    "schedule": "Karras", "cfg_scale": 4.5, "width": 64, "height": 96, "model": "tiny",
}  # fmt: skip
STRENGTH = 0.6


@dataclass(frozen=True)
class Studio:
    """A server with a real worker, in this process so that the page's handler can be called too."""

    engine: Engine
    url: str
    models: Path


@pytest.fixture(scope="module")
def studio(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    folder = tmp_path_factory.mktemp("same-bytes")
    settings = Settings(data_dir=folder, models_dirs=(tiny_models_dir,), open_browser=False, port=0, mcp=True)
    library = Library(settings.data_dir)
    engine = Engine(settings, Catalogue(settings.models_dirs), library)
    server = uvicorn.Server(uvicorn.Config(create_app(engine, settings, build_page=None), log_level="error"))
    listener = bind(settings.host, settings.port)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    engine.start()
    try:
        wait_until(lambda: server.started)
        yield Studio(engine, address_of(listener), tiny_models_dir)
    finally:
        server.should_exit = True
        thread.join(LONG)
        engine.stop()
        library.close()


def _picture() -> bytes:
    image = Image.linear_gradient("L").resize((64, 96)).convert("RGB")
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _kept(studio: Studio) -> str:
    return httpx.post(f"{studio.url}/api/v1/pictures", content=_picture()).json()["id"]


def _wanted(studio: Studio, *, from_picture: bool) -> dict[str, Any]:
    start = {"kind": "picture", "picture": _kept(studio), "strength": STRENGTH} if from_picture else {"kind": "noise"}
    return {**SAID, "start": start}


def _of_last_job(studio: Studio) -> bytes:
    """The picture of the newest job, when it is there."""
    job = max(studio.engine.jobs(), key=lambda job: job.created)
    wait_until(lambda: not studio.engine.job(job.id).active)
    [picture] = studio.engine.job(job.id).images
    return studio.engine.library.read(picture)


def by_native_api(studio: Studio, *, from_picture: bool) -> bytes:
    wanted = _wanted(studio, from_picture=from_picture)
    assert httpx.post(f"{studio.url}/api/v1/jobs", json=wanted).status_code == 202
    return _of_last_job(studio)


def by_page(studio: Studio, *, from_picture: bool) -> bytes:
    form = {field: default_of(field) for field in FORM_FIELDS}
    form |= form_values(GenerationRequest.parse(_wanted(studio, from_picture=from_picture)).model_dump())
    form["way"] = Way.IMG2IMG if from_picture else Way.TXT2IMG
    assert submit_form(studio.engine, form, form.pop("way"), "") is None
    return _of_last_job(studio)


def by_command_line(studio: Studio, *, from_picture: bool) -> bytes:
    data_dir = studio.engine.settings.data_dir  # which knows the precision that was measured for the model
    out, init = data_dir / "out.png", data_dir / "init.png"
    init.write_bytes(_picture())
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in SAID.items()]
    way = [f"--init-image={init}", f"--strength={STRENGTH}"] if from_picture else []
    where = [f"--out={out}", f"--data-dir={data_dir}", f"--models-dir={studio.models}"]
    assert main(["generate", *flags, *way, *where]) == 0
    return out.read_bytes()


def by_openai_client(studio: Studio, *, from_picture: bool) -> bytes:
    size = f"{SAID['width']}x{SAID['height']}"
    more = {name: value for name, value in SAID.items() if name not in ("prompt", "model", "width", "height")}
    said: dict[str, Any] = {"prompt": SAID["prompt"], "model": SAID["model"], "size": size}
    with openai.OpenAI(base_url=f"{studio.url}/v1", api_key="anything", max_retries=0) as client:
        if from_picture:
            made = client.images.edit(**said, image=_picture(), extra_body={**more, "strength": STRENGTH})
        else:
            made = client.images.generate(**said, extra_body=more)
    [picture] = made.data or []
    return b64decode(picture.b64_json or "")


def by_mcp_client(studio: Studio, *, from_picture: bool) -> bytes:
    said = {**SAID, **({"picture": _kept(studio), "strength": STRENGTH} if from_picture else {})}

    async def call() -> Any:
        async with Client(f"{studio.url}/mcp") as client:
            return await client.call_tool("generate", said)

    result = anyio.run(call)
    assert not result.is_error, result.content
    return b64decode(result.content[0].data)


def by_a1111_api(studio: Studio, *, from_picture: bool) -> bytes:
    names = {"sampler": "sampler_name", "schedule": "scheduler"}
    said = {names.get(name, name): value for name, value in SAID.items() if name != "model"}
    said["override_settings"] = {"sd_model_checkpoint": SAID["model"]}
    if from_picture:
        said |= {"init_images": [b64encode(_picture()).decode()], "denoising_strength": STRENGTH}
    address = f"{studio.url}/sdapi/v1/{'img2img' if from_picture else 'txt2img'}"
    answer = httpx.post(address, json=said, timeout=LONG)
    assert answer.status_code == 200, answer.text
    return b64decode(answer.json()["images"][0])


@pytest.mark.parametrize("from_picture", [False, True], ids=["from noise", "from a picture"])
@pytest.mark.parametrize("way", [by_page, by_command_line, by_openai_client, by_mcp_client, by_a1111_api])
def test_every_way_to_ask_gives_the_same_bytes(studio: Studio, way: Callable[..., bytes], from_picture: bool) -> None:
    expected = by_native_api(studio, from_picture=from_picture)
    assert Image.open(BytesIO(expected)).size == (64, 96)
    assert way(studio, from_picture=from_picture) == expected
