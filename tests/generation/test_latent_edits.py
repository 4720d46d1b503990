import base64

import pytest
from pydantic import TypeAdapter, ValidationError

from webui.generation.latent_edits import MOST_EDITS, LatentEdits, LatentMask, PaintLatents

EDITS: TypeAdapter[LatentEdits] = TypeAdapter(LatentEdits)


def test_edits_come_back_from_json_as_they_were() -> None:
    mask = LatentMask(width=3, height=3, bits=base64.b64encode(b"\xa5\x80").decode())
    written = [
        {"kind": "scale", "channel": 2, "factor": 1.5, "shift": 0.1},
        {"kind": "swap", "one": 0, "other": 3},
        {"kind": "noise", "channel": None, "seed": 7, "amount": 0.5},
        {"kind": "blur", "channel": None, "sigma": 1.0},
        {"kind": "paint", "channel": None, "value": -1.0, "mask": mask.model_dump()},
    ]
    edits = EDITS.validate_python(written)
    assert EDITS.dump_python(edits) == tuple(written)
    assert isinstance(edits[-1], PaintLatents)
    assert edits[-1].mask.packed == b"\xa5\x80"


@pytest.mark.parametrize(
    "edit",
    [
        {"kind": "sharpen"},
        {"kind": "scale", "factor": float("nan")},
        {"kind": "scale", "factor": 11},
        {"kind": "swap", "one": 0},
        {"kind": "blur", "sigma": -1},
        {"kind": "noise", "seed": -1},
        {"kind": "paint", "mask": {"width": 8, "height": 8, "bits": "AAA="}},
        {"kind": "paint", "mask": {"width": 8, "height": 1, "bits": "?"}},
        {"kind": "paint", "mask": {"width": 8, "height": 100_000, "bits": "AA=="}},
    ],
)
def test_what_is_no_edit_is_refused(edit: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EDITS.validate_python([edit])


def test_there_is_an_end_to_how_many_there_may_be() -> None:
    with pytest.raises(ValidationError):
        EDITS.validate_python([{"kind": "blur"}] * (MOST_EDITS + 1))
