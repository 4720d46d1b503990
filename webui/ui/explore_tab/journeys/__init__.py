"""The panel Journeys: from stop to stop, as a film."""

from webui.ui.explore_tab.journeys.journeys_panel import journeys_panel

__all__ = ["journeys_panel"]
