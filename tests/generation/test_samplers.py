import pytest

from webui.generation.samplers import (
    DEFAULT_SAMPLER,
    SAMPLERS,
    Schedule,
    find_fused,
    find_sampler,
    find_schedule,
)


def test_the_samplers_that_people_expect_are_there() -> None:
    names = {sampler.name for sampler in SAMPLERS}
    assert names >= {
        "DPM++ 2M", "DPM++ SDE", "DPM++ 2M SDE", "DPM++ 2S a", "DPM++ 3M SDE", "Euler", "Euler a", "Heun", "LMS",
        "DPM2", "DPM2 a", "DDIM", "DDPM", "PLMS", "UniPC", "DEIS", "LCM", "TCD", "SA-Solver",
    }  # fmt: skip


def test_every_sampler_follows_the_models_own_schedule() -> None:
    assert all(Schedule.AUTOMATIC in sampler.schedules for sampler in SAMPLERS)


def test_the_default_sampler_is_in_the_catalogue() -> None:
    assert find_sampler(DEFAULT_SAMPLER) is not None


def test_an_unknown_name_is_none() -> None:
    assert find_sampler("Magic") is None
    assert find_schedule("Magic") is None
    assert find_fused("Magic Karras") is None
    assert find_fused("DPM++ 2M Magic") is None
    assert find_fused("") is None


@pytest.mark.parametrize(
    ("spelt", "name"),
    [
        ("dpm++ 2m", "DPM++ 2M"),
        (" Euler  A ", "Euler a"),
        ("k_euler_a", "Euler a"),
        ("euler_ancestral", "Euler a"),
        ("dpmpp_2m_sde", "DPM++ 2M SDE"),
        ("k_dpm_2_ancestral", "DPM2 a"),
        ("uni_pc", "UniPC"),
        ("lms", "LMS"),
    ],
)
def test_samplers_are_found_by_the_spellings_of_other_programs(spelt: str, name: str) -> None:
    found = find_sampler(spelt)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize(
    ("spelt", "schedule"),
    [
        ("karras", Schedule.KARRAS),
        ("sgm_uniform", Schedule.SGM_UNIFORM),
        ("Align Your Steps", Schedule.ALIGN_YOUR_STEPS),
        ("align_your_steps", Schedule.ALIGN_YOUR_STEPS),
        ("AYS", Schedule.ALIGN_YOUR_STEPS),
        ("ddim_uniform", Schedule.DDIM),
    ],
)
def test_schedule_types_are_found_by_the_spellings_of_other_programs(spelt: str, schedule: Schedule) -> None:
    assert find_schedule(spelt) == schedule


@pytest.mark.parametrize(
    ("fused", "sampler", "schedule"),
    [
        ("DPM++ 2M Karras", "DPM++ 2M", Schedule.KARRAS),
        ("dpm++ 2m sde exponential", "DPM++ 2M SDE", Schedule.EXPONENTIAL),
        ("Euler SGM Uniform", "Euler", Schedule.SGM_UNIFORM),
        ("DPM2 a Karras", "DPM2 a", Schedule.KARRAS),
        ("Euler Align Your Steps", "Euler", Schedule.ALIGN_YOUR_STEPS),
        ("Euler a", "Euler a", None),
    ],
)
def test_old_names_that_end_in_a_schedule_type_are_taken_apart(
    fused: str, sampler: str, schedule: Schedule | None
) -> None:
    found = find_fused(fused)
    assert found is not None
    assert (found[0].name, found[1]) == (sampler, schedule)


def test_no_spelling_means_two_samplers() -> None:
    spellings = [spelling for sampler in SAMPLERS for spelling in (sampler.name.casefold(), *sampler.aliases)]
    assert len(spellings) == len(set(spellings))
