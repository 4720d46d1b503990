"""The result of a masked walk back into the picture that it came from."""

from PIL import Image

from webui.generation.ways import ResizeMode
from webui.imaging.masks import Box
from webui.imaging.resizing import resized


def pasted(result: Image.Image, original: Image.Image, overlay: Image.Image, box: Box | None = None) -> Image.Image:
    """The original with the result laid into it.

    Args:
        result: what was made, mode RGB; brought to the size of `box`, or of the original.
        original: mode RGB.
        overlay: mode L at the original's size; 255 shows the result, 0 the original, byte for byte.
        box: where the result belongs; None is everywhere. Outside of it the original stays.

    Returns:
        Mode RGB at the original's size; a new picture.
    """
    if overlay.size != original.size:
        raise ValueError(f"an overlay of {overlay.size} does not fit a picture of {original.size}")
    left, top, right, bottom = box or (0, 0, *original.size)
    made = resized(result, (right - left, bottom - top), ResizeMode.CROP)
    whole = original.copy()
    whole.paste(made, (left, top), overlay.crop((left, top, right, bottom)))
    return whole
