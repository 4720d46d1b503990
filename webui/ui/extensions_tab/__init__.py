"""The Extensions tab: what is installed, how it is switched on and off, and how more comes in."""

from webui.ui.extensions_tab.extensions_tab import extensions_tab

__all__ = ["extensions_tab"]
