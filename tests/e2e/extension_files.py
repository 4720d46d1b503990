"""A small extension with a bit of everything that the page shows, as browser tests install it."""

import zipfile
from pathlib import Path

NAME = "red_light"
TITLE = "Red light"

FILES = {
    "extension.toml": """\
[extension]
name = "red_light"
title = "Red light"
version = "1.0.0"
author = "Somebody"
licence = "MIT"
description = "Turns finished pictures red."
api = 1
permissions = ["page", "pictures"]
""",
    "web.py": """\
import os
from pathlib import Path

from webui.extensions.api import Slider, Switch, Tab, Theme, hookimpl

if marker := os.environ.get("RED_LIGHT_MARKER"):
    Path(marker).write_text("it ran")


@hookimpl
def register_controls():
    return [Slider("amount", "Amount", 0.0, 1.0, 0.05, 0.0, info="How red; 0 is not at all.")]


@hookimpl
def register_settings():
    return [Switch("dim", "Dim the rest", default=False)]


@hookimpl
def register_tabs():
    return [Tab(name="lamp", label="Lamp", html="lamp.html", script="lamp.js", style="lamp.css")]


@hookimpl
def register_themes():
    return [Theme(name="red", label="Red lamp", dark={"--dk-ground": "#200000"}, light={"--dk-ground": "#ffe0e0"})]
""",
    "worker.py": """\
from PIL import Image, ImageOps

from webui.extensions.api import Preprocessor, Switch, hookimpl


@hookimpl
def register_preprocessors():
    def turned(picture, values):
        return ImageOps.flip(picture) if values["over"] else ImageOps.mirror(picture)

    controls = [Switch("over", "Upside down", default=False)]
    return [Preprocessor(name="Mirror", process=turned, controls=controls, note="Left is right.")]


@hookimpl
def finish_image(image, values):
    if not values["amount"]:
        return None
    return Image.blend(image, Image.new("RGB", image.size, "red"), values["amount"])
""",
    "assets/lamp.html": '<h2>The lamp</h2><p id="lamp-said">unlit</p><button id="lamp-half">Half red</button>',
    "assets/lamp.css": "#lamp-said { color: rgb(200, 0, 0); }",
    "assets/lamp.js": """\
export default function mount(root, { name, assets }) {
  root.querySelector("#lamp-said").textContent = `${name} at ${assets}`;
  root.querySelector("#lamp-half").onclick = () => window.darkroom.setControls(name, { amount: 0.5, nothing: 1 });
}
""",
}


def write_zip(path: Path, files: dict[str, str] = FILES) -> Path:
    """The extension as somebody would send it: a zip of its folder."""
    with zipfile.ZipFile(path, "w") as file:
        for name, text in files.items():
            file.writestr(f"{NAME}/{name}", text)
    return path
