"""Valid requests of every kind, for property tests."""

import re
from typing import Any

from hypothesis import strategies as st

from webui.generation.blend import BlendWay
from webui.generation.request import Emphasis, GenerationRequest, GuidanceMethod, NoiseSource
from webui.generation.samplers import SAMPLERS
from webui.generation.ways import HiresUpscaler, InpaintArea, MaskedContent, ResizeMode

_Fields = dict[str, st.SearchStrategy[Any]]
_SHARES = st.floats(0, 1)
_TEXTS = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "a cat, (sitting:1.3)",
            "a\nNegative prompt: b\nc",
            "x\nSteps: 3, Sampler: Euler, Seed: 9",
            " spaced \n\n ",
            "a\r\nb",
            "\U0001f431, 猫",
            '"quoted", \\n',
            "Template: x",
        ]
    ),
)
_IDS = st.text("0123456789abcdef", min_size=32, max_size=32)
_STEPS = st.integers(0, 2_000)
_MARGINS = st.integers(0, 8).map(lambda n: n * 8)
_SIDES = st.integers(8, 256).map(lambda n: n * 8)
_SAMPLING = st.sampled_from([(sampler.name, str(schedule)) for sampler in SAMPLERS for schedule in sampler.schedules])


_START: _Fields = dict(
    strength=_SHARES,
    resize=st.sampled_from(ResizeMode),
    margins=st.fixed_dictionaries({side: _MARGINS for side in ("left", "top", "right", "bottom")}),
    colour_correction=st.booleans(),
)
_TOWARD: _Fields = dict(toward=_IDS, share=_SHARES)
_STEP: _Fields = dict(
    picture=st.integers(0, 7),
    painting=st.one_of(st.none(), _IDS),
)
_MASK: _Fields = dict(
    blur=st.integers(0, 64),
    inverted=st.booleans(),
    content=st.sampled_from(MaskedContent),
    area=st.sampled_from(InpaintArea),
    padding=st.integers(0, 256),
    soft=st.booleans(),
)
_HIRES: _Fields = dict(
    scale=st.floats(1, 4),
    width=st.sampled_from([0, 512, 1024]),
    height=st.sampled_from([0, 512, 1024]),
    upscaler=st.sampled_from(HiresUpscaler),
    steps=st.integers(0, 150),
    strength=_SHARES,
    cfg_scale=st.floats(0, 30),
    prompt=_TEXTS,
    negative_prompt=_TEXTS,
)
_ONE_PART = _TEXTS.filter(lambda text: not re.search(r"\bAND\b|<|:\s*[0-9.+-]+\s*$", text))
_IDEAS = st.lists(
    st.fixed_dictionaries({"prompt": _ONE_PART, "weight": st.floats(-20, 20)}),
    min_size=1,
    max_size=4,
    unique_by=lambda idea: idea["prompt"],
)
_BLENDS = st.fixed_dictionaries({"ideas": _IDEAS, "way": st.sampled_from(BlendWay)}).filter(
    lambda blend: (
        any(idea["weight"] for idea in blend["ideas"])
        and (blend["way"] == BlendWay.LINEAR or abs(sum(idea["weight"] for idea in blend["ideas"])) > 0.1)
    )
)
_SLIDERS = st.fixed_dictionaries(
    {"low": _ONE_PART, "high": _ONE_PART, "value": st.floats(-10, 10)},
    optional={"name": st.text(max_size=20), "start": _SHARES, "end": _SHARES},
)
_TURN: _Fields = dict(
    seed=st.integers(0, 2**53 - 1),
    share=st.floats(-1, 2),
    variation_seed=st.integers(0, 2**53 - 1),
    variation_strength=_SHARES,
)
_TURNS = st.lists(
    st.fixed_dictionaries({**_TURN, "turns": st.lists(st.fixed_dictionaries(_TURN), max_size=2)}), max_size=3
)
_NAMES = st.one_of(st.text(min_size=1, max_size=30), st.sampled_from(["512x512", "a, b: c", '"x"', "x.pt", "None"]))
_MODEL: dict[str, _Fields] = {
    "video": dict(frames=st.integers(1, 257), fps=st.floats(1, 60)),
    "refiner": dict(switch_at=_SHARES),
    "size_conditioning": dict(
        original_width=st.integers(0, 8192),
        original_height=st.integers(0, 8192),
        crop_left=st.integers(0, 8192),
        crop_top=st.integers(0, 8192),
        aesthetic_score=st.floats(0, 10),
        negative_aesthetic_score=st.floats(0, 10),
    ),
}
_PLAIN: _Fields = dict(
    fast=st.sampled_from(["", "fast"]),
    vae=st.one_of(st.none(), _NAMES),
    distilled_guidance=st.floats(0, 30),
    flow_shift=st.one_of(st.none(), st.floats(0.01, 100)),
    prompt=_TEXTS,
    negative_prompt=_TEXTS,
    seed=st.integers(0, 2**53 - 1),
    steps=st.integers(1, 150),
    cfg_scale=st.floats(0, 30),
    width=_SIDES,
    height=_SIDES,
    model=st.one_of(st.none(), st.text(min_size=1, max_size=30), st.sampled_from(["512x512", "a, b: c", '"x"'])),
    blend=st.one_of(st.none(), _BLENDS),
    sliders=st.lists(_SLIDERS, max_size=2),
    noise_turns=_TURNS,
    clip_skip=st.integers(1, 12),
    emphasis=st.sampled_from(Emphasis),
    variation_seed=st.integers(0, 2**53 - 1),
    variation_strength=_SHARES,
    seed_resize_width=st.sampled_from([0, 512]),
    seed_resize_height=st.sampled_from([0, 768]),
    noise_source=st.sampled_from(NoiseSource),
    tiling=st.booleans(),
    guidance=st.sampled_from(GuidanceMethod),
    cfg_rescale=_SHARES,
    guidance_start=_SHARES,
    guidance_end=_SHARES,
    pag_scale=st.floats(0, 10),
    eta=st.one_of(st.none(), _SHARES),
    s_churn=st.floats(0, 100),
    s_tmin=st.floats(0, 10),
    s_tmax=st.floats(0, 999),
    s_noise=st.floats(0, 2),
    extras=st.dictionaries(
        st.sampled_from(["film_grain", "zz"]),
        st.dictionaries(
            st.sampled_from(["amount", "Words_2"]),
            st.one_of(st.booleans(), st.integers(-9, 2**53 - 1), st.floats(-1e9, 1e9), _TEXTS),
            min_size=1,
        ),
    ),
)


