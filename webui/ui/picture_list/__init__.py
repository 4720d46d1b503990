"""Many pictures to start from: files that are chosen or dropped together."""

from webui.ui.picture_list.picture_list import picture_list

__all__ = ["picture_list"]
