"""The Share tab: a temporary public link, who came by it, and its end."""

from webui.ui.share_tab.share_tab import share_tab

__all__ = ["share_tab"]