DRAWN = {
    "": {*_PLAIN, *_MODEL, "sampler", "schedule", "start", "mask", "hires"},
    "refiner": {*_MODEL["refiner"], "model"},
    "video": {*_MODEL["video"]},
    "size_conditioning": {*_MODEL["size_conditioning"]},
    "start": {*_START, *_TOWARD, "kind", "picture"},
    "start step": {*_STEP, "kind", "trajectory", "step"},
    "mask": {*_MASK, "picture"},
    "hires": {*_HIRES, "sampler", "schedule"},
}
"""The fields that the requests below may have, by group."""


def _some(fields: _Fields) -> st.SearchStrategy[dict[str, Any]]:
    """Any of the fields, or none of them."""
    return st.fixed_dictionaries({}, optional=fields)


@st.composite
def requests(draw: st.DrawFn) -> GenerationRequest:
    """A request with any of its fields set, of any way of making a picture."""
    values = draw(_some(_PLAIN))
    values["sampler"], values["schedule"] = draw(_SAMPLING)
    kind = draw(st.sampled_from(["noise", "picture", "step"]))
    if kind == "picture":
        values["start"] = {"kind": kind, "picture": draw(_IDS)} | draw(_some(_START))
    elif kind == "step":
        values["start"] = {"kind": kind, "trajectory": draw(_IDS), "step": draw(_STEPS)} | draw(_some(_STEP))
    if kind == "picture" and not any(values["start"].get("margins", {}).values()) and draw(st.booleans()):
        values["start"] |= {name: draw(field) for name, field in _TOWARD.items()}
    elif kind != "noise" and draw(st.booleans()):
        values["mask"] = {"picture": draw(_IDS)} | draw(_some(_MASK))
    if draw(st.booleans()):
        values["hires"] = draw(_some(_HIRES))
        if draw(st.booleans()):
            values["hires"]["sampler"], values["hires"]["schedule"] = draw(_SAMPLING)
    if draw(st.booleans()):
        values["refiner"] = {"model": draw(_NAMES)} | draw(_some(_MODEL["refiner"]))
    for group in ("size_conditioning", "video"):
        if draw(st.booleans()):
            values[group] = draw(_some(_MODEL[group]))
    return GenerationRequest.parse(values)
