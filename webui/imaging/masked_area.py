"""What of a masked picture the model works on, and the way back: the whole picture, or the masked part alone."""

from dataclasses import dataclass

from PIL import Image

from webui.generation.ways import InpaintArea, ResizeMode
from webui.imaging.masks import Box, box_of, overlay_mask
from webui.imaging.pasting import pasted
from webui.imaging.resizing import Size, resized


@dataclass(frozen=True, slots=True)
class MaskedArea:
    """The picture (RGB) and the mask (L) that the model works on, both of the request's size."""

    image: Image.Image
    mask: Image.Image
    original: Image.Image
    """What a result is pasted into: RGB."""
    overlay: Image.Image
    """How much of the result shows where: L, of the original's size; 0 keeps the original."""
    box: Box | None
    """Where the result belongs in the original; None is everywhere."""

    def pasted(self, result: Image.Image) -> Image.Image:
        """The original with the result laid into it; where the overlay is 0 it is unchanged, byte for byte."""
        return pasted(result, self.original, self.overlay, self.box)


def masked_area(
    original: Image.Image, mask: Image.Image, *, size: Size, area: InpaintArea, resize: ResizeMode, padding: int
) -> MaskedArea:
    """Cut out and bring to size what the model works on.

    Args:
        original: mode RGB.
        mask: mode L at the original's size, blurred already; not blank.
        size: the request's width and height.
        area: with `WHOLE` the picture comes to `size` by `resize` first, and so does what is saved in the end; with
            `MASKED` a box around the mask comes to `size`, and the picture keeps its own one.
        resize: see `webui.imaging.resizing`.
        padding: how many pixels of surroundings `MASKED` takes in.
    """
    box = box_of(mask, padding=padding, width=size[0], height=size[1]) if area is InpaintArea.MASKED else None
    if box is None:
        whole, whole_mask = resized(original, size, resize), resized(mask, size, resize)
        return MaskedArea(whole, whole_mask, whole, overlay_mask(whole_mask), None)
    part, part_mask = (resized(picture.crop(box), size, ResizeMode.FILL) for picture in (original, mask))
    return MaskedArea(part, part_mask, original, mask, box)
