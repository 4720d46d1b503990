"""`--blend EXPRESSION` and `--slider NAME=VALUE`: several prompts in one, for pictures of the command line."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any

from webui.errors import InvalidRequest
from webui.generation.blend import BlendWay
from webui.generation.expression import parse
from webui.library.sliders import SliderFiles


def add_concept_flags(command: argparse.ArgumentParser) -> None:
    """Adds the flags that `concept_values` reads."""
    command.add_argument(
        "--blend", metavar="EXPRESSION", help="""prompts in the place of one: '"a cat" + 0.8 * ("night" - "day")'"""
    )
    command.add_argument(
        "--blend-way", choices=[way.value for way in BlendWay], help="how they become one (default: linear)"
    )
    command.add_argument(
        "--slider", action="append", default=[], metavar="NAME=VALUE", help="a kept concept slider; may be given often"
    )


def concept_values(options: argparse.Namespace, read: Mapping[str, Any], kept: SliderFiles) -> dict[str, Any]:
    """The request's `blend` and `sliders`, where flags say something of them; `read` are values that were read before.

    Raises:
        ExpressionError: the expression cannot be read.
        InvalidRequest: a way is given and no blend, or a slider's value is no number.
        SliderNotFound: no slider of that name is kept.
    """
    values: dict[str, Any] = {}
    if options.blend is not None:
        way = BlendWay(options.blend_way or BlendWay.LINEAR)
        values["blend"] = parse(options.blend, way=way).model_dump(mode="json")
    elif options.blend_way is not None:
        if not read.get("blend"):
            raise InvalidRequest("blend_way: there is no blend.", hint="Write one: --blend EXPRESSION.", field="blend")
        values["blend"] = {**read["blend"], "way": options.blend_way}
    if options.slider:
        values["sliders"] = [*read.get("sliders", ()), *slider_values(options.slider, kept)]
    return values


def slider_values(given: Sequence[str], kept: SliderFiles) -> list[dict[str, Any]]:
    """The request's `sliders` for the flags. A name alone stands where its file says.

    Raises:
        InvalidRequest: a value is no number.
        SliderNotFound: no slider of that name is kept.
    """
    return [_slider(each, kept) for each in given]


def _slider(given: str, kept: SliderFiles) -> dict[str, Any]:
    name, equals, value = given.rpartition("=")
    if not equals:
        return kept.find(given).model_dump(mode="json")
    slider = kept.find(name).model_dump(mode="json")
    try:
        return {**slider, "value": float(value)}
    except ValueError as error:
        raise InvalidRequest(
            f"slider: '{value[:40]}' is no number.", hint=f"Write it as --slider '{name}=0.5'.", field="sliders"
        ) from error
