"""Enlarging pictures on their own, as A1111's extras do: by resampling, or by an upscaler of an extension.

The latent ones of the second pass need the model's latents, so they are not among these.
"""

from collections.abc import Callable, Mapping
from io import BytesIO

from PIL import Image

from webui.errors import InvalidRequest
from webui.generation.infotext_form import quoted
from webui.generation.offered import offered_upscalers, plain_name
from webui.imaging.metadata import INFOTEXT_KEY, embedded_text
from webui.imaging.png_text import png_info
from webui.imaging.reading import flattened, read_picture
from webui.server.sdapi.bodies import Extras

MOST_PIXELS = 64_000_000
NONE, LANCZOS, NEAREST = "None", "Lanczos", "Nearest"
POSTPROCESSING_KEY = "postprocessing"
"""The PNG text in which A1111 says what was done to a picture after it was made."""
_RESAMPLING = {LANCZOS: Image.Resampling.LANCZOS, NEAREST: Image.Resampling.NEAREST}

Size = tuple[int, int]
ByExtension = Callable[[Image.Image, str, Size], Image.Image]
"""Asks the extension whose upscaler has a name for a picture (RGB) of a size."""


def upscaler_names() -> tuple[str, ...]:
    """What can enlarge a picture on its own, in A1111's order."""
    return (NONE, LANCZOS, NEAREST, *(each.name for each in offered_upscalers()))


def check_extras(wanted: Extras) -> None:
    """Judge what does not need the picture.

    Raises:
        InvalidRequest: faces are to be restored, or there is no such upscaler.
    """
    for field in ("gfpgan_visibility", "codeformer_visibility"):
        if getattr(wanted, field) > 0:
            raise InvalidRequest(
                f"{field}: there is nothing here that restores faces.", hint="Leave it at 0.", field=field
            )
    for field in ("upscaler_1", "upscaler_2"):
        _found(getattr(wanted, field), field)


def enlarged_file(content: bytes, wanted: Extras, by_extension: ByExtension) -> tuple[bytes, str]:
    """A picture file enlarged: a PNG file with the parameters of the old one, and what was done in words.

    Raises:
        PictureUnreadable: the file is no picture.
        InvalidRequest: it would become too large.
        WebUIError: as from `by_extension`.
    """
    picture = read_picture(content).image
    size, kept = _sizes(picture.size, wanted)
    first, second = _found(wanted.upscaler_1, "upscaler_1"), _found(wanted.upscaler_2, "upscaler_2")
    made = _enlarged(picture, first, size, by_extension)
    share = wanted.extras_upscaler_2_visibility
    if second != NONE and share > 0:
        other = _enlarged(picture, second, size, by_extension)
        made = Image.blend(made.convert("RGBA"), other.convert("RGBA").resize(made.size), share).convert(picture.mode)
    if kept is not None and first != NONE:
        left, top = (made.width - kept[0]) // 2, (made.height - kept[1]) // 2
        made = made.crop((left, top, left + kept[0], top + kept[1]))
    said = _said(wanted, first, second)
    line = ", ".join(f"{key}: {quoted(value)}" for key, value in said.items())
    carried = embedded_text(content).infotext
    texts = {INFOTEXT_KEY: carried} if carried else {}
    file = BytesIO()
    made.save(
        file, format="PNG", compress_level=3, pnginfo=png_info(texts | ({POSTPROCESSING_KEY: line} if line else {}))
    )
    return file.getvalue(), line


def _found(told: str, field: str) -> str:
    wanted = plain_name(told) or plain_name(NONE)
    found = next((name for name in upscaler_names() if plain_name(name) == wanted), None)
    if found is None:
        raise InvalidRequest(
            f"{field}: there is no upscaler '{told[:60]}' here.", hint=f"There are {', '.join(upscaler_names())}.",
            field=field,
        )  # fmt: skip
    return found


def _sizes(size: Size, wanted: Extras) -> tuple[Size, Size | None]:
    """What the picture becomes, and the middle of it that is kept where it is to be cut."""
    if wanted.resize_mode == 0:
        factor, kept = wanted.upscaling_resize, None
    else:
        target = (wanted.upscaling_resize_w, wanted.upscaling_resize_h)
        ratios = (target[0] / size[0], target[1] / size[1])
        factor = max(ratios) if wanted.upscaling_crop else min(ratios)
        kept = target if wanted.upscaling_crop else None
    width, height = (max(round(side * factor), 1) for side in size)
    if kept is not None:
        width, height = max(width, kept[0]), max(height, kept[1])
    if width * height > MOST_PIXELS:
        field = "upscaling_resize" if wanted.resize_mode == 0 else "upscaling_resize_w"
        raise InvalidRequest(
            f"{field}: the picture would have {width:,} x {height:,} pixels.",
            hint=f"At most {MOST_PIXELS // 10**6} megapixels are made.", field=field,
        )  # fmt: skip
    return (width, height), kept


def _enlarged(picture: Image.Image, upscaler: str, size: Size, by_extension: ByExtension) -> Image.Image:
    if upscaler == NONE:
        return picture
    if upscaler in _RESAMPLING:
        return picture.resize(size, _RESAMPLING[upscaler])
    return by_extension(flattened(picture), upscaler, size)


def _said(wanted: Extras, first: str, second: str) -> Mapping[str, str]:
    """In A1111's words."""
    if first == NONE:
        return {}
    said = {"Postprocess upscale by": f"{wanted.upscaling_resize:g}"}
    if wanted.resize_mode == 1:
        said = {"Postprocess upscale to": f"{wanted.upscaling_resize_w}x{wanted.upscaling_resize_h}"}
    said["Postprocess upscaler"] = first
    if second != NONE and wanted.extras_upscaler_2_visibility > 0:
        said |= {
            "Postprocess upscaler 2": second,
            "Postprocess upscaler 2 visibility": f"{wanted.extras_upscaler_2_visibility:g}",
        }
    return said
