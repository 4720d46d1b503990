import pytest

from webui.model_manager.memory.memory_policy import (
    Decoding,
    DeviceMemory,
    MemoryPlan,
    Need,
    Placement,
    plan_memory,
    step_down,
)

GB = 10**9
FLUX = {"transformer": 24 * GB, "text_encoder": GB // 4, "text_encoder_2": 10 * GB, "vae": GB // 6}
SDXL = {"unet": 5 * GB, "text_encoder": GB // 4, "text_encoder_2": 7 * GB // 5, "vae": GB // 6}
MEGAPIXEL = Need(pixels=1024 * 1024)


def _gpu(gigabytes: float) -> DeviceMemory:
    return DeviceMemory(kind="cuda", free=int(gigabytes * GB))


def test_what_fits_stays_on_the_device() -> None:
    plan = plan_memory(_gpu(23), SDXL, MEGAPIXEL)
    assert (plan.placement, plan.fetched, plan.decoding) == (Placement.FULL, frozenset(), Decoding.WHOLE)


def test_the_text_encoders_go_before_the_network() -> None:
    plan = plan_memory(_gpu(29), FLUX, MEGAPIXEL)
    assert plan.placement is Placement.GROUP
    assert "transformer" not in plan.fetched
    assert "text_encoder_2" in plan.fetched


def test_a_network_that_does_not_fit_is_fetched_a_few_layers_at_a_time() -> None:
    plan = plan_memory(_gpu(9), FLUX, MEGAPIXEL)
    assert plan.placement is Placement.GROUP
    assert "transformer" in plan.fetched


def test_a_small_device_fetches_each_layer_by_itself_and_decodes_in_tiles() -> None:
    plan = plan_memory(_gpu(3), FLUX, MEGAPIXEL)
    assert (plan.placement, plan.fetched) == (Placement.SEQUENTIAL, frozenset(FLUX))
    assert plan.decoding is Decoding.TILED


def test_less_memory_never_leads_to_a_plan_that_needs_more() -> None:
    order = [Placement.FULL, Placement.GROUP, Placement.SEQUENTIAL]
    for parts in (SDXL, FLUX):
        plans = [plan_memory(_gpu(tenths / 10), parts, MEGAPIXEL) for tenths in range(800, 0, -1)]
        places = [order.index(plan.placement) for plan in plans]
        assert places == sorted(places)
        assert {order[0], order[2]} <= {plan.placement for plan in plans}


def test_many_pictures_are_decoded_one_after_the_other_before_any_is_cut_into_tiles() -> None:
    many = Need(pixels=1024 * 1024, pictures=8, rows=2)
    assert plan_memory(_gpu(14), SDXL, many).decoding is Decoding.SLICED


@pytest.mark.parametrize("wanted", ["full", "group", "sequential"])
def test_what_the_user_chose_is_what_happens(wanted: str) -> None:
    assert plan_memory(_gpu(10), FLUX, MEGAPIXEL, wanted=wanted).placement == wanted


@pytest.mark.parametrize(("tiling", "decoding"), [("on", Decoding.TILED), ("off", Decoding.SLICED)])
def test_tiles_are_the_users_choice_too(tiling: str, decoding: Decoding) -> None:
    assert plan_memory(_gpu(80), SDXL, MEGAPIXEL, tiling=tiling).decoding is decoding


def test_a_cpu_has_all_weights_where_it_computes() -> None:
    plan = plan_memory(DeviceMemory(kind="cpu", free=GB), FLUX, MEGAPIXEL, wanted="group")
    assert (plan.placement, plan.decoding) == (Placement.FULL, Decoding.TILED)


@pytest.mark.parametrize(("kind", "steps"), [("cuda", 3), ("cpu", 1), ("mps", 1)])
def test_stepping_down_ends(kind: str, steps: int) -> None:
    plan: MemoryPlan | None = MemoryPlan()
    seen: list[MemoryPlan] = []
    while plan is not None:
        seen.append(plan)
        plan = step_down(plan, kind, SDXL, decoding=False)
    assert len(seen) == steps + 1
    assert len(set(seen)) == len(seen)


def test_a_picture_that_cannot_be_decoded_whole_is_decoded_in_tiles_first() -> None:
    plan = step_down(MemoryPlan(), "cuda", SDXL, decoding=True)
    assert plan == MemoryPlan(decoding=Decoding.TILED)
    assert step_down(plan, "cpu", SDXL, decoding=True) is None
