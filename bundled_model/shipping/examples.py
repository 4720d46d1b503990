"""Prompts that show what the bundled model paints, in all styles and sizes."""

from bundled_model.drawing.canvas import Size
from bundled_model.drawing.painter import SQUARE

WIDE: Size = (384, 256)
TALL: Size = (256, 384)

EXAMPLES: dict[Size, tuple[str, ...]] = {
    SQUARE: (
        "a travel poster of a red lighthouse by the sea at sunset",
        "a watercolour of a deer in the autumn forest, early morning",
        "a paper cut-out of three hot-air balloons over the mountains",
        "pixel art of a castle in the snow at night, full moon on the left",
        "an ink drawing of a windmill in the hills, clouds",
        "a volcano at night, stars",
        "a watercolour of a white sailboat on the lake at dawn, sun on the left",
        "a paper cut-out of two camels in the desert at sunset",
        "pixel art of a city skyline in the rain at night",
        "an ink drawing of a bridge over the river in winter",
        "a yellow house on the left in the summer hills, rainbow",
        "a watercolour of the canyon with a road at noon",
        "a paper cut-out of a cabin in the snowy mountains, northern lights",
        "pixel art of two fishing boats on the beach, blue sky",
        "an ink drawing of three birds over the sea in fog",
        "two blossoming purple trees by the river in spring",
        "a watercolour of a fence on the beach at sunset, sun in the middle",
        "a paper cut-out of a castle in front of a volcano in a storm",
        "pixel art of three green trees in the desert, sun on the right",
        "an ink drawing of a city at night, crescent moon on the left",
    ),
    WIDE: (
        "a red sailboat on the right of the sea at sunset, sun on the left",
        "a watercolour of a road through autumn hills",
        "a paper cut-out of the mountains in winter, falling snow",
        "pixel art of three camels in the desert at dawn",
        "an ink drawing of a bridge over a foggy river",
        "a blue lighthouse on the left of the beach, starry night, full moon on the right",
    ),
    TALL: (
        "a yellow hot-air balloon high above the canyon, morning sun on the left",
        "a watercolour of a cabin in the winter forest at night",
        "a paper cut-out of a windmill in spring hills",
        "pixel art of a lighthouse by the sea in a thunderstorm",
        "an ink drawing of a castle in the mountains, clouds",
        "a deer by the lake at night, northern lights",
    ),
}
"""By width and height in pixels; of the square ones each row of five has one of each style."""
FILES: dict[Size, tuple[str, int]] = {
    SQUARE: ("generated.jpg", 5),
    WIDE: ("generated_wide.jpg", 3),
    TALL: ("generated_tall.jpg", 6),
}
"""The file of each size's contact sheet, and how many pictures stand in a row."""
