"""A tab that an extension brings: its own markup, style and script, put together when it is first opened."""

from webui.ui.extension_page.extension_page import extension_page

__all__ = ["extension_page"]
