"""The panel Map: ideas on a plane, and the picture between them."""

from webui.ui.explore_tab.map.map_panel import map_panel

__all__ = ["map_panel"]
