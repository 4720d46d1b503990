"""How a series of pictures goes: its progress, and at its end the grid or plot."""

from webui.ui.series_status.series_status import series_status

__all__ = ["series_status"]
