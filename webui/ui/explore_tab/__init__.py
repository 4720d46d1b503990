"""The Explore tab: latent space as a place to go. A row of buttons, and a panel for each instrument."""

from webui.ui.explore_tab.explore_tab import explore_tab

__all__ = ["explore_tab"]
