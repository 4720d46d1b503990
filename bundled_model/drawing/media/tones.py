"""Arithmetic of colours that only media need."""

from bundled_model.drawing.palette import Rgb


def vivid(colour: Rgb, strength: float) -> Rgb:
    """The colour with its distance from grey multiplied by `strength`; the mean of its parts stays, up to clipping."""
    grey = sum(colour) / 3
    red, green, blue = (min(1.0, max(0.0, grey + strength * (part - grey))) for part in colour)
    return (red, green, blue)


def lightness(colour: Rgb) -> float:
    """How light a colour looks, 0..1 (Rec. 601 luma)."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
