"""The tab that reads a picture file: what it was made with, and where to go on with it."""

from webui.ui.png_info.png_info import png_info

__all__ = ["png_info"]
