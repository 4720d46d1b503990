"""The step scrubber's Python side: it hands the browser its markup and scripts.

Everything else happens between the scripts and the server's own API; no handler of Gradio hears of it.
"""

import re
from pathlib import Path

import gradio as gr

from webui.ui.component import html_component

FOLDER = Path(__file__).parent
SCRIPTS = (
    "desk.js",
    "strips.js",
    "sharp_frames.js",
    "frames.js",
    "stage.js",
    "player.js",
    "views.js",
    "modes.js",
    "plot_parts.js",
    "plots.js",
    "messages.js",
    "recordings.js",
    "way.js",
    "opening.js",
    "../picture_input/rectangle.js",
    "../picture_input/dab.js",
    "../picture_input/brush.js",
    "../picture_input/mask.js",
    "../picture_input/history.js",
    "../picture_input/viewport.js",
    "../picture_input/overlay.js",
    "../picture_input/painter.js",
    "../picture_input/gestures.js",
    "../picture_input/ring.js",
    "differences.js",
    "colour_painter.js",
    "painting_store.js",
    "painting.js",
    "painting_tools.js",
    "panel_message.js",
    "branch_words.js",
    "branch_walk.js",
    "branch.js",
    "family_layout.js",
    "family.js",
    "comparing.js",
    "compare_stages.js",
    "compare_facts.js",
    "compare_choice.js",
    "compare.js",
    "take_up.js",
    "open_picture.js",
    "export.js",
    "word_maps.js",
    "words.js",
    "tour_stops.js",
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
    return _part("shell.html")


def _part(name: str) -> str:
    text = (FOLDER / "markup" / name).read_text("utf-8").strip()
    return _INCLUDE.sub(lambda found: _part(found[1]), text)
