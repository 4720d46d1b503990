"""The step scrubber's Python side: it hands the browser its markup and scripts.

Everything else happens between the scripts and the server's own API; no handler of Gradio hears of it.
"""

import re
from pathlib import Path

import gradio as gr

from webui.ui.component import html_component

FOLDER = Path(__file__).parent
SCRIPTS = (
    "parts.js",
    "desk.js",
    "strips.js",
    "sharp_frames.js",
    "frames.js",
    "stage.js",
    "player.js",
    "views.js",
    "plots.js",
    "messages.js",
    "recordings.js",
    "opening.js",
    "branch.js",
    "painting.js",
    "family.js",
    "compare.js",
    "export.js",
    "words.js",
    "tour.js",
    "main.js",
)
"""In this order; the last one joins the others."""

_INCLUDE = re.compile(r"<!-- (\w+\.html) -->")


def step_scrubber() -> gr.HTML:
    """The component. It is drawn when its tab is first opened."""
    return html_component(FOLDER, SCRIPTS, elem_id="step-scrubber", markup=markup())


def markup() -> str:
    """The shell with its parts: a comment that names a file of the folder `markup` stands for that file."""
    folder = FOLDER / "markup"
    shell = (folder / "shell.html").read_text("utf-8")
    return _INCLUDE.sub(lambda found: (folder / found[1]).read_text("utf-8").strip(), shell)
