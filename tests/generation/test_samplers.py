from webui.generation.samplers import DEFAULT_SAMPLER, SAMPLERS, Schedule, find_sampler, find_schedule


def test_the_samplers_that_people_expect_are_there() -> None:
    assert {"Euler", "Euler a", "DPM++ 2M", "DDIM", "UniPC"} <= {sampler.name for sampler in SAMPLERS}


def test_every_sampler_follows_the_models_own_schedule() -> None:
    assert all(Schedule.AUTOMATIC in sampler.schedules for sampler in SAMPLERS)


def test_the_default_sampler_is_in_the_catalogue() -> None:
    assert find_sampler(DEFAULT_SAMPLER) is not None


def test_an_unknown_name_is_none() -> None:
    assert find_sampler("Magic") is None
    assert find_schedule("Magic") is None
