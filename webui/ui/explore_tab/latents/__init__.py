"""The panel Latents: a picture's channels, to look at and to edit."""

from webui.ui.explore_tab.latents.latents_panel import latents_panel

__all__ = ["latents_panel"]
