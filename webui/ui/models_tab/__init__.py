"""The tab for the weights: what there is, what it is good for, and how more of it comes."""

from webui.ui.models_tab.models_tab import models_tab

__all__ = ["models_tab"]
