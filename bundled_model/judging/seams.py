"""Repainted parts of pictures, and how well they join the rest: inpainting by the program itself.

Twenty cases: drawn and generated pictures whose sky, season or thing a prompt changes, under masks of several shapes.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import distance_transform_edt

from bundled_model.captions.grammar import write_caption
from bundled_model.drawing.painter import SQUARE, paint
from bundled_model.scenes.completing import completed
from bundled_model.scenes.scene import Colour, Light, Place, Scene, Season, Sky, Style, Subject, Terrain, TimeOfDay
from bundled_model.shipping.product import Product
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture, Mask

AT_EDGE = 2.0
"""Pixels from the mask's edge that belong to the seam, on both sides."""
BESIDE = (6.0, 16.0)
"""From how many pixels on, and up to how many, lies what the seam is compared with, on both sides."""
STRENGTH = 0.9
SEAMS_FILE = "seams.json"
OUTLINE = (255, 0, 200)


@dataclass(frozen=True, slots=True)
class Case:
    """A picture of a scene (attributes by name), what of the scene changes, and a mask (a name of `MASKS`)."""

    scene: Mapping[str, Any]
    change: Mapping[str, Any]
    mask: str
    drawn: bool = True

    def scenes(self) -> tuple[Scene, Scene]:
        """The scene before and after."""
        before = completed(self.scene)
        return before, completed(self.change, before)


@dataclass(frozen=True, slots=True)
class Repainted:
    """What became of a case: pictures in RGB, the mask in L, and how much its edge shows in both (see `seam`)."""

    case: Case
    prompt: str
    source: Image.Image
    mask: Image.Image
    result: Image.Image
    seam: float
    seam_before: float


_NOTHING = {"subject": Subject.NONE, "subject_place": None, "count": None, "colour": None}
_SEA = {"terrain": Terrain.SEA, "subject": Subject.SAILBOAT}
_HILLS = {"terrain": Terrain.HILLS, "subject": Subject.NONE}
_FOREST = {"terrain": Terrain.FOREST, "subject": Subject.DEER, "style": Style.WATERCOLOUR}
_LAKE = {"terrain": Terrain.LAKE, "subject": Subject.NONE, "light": Light.SUN, "time": TimeOfDay.SUNSET}
_NIGHT = {"terrain": Terrain.MOUNTAINS, "subject": Subject.NONE, "time": TimeOfDay.NIGHT}


