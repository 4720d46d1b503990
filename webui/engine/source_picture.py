"""The picture that a walk starts from, made ready for it, and the result put back where it belongs. No torch."""

from dataclasses import dataclass

from PIL import Image

from webui.errors import InvalidRequest
from webui.generation.limits import SIZE_MULTIPLE
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Margins, Mask, MaskedContent, ResizeMode
from webui.imaging.colour import matched
from webui.imaging.filling import filled
from webui.imaging.masked_area import MaskedArea, masked_area
from webui.imaging.masks import MaskRead, blurred, is_blank, read_mask
from webui.imaging.outpainting import extended
from webui.imaging.reading import flattened
from webui.imaging.resizing import Size, resized
from webui.library.inputs import InputStore

_SAME_SHAPE = 0.02
"""How far the proportions of a picture and of the place for it may lie apart, as a share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePicture:
    """What a walk starts from.

    `picture` (RGB) is what is encoded: of the walk's size, or of its own where the latents are resized. `area` and
    `mask` say what may change, or are None; `notes` are sentences on what was done to the inputs. `toward` is the other
    picture of a start between two.
    """

    picture: Image.Image
    start: FromPicture
    toward: Image.Image | None = None
    area: MaskedArea | None = None
    mask: Mask | None = None
    notes: tuple[str, ...] = ()

    def finished(self, made: Image.Image) -> Image.Image:
        """A decoded picture (RGB): with the source's colours if asked for, and put back into the source if masked."""
        if self.start.colour_correction:
            made = matched(made, self._coloured(made.size))
        return made if self.area is None else self.area.pasted(made)

    def _coloured(self, size: Size) -> Image.Image:
        """The picture whose colours are wanted: between two, both over each other."""
        if self.toward is None:
            return self.picture
        return Image.blend(self.picture.resize(size), self.toward.resize(size), self.start.share)


def source_picture(request: GenerationRequest, inputs: InputStore) -> SourcePicture | None:
    """What the request starts from, or None when it starts from noise.

    Raises:
        InvalidRequest: the mask is empty, or the picture with its margins does not fit the request's size.
        PictureNotFound: a picture is not among the inputs.
        PictureUnreadable: its file is damaged.
    """
    start = request.start
    if not isinstance(start, FromPicture):
        return None
    picture = flattened(inputs.open(start.picture))
    if not start.margins and request.mask is None:
        other = _unmasked(request, start, flattened(inputs.open(start.toward))) if start.toward else None
        return SourcePicture(picture=_unmasked(request, start, picture), start=start, toward=other)
    read = _read_mask(request.mask, picture.size, inputs) if request.mask else MaskRead(Image.new("L", picture.size))
    notes = read.notes
    settings = request.mask or Mask(picture=start.picture)
    if start.margins:
        size = _size_inside(request, picture.size, start.margins)
        notes += _resize_notes(picture.size, size)
        wider = extended(
            resized(picture, size, ResizeMode.STRETCH),
            start.margins,
            seed=request.seed,
            mask=resized(read.image, size, ResizeMode.STRETCH),
        )
        picture, mask = wider.image, wider.mask
        # The seam is soft already: its grey is read as times, and a blur would only widen it.
        settings = settings.model_copy(update={"soft": True, "blur": 0})
    else:
        mask = read.image
    return _masked(request, start=start, picture=picture, mask=mask, settings=settings, notes=notes)


def _unmasked(request: GenerationRequest, start: FromPicture, picture: Image.Image) -> Image.Image:
    """The picture at the request's size; where the latents are resized, at a size that can be encoded."""
    if start.resize is ResizeMode.LATENT:
        return resized(picture, _encodable(picture.size), ResizeMode.STRETCH)
    return resized(picture, (request.width, request.height), start.resize)


def _masked(
    request: GenerationRequest,
    *,
    start: FromPicture,
    picture: Image.Image,
    mask: Image.Image,
    settings: Mask,
    notes: tuple[str, ...],
) -> SourcePicture:
    area = masked_area(
        picture,
        blurred(mask, settings.blur),
        size=(request.width, request.height),
        area=settings.area,
        resize=start.resize,
        padding=settings.padding,
    )
    encoded = area.image if settings.content is MaskedContent.ORIGINAL else filled(area.image, area.mask)
    return SourcePicture(picture=encoded, start=start, area=area, mask=settings, notes=notes)


def _read_mask(settings: Mask, size: Size, inputs: InputStore) -> MaskRead:
    read = read_mask(inputs.open(settings.picture), size, inverted=settings.inverted, soft=settings.soft)
    if is_blank(read.image):
        raise InvalidRequest(
            "mask: the mask is empty, so nothing of the picture would change.",
            hint="Paint over what is to be made anew, or remove the mask.", field="mask",
        )  # fmt: skip
    return read


def _resize_notes(before: Size, after: Size) -> tuple[str, ...]:
    if before == after:
        return ()
    told = (f"{width:,} x {height:,}" for width, height in (before, after))
    return (f"The picture was resized from {' to '.join(told)} before its margins were added.",)


def _size_inside(request: GenerationRequest, size: Size, margins: Margins) -> Size:
    """What the margins leave of the request's size for the picture itself.

    Raises:
        InvalidRequest: the picture has other proportions.
    """
    inside = request.width - margins.left - margins.right, request.height - margins.top - margins.bottom
    whole = _encodable(size)
    if min(inside) >= SIZE_MULTIPLE and abs(inside[0] * whole[1] / (inside[1] * whole[0]) - 1) <= _SAME_SHAPE:
        return inside
    width, height = whole[0] + margins.left + margins.right, whole[1] + margins.top + margins.bottom
    raise InvalidRequest(
        f"width: the picture with its margins has {width:,} x {height:,} pixels, but {request.width:,} x "
        f"{request.height:,} were asked for.",
        hint=f"Set width {width} and height {height}.", field="width",
    )  # fmt: skip


def _encodable(size: Size) -> Size:
    """The nearest size whose sides are multiples of what a latent covers."""
    width, height = (max(SIZE_MULTIPLE, round(side / SIZE_MULTIPLE) * SIZE_MULTIPLE) for side in size)
    return width, height
