import pytest

from webui.errors import InvalidRequest
from webui.generation.plot_axes import AXES
from webui.generation.series import LoopbackOptions, PlotOptions
from webui.server.sdapi.plot_scripts import (
    axis_names,
    includes_lone_images,
    plot_options,
    script_infos,
    series_options,
)


def test_axes_are_told_by_their_number_in_a1111_or_by_name() -> None:
    # A1111 1.10: 4 is Steps, 6 CFG Scale of txt2img; img2img has other numbers.
    plot = plot_options([4, "10, 20", [], "6", "3-9 (+2)", [], "Seed", "1, 2", []], img2img=False)
    assert [axis.type for axis in (plot.x, plot.y, plot.z)] == ["Steps", "CFG Scale", "Seed"]
    assert (plot.x.values, plot.y.values, plot.z.values) == ("10, 20", "3-9 (+2)", "1, 2")
    assert (axis_names(img2img=True)[5], axis_names(img2img=True)[9]) == ("CFG Scale", "Sampler")


def test_values_that_were_chosen_from_a_list_are_taken() -> None:
    plot = plot_options(["Sampler", "", ["Euler a", "DPM++ 2M, odd"]], img2img=False)
    assert plot.x.values == 'Euler a,"DPM++ 2M, odd"'
    assert plot.y.type == plot.z.type == "Nothing"


@pytest.mark.parametrize("told", [99, -1, 1.5, True, {"a": 1}, "a" * 200])
def test_an_axis_that_is_none_is_refused(told: object) -> None:
    with pytest.raises(InvalidRequest) as refused:
        series_options("x/y/z plot", [told, "1"], img2img=False)
        plot_options([told, "1"], img2img=False).axes(AXES)
    assert refused.value.field in ("script_args", "x")


def test_pictures_of_their_own_are_only_given_where_they_are_asked_for() -> None:
    assert includes_lone_images([4, "1", [], 0, "", [], 0, "", [], True, True])
    assert not includes_lone_images([4, "1", [], 0, "", [], 0, "", [], True, False])
    assert not includes_lone_images([4, "1"])


def test_a_loopback_is_read_in_a1111s_order() -> None:
    options = series_options("loopback", [3, 0.25, "Lazy"], img2img=True)
    assert isinstance(options, LoopbackOptions)
    assert (options.loops, options.final_strength, options.curve) == (3, 0.25, "Lazy")
    with pytest.raises(InvalidRequest, match="loops"):
        series_options("loopback", [0], img2img=True)


def test_a_script_that_is_not_here_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="Script 'prompt matrix' not found") as refused:
        series_options("prompt matrix", [], img2img=False)
    assert refused.value.field == "script_name"
    with pytest.raises(InvalidRequest):
        series_options("loopback", [], img2img=False)


def test_script_info_has_the_arguments_in_the_order_in_which_they_are_taken() -> None:
    plot, of_pictures, loopback = script_infos(AXES)
    assert (plot["is_img2img"], of_pictures["is_img2img"], loopback["name"]) == (False, True, "loopback")
    defaults = [argument["value"] for argument in plot["args"]]
    defaults[1] = "1, 2"
    assert plot_options(defaults, img2img=False) == PlotOptions.model_validate(
        {"x": {"type": "Seed", "values": "1, 2"}}
    )
    assert "Steps" in plot["args"][0]["choices"]
    assert "Face restore" not in plot["args"][0]["choices"]
