"""The panel Sliders: from two prompts a slider."""

from webui.ui.explore_tab.sliders.sliders_panel import sliders_panel

__all__ = ["sliders_panel"]
