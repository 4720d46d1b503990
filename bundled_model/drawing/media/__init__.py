"""The media that pictures are drawn in, by name: the styles of scenes, and those that only LoRAs know."""

from bundled_model.drawing.media.blueprint import Blueprint
from bundled_model.drawing.media.ink import Ink
from bundled_model.drawing.media.medium import Medium
from bundled_model.drawing.media.neon import Neon
from bundled_model.drawing.media.paper import Paper
from bundled_model.drawing.media.pixel import Pixel
from bundled_model.drawing.media.poster import Poster
from bundled_model.drawing.media.stained_glass import StainedGlass
from bundled_model.drawing.media.watercolour import Watercolour
from bundled_model.scenes.scene import Style

LORA_LOOKS = ("blueprint", "neon", "stained_glass")
"""Media that no scene has, so that the model knows nothing of them before a LoRA is trained."""
MEDIA: dict[str, type[Medium]] = {
    Style.POSTER: Poster,
    Style.WATERCOLOUR: Watercolour,
    Style.PAPER: Paper,
    Style.PIXEL: Pixel,
    Style.INK: Ink,
    "blueprint": Blueprint,
    "neon": Neon,
    "stained_glass": StainedGlass,
}
