"""The Python side of the panel Map: it places the component, which speaks to the API by itself."""

from pathlib import Path

import gradio as gr

from webui.exploring.projection import ProjectionWay, umap_is_installed
from webui.ui.examples import EXAMPLES
from webui.ui.explore_tab.panel import JOINT_SCRIPTS, explore_panel

SCRIPTS = (
    *JOINT_SCRIPTS,
    "map_store.js",
    "hull.js",
    "plane.js",
    "dots.js",
    "idea_list.js",
    "point.js",
    "picture.js",
    "landscape.js",
    "facts.js",
    "files.js",
    "picture_idea.js",
    "main.js",
)
"""In this order; the last one joins the others."""


def map_panel() -> gr.HTML:
    """The component, which begins with the examples as its ideas; no handler hears of it."""
    prompts = [prompt for _, prompt in EXAMPLES]
    projections = [way.value for way in ProjectionWay if way is not ProjectionWay.UMAP or umap_is_installed()]
    return explore_panel(Path(__file__).parent, SCRIPTS, prompts=prompts, projections=projections)
