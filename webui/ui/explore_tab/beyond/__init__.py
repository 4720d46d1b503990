"""The panel Beyond: sums of prompts, and how far they carry."""

from webui.ui.explore_tab.beyond.beyond_panel import beyond_panel

__all__ = ["beyond_panel"]