def _at(subject: Subject, place: Place, colour: Colour | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {"subject": subject, "subject_place": place}
    return found | ({"colour": colour} if colour else {})


_CHANGES: tuple[tuple[Mapping[str, Any], Mapping[str, Any], str], ...] = (
    (_SEA, {"sky": Sky.CLOUDS}, "sky"),
    (_HILLS, {"sky": Sky.RAINBOW}, "sky"),
    (_NIGHT, {"sky": Sky.AURORA}, "sky"),
    (_HILLS | {"sky": Sky.CLOUDS}, {"sky": Sky.CLEAR}, "arch"),
    (_FOREST, {"season": Season.AUTUMN}, "slope"),
    (_LAKE, {"season": Season.WINTER}, "land"),
    (_HILLS, _at(Subject.HOUSE, Place.LEFT, Colour.RED), "left oval"),
    (_LAKE, _at(Subject.BALLOON, Place.LEFT, Colour.YELLOW), "left circle"),
    (_SEA, _at(Subject.SAILBOAT, Place.CENTRE, Colour.RED), "middle box"),
    (_FOREST, _NOTHING, "middle oval"),
)
CASES: tuple[Case, ...] = tuple(Case(*change, drawn=drawn) for drawn in (True, False) for change in _CHANGES)
"""Each change of a drawn picture, then each of a generated one."""

MASKS: Mapping[str, tuple[str, tuple[float, ...]]] = {
    "sky": ("rectangle", (0.0, 0.0, 1.0, 0.45)),
    "arch": ("ellipse", (-0.1, -0.5, 1.1, 0.5)),
    "land": ("rectangle", (0.0, 0.5, 1.0, 1.0)),
    "slope": ("polygon", (0.0, 0.35, 1.0, 0.55, 1.0, 1.0, 0.0, 1.0)),
    "left oval": ("ellipse", (0.02, 0.36, 0.42, 0.86)),
    "left circle": ("ellipse", (0.02, 0.1, 0.42, 0.5)),
    "middle oval": ("ellipse", (0.18, 0.22, 0.82, 0.96)),
    "middle box": ("rectangle", (0.28, 0.25, 0.72, 0.88)),
}
"""Shapes, as `ImageDraw` names them, and their corners as shares of width and height."""


def mask_called(name: str, size: tuple[int, int] = SQUARE) -> Image.Image:
    """The mask of that name in mode L: 255 is made anew."""
    shape, shares = MASKS[name]
    corners = [share * (side - 1) for share, side in zip(shares, size * (len(shares) // 2), strict=True)]
    mask = Image.new("L", size)
    getattr(ImageDraw.Draw(mask), shape)(corners, fill=255)
    return mask


def seam(picture: np.ndarray, mask: np.ndarray) -> float:
    """How much the edge of a mask shows in a picture: 1 is not at all, 2 is as much again as what lies beside it.

    It is the mean difference of neighbouring pixels in the direction across the edge, at most `AT_EDGE` pixels from it,
    in proportion to that `BESIDE` it, on both sides. Where a picture has an edge of its own there, it counts too.

    Args:
        picture: Bytes (h, w, 3).
        mask: Which pixels are masked, true or false, shape (h, w); some are and some are not.
    """
    # Positive inside and negative outside, 0.5 at the pixels that meet at the edge.
    distance = _depth(mask) - _depth(~mask)
    distance -= np.sign(distance) / 2
    down, across = np.gradient(distance)
    steps = [np.gradient(picture.astype(np.float64), axis=axis) for axis in (0, 1)]
    crossing = np.abs(steps[0] * down[..., None] + steps[1] * across[..., None]).mean(axis=2)
    away = np.abs(distance)
    at_edge, beside = away <= AT_EDGE, (away >= BESIDE[0]) & (away <= BESIDE[1])
    # A level of 255 added to both: where all is flat, nothing shows, and nothing is divided by.
    return float((crossing[at_edge].mean() + 1) / (crossing[beside].mean() + 1))


def _depth(mask: np.ndarray) -> np.ndarray:
    """How many pixels each pixel of a mask is from its outside."""
    return np.asarray(distance_transform_edt(mask))


def outlined(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """The picture with the mask's edge in a glaring colour."""
    pixels = np.array(picture)
    away = _depth(np.asarray(mask) > 0)
    pixels[(away > 0) & (away <= AT_EDGE)] = OUTLINE
    return Image.fromarray(pixels)


def repaint(product: Product, case: Case, seed: int, plain: GenerationRequest) -> Repainted:
    """Have the program repaint the masked part of the case's picture.

    Args:
        product: The program, with the model.
        case: What to change.
        seed: Of the drawn or generated picture; the repainting has the next one.
        plain: What to ask for beside prompt, seed, start and mask.
    """
    before, after = case.scenes()
    rng = random.Random(seed)
    told, prompt = (write_caption(scene, rng, keep=1.0) for scene in (before, after))
    if case.drawn:
        source = Image.fromarray(paint(before, seed).pixels)
    else:
        (source,) = product.make(plain.with_changes(prompt=told, seed=seed))
    mask = mask_called(case.mask)
    start = FromPicture(picture=product.inputs.add(source), strength=STRENGTH)
    request = plain.with_changes(prompt=prompt, seed=seed + 1, start=start, mask=Mask(picture=product.inputs.add(mask)))
    (result,) = product.make(request)
    masked = np.asarray(mask) > 0
    seams = [round(seam(np.asarray(picture), masked), 3) for picture in (result, source)]
    return Repainted(case, prompt, source, mask, result, *seams)


def repaint_all(
    product: Product, *, steps: int, guidance: float, seed: int = 1, cases: tuple[Case, ...] = CASES
) -> list[Repainted]:
    """Every case, with pictures of 256x256 pixels and the program's own sampler."""
    width, height = SQUARE
    plain = GenerationRequest(model=product.loaded.entry.name).with_changes(
        width=width, height=height, steps=steps, cfg_scale=guidance
    )
    return [repaint(product, case, seed + 2 * number, plain) for number, case in enumerate(cases)]


def seam_figures(done: list[Repainted]) -> dict[str, Any]:
    """The mean seam in the results, in the sources at the same edges, and each case's."""
    cases = [
        {"prompt": each.prompt, "mask": each.case.mask, "seam": each.seam, "before": each.seam_before} for each in done
    ]
    means = {name: round(float(np.mean([case[name] for case in cases])), 3) for name in ("seam", "before")}
    return {"mean": means, "cases": cases}


def shown(done: list[Repainted]) -> list[np.ndarray]:
    """Three pictures of each case: the source, with the mask's outline, and the result; bytes (h, w, 3)."""
    return [
        np.asarray(picture) for each in done for picture in (each.source, outlined(each.source, each.mask), each.result)
    ]
