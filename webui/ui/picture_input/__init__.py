"""A picture to start from, with a mask painted on it and margins around it."""

from webui.ui.picture_input.picture_input import PictureInput, PictureValue

__all__ = ["PictureInput", "PictureValue"]
