from typing import Any

import pytest

from webui.errors import InvalidRequest
from webui.generation.plot_axes import AXES
from webui.generation.series import PlotOptions, SeriesRequest, SweepOptions

AXIS = {"type": "Steps", "values": "1, 2"}


def test_a_series_is_the_same_again_after_json() -> None:
    values = {"kind": "plot", "request": {"steps": 3}, "x": AXIS}
    series = SeriesRequest.parse(values)
    again = SeriesRequest.parse({**series.options_json(), "request": series.request.model_dump(mode="json")})
    assert again == series
    assert isinstance(series.options, PlotOptions)
    assert series.title == "X/Y/Z plot"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "kind"),
        ({"kind": "dance"}, "kind"),
        ({"kind": "sweep", "request": 5}, "request"),
        ({"kind": "sweep", "request": {"steps": 0}}, "steps"),
        ({"kind": "sweep", "count": 1}, "count"),
        ({"kind": "sweep", "first": 1.5}, "first"),
        ({"kind": "loopback", "curve": "Wild"}, "curve"),
        ({"kind": "batch"}, "pictures"),
        ({"kind": "batch", "pictures": ["x"]}, "pictures.0"),
        ({"kind": "plot", "w": AXIS}, "w"),
    ],
)
def test_bad_options_are_answered_with_their_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        SeriesRequest.parse(values)
    assert refused.value.field == field


def test_a_plot_without_an_axis_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="No axis of the plot varies anything"):
        PlotOptions().axes(AXES)


def test_a_sweep_has_defaults() -> None:
    assert SeriesRequest.parse({"kind": "sweep"}).options == SweepOptions(first=0.2, last=0.9, count=8)
