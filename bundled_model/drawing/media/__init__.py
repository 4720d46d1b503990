"""The media that pictures are drawn in, by name: the styles of scenes, and those that only LoRAs know."""

from bundled_model.drawing.media.medium import Medium
from bundled_model.scenes.scene import Style

MEDIA: dict[str, type[Medium]] = {style: Medium for style in Style}
