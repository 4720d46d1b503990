import pytest

from webui.generation.families import FAMILIES, Capability
from webui.generation.field_needs import NEEDS, abilities_of, hidden_fields
from webui.ui.form import FORM_FIELDS


def _hidden(name: str, prediction: str = "epsilon") -> frozenset[str]:
    family = next(traits for traits in FAMILIES if traits.name == name)
    return hidden_fields(abilities_of(family.capabilities, family=name, prediction=prediction))


def test_every_field_with_a_need_is_in_the_form() -> None:
    assert set(NEEDS) <= set(FORM_FIELDS)


@pytest.mark.parametrize(
    ("family", "prediction", "hidden", "shown"),
    [
        ("stable-diffusion", "epsilon", {"distilled_guidance", "flow_shift", "fast"}, {"clip_skip", "refiner_model"}),
        ("stable-diffusion-xl", "epsilon", {"flow_shift"}, {"size_conditioning_crop_top", "pag_scale"}),
        ("flux", "flow", {"clip_skip", "pag_scale", "refiner_model"}, {"distilled_guidance", "flow_shift", "fast"}),
        ("pipeline", "", {"sampler", "hires_on", "tiling", "vae"}, {"negative_prompt"}),
    ],
)
def test_a_family_has_the_fields_that_it_listens_to(
    family: str, prediction: str, hidden: set[str], shown: set[str]
) -> None:
    found = _hidden(family, prediction)
    assert hidden <= found
    assert not shown & found


def test_prompt_size_and_steps_are_never_hidden() -> None:
    assert not {"prompt", "width", "height", "steps", "seed", "cfg_scale"} & hidden_fields(())


def test_a_film_can_be_asked_of_a_model_that_makes_films() -> None:
    able = abilities_of([Capability.VIDEO], family="pipeline", prediction=None)
    assert not {"video_frames", "video_fps"} & hidden_fields(able)
