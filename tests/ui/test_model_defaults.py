from typing import Any

import pytest

from tests.ui.stand_ins import StandInCatalogue, StandInEntry
from webui.ui.form import default_of
from webui.ui.model_defaults import TAKEN, taken_over

XL = {"steps": 25, "cfg_scale": 7.0, "sampler": "DPM++ 2M", "schedule": "Karras", "distilled_guidance": None}
FLUX = {"steps": 28, "cfg_scale": 1.0, "sampler": "Euler", "schedule": "Automatic", "distilled_guidance": 4.0}


@pytest.fixture
def catalogue() -> StandInCatalogue:
    return StandInCatalogue(
        [
            StandInEntry("postcard"),
            StandInEntry("xl", 1024, 1024, defaults=XL),
            StandInEntry("flux", 1024, 1024, defaults=FLUX),
            StandInEntry("torn", problem="It is truncated."),
        ]
    )


@pytest.fixture
def form() -> dict[str, Any]:
    return {field: default_of(field) for field in TAKEN}


def test_a_form_that_nobody_touched_becomes_the_models(catalogue: StandInCatalogue, form: dict[str, Any]) -> None:
    assert taken_over(catalogue, "xl", form) == {
        "width": 1024, "height": 1024, "steps": 25, "cfg_scale": 7.0, "sampler": "DPM++ 2M", "schedule": "Karras",
        "distilled_guidance": 3.5,
    }  # fmt: skip


def test_there_and_back_is_the_form_as_it_was(catalogue: StandInCatalogue, form: dict[str, Any]) -> None:
    there = form | taken_over(catalogue, "xl", form)
    there |= taken_over(catalogue, "flux", there)
    assert there["distilled_guidance"] == 4.0
    assert there | taken_over(catalogue, "postcard", there) == form


def test_what_the_user_set_stays(catalogue: StandInCatalogue, form: dict[str, Any]) -> None:
    mine = {"steps": 33, "width": 320, "schedule": "Beta"}
    taken = taken_over(catalogue, "flux", form | mine)
    assert set(taken) == {"cfg_scale", "distilled_guidance"}


def test_a_model_that_cannot_be_used_changes_nothing(catalogue: StandInCatalogue, form: dict[str, Any]) -> None:
    assert taken_over(catalogue, "torn", form) == taken_over(catalogue, "gone", form) == {}
