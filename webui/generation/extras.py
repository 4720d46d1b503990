"""`extras`: what the controls of extensions are set to, by extension and control; part of every request.

Here is only what any such values must be. Whether an extension has a control, and takes its value, is known where
the extensions are (`webui.engine.request_changes`).
"""

import json
import re
from collections.abc import Mapping
from math import isfinite
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from webui.generation.limits import MAX_SEED, is_whole

MAX_EXTENSIONS = 50
MAX_CONTROLS = 200
MAX_EXTRAS_BYTES = 16 * 1024
"""How much one extension's values may take as JSON."""
EXTENSION_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_CONTROL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,59}")

JsonScalar = bool | int | float | str


def is_extension_name(name: object) -> bool:
    """Whether an extension can have that name: lower case, as a Python module."""
    return isinstance(name, str) and EXTENSION_NAME.fullmatch(name) is not None


def _scalar(value: Any) -> JsonScalar:
    """The value as it stands: nothing is taken for another kind, as each control says itself what it takes."""
    if isinstance(value, str):
        if not is_whole(value):
            raise ValueError("it has half a character in it")
        return value
    if not isinstance(value, bool | int | float):
        raise ValueError("it must be a text, a number, true or false")
    if abs(value) > MAX_SEED if isinstance(value, int) else not isfinite(value):
        raise ValueError("it must be a finite number that every JSON reader keeps")
    return value


def _named(values: Any) -> Any:
    """Names are judged before any value is, so that a flood of them costs nothing."""
    if not isinstance(values, Mapping):
        raise ValueError("it must be an object with the values of each extension")
    if len(values) > MAX_EXTENSIONS:
        raise ValueError(f"there are {len(values):,} extensions; at most {MAX_EXTENSIONS} may have values")
    for name, controls in values.items():
        if not is_extension_name(name):
            raise ValueError(f"'{str(name)[:60]}' cannot be the name of an extension")
        if not isinstance(controls, Mapping):
            raise ValueError(f"what {name} has must be an object with the values of its controls")
        if len(controls) > MAX_CONTROLS:
            raise ValueError(f"{name} has {len(controls):,} values; there may be at most {MAX_CONTROLS}")
        unusable = next((key for key in controls if not _is_control_name(key)), None)
        if unusable is not None:
            raise ValueError(f"'{str(unusable)[:60]}' cannot be the name of a control of {name}")
    return values


def _is_control_name(name: object) -> bool:
    return isinstance(name, str) and _CONTROL_NAME.fullmatch(name) is not None


def _ordered(values: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """In one order, so that equal values are the same JSON; without extensions that have none."""
    for name, controls in values.items():
        if len(json.dumps(controls).encode()) > MAX_EXTRAS_BYTES:
            raise ValueError(f"the values of {name} take more than {MAX_EXTRAS_BYTES // 1024} KiB")
    return {name: dict(sorted(controls.items())) for name, controls in sorted(values.items()) if controls}


Extras = Annotated[
    Mapping[str, Mapping[str, Annotated[Any, BeforeValidator(_scalar)]]],
    BeforeValidator(_named),
    AfterValidator(_ordered),
]
"""By extension and by control: texts, finite numbers, true and false."""
