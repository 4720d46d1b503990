"""What both processes know: the controls, and films that people may choose by name."""

from collections.abc import Mapping

from webui.extensions.api import Choice, Slider, Switch

from .grain import MIDTONES, SHADOWS, TONES

CONTROLS = (
    Slider("amount", "Amount", 0.0, 1.0, 0.05, default=0.0, info="0 leaves the picture as it is."),
    Slider("size", "Size of a grain", 0.5, 4.0, 0.1, default=1.2, info="In pixels of the finished picture."),
    Choice("tones", "Where it shows", TONES, default=MIDTONES),
    Switch("monochrome", "Grey grain", default=True, info="As in black-and-white film. Off: each colour has its own."),
)
FILMS: Mapping[str, Mapping[str, str | float | bool]] = {
    "Fine 100": {"amount": 0.15, "size": 0.8, "tones": MIDTONES, "monochrome": True},
    "Classic 400": {"amount": 0.3, "size": 1.2, "tones": MIDTONES, "monochrome": True},
    "Colour 800": {"amount": 0.35, "size": 1.5, "tones": MIDTONES, "monochrome": False},
    "Pushed 3200": {"amount": 0.6, "size": 2.0, "tones": SHADOWS, "monochrome": True},
}
"""Values of all controls, by the film's name."""
