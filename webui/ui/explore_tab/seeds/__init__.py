"""The panel Seeds: the neighbours of a picture's noise."""

from webui.ui.explore_tab.seeds.seeds_panel import seeds_panel

__all__ = ["seeds_panel"]
