"""The tab for what holds for the whole program, not for one picture."""

from webui.ui.settings_tab.settings_tab import settings_tab

__all__ = ["settings_tab"]
