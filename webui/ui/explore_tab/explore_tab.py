"""The Explore tab's Python side: it only places the row of buttons and the panels, which speak to the API."""

from pathlib import Path

from webui.ui.component import html_component
from webui.ui.explore_tab.beyond import beyond_panel
from webui.ui.explore_tab.journeys import journeys_panel
from webui.ui.explore_tab.latents import latents_panel
from webui.ui.explore_tab.map import map_panel
from webui.ui.explore_tab.seeds import seeds_panel
from webui.ui.explore_tab.sliders import sliders_panel

SCRIPTS = ("explore_tab.js",)
PANELS = (map_panel, journeys_panel, beyond_panel, seeds_panel, latents_panel, sliders_panel)
"""In the order of their buttons."""


def explore_tab() -> None:
    """Lay out the tab; no handler hears of it."""
    html_component(Path(__file__).parent, SCRIPTS, elem_id="explore-tab")
    for lay_out in PANELS:
        lay_out()
