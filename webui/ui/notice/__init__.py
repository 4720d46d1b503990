"""A sentence at the place where something went wrong; it stays until it is dismissed."""

from webui.ui.notice.notice import notice, notice_of

__all__ = ["notice", "notice_of"]
