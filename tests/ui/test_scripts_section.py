from typing import Any

from tests.ui.stand_ins import StandInEngine
from webui.generation.series import BatchOptions, LoopbackOptions, PlotOptions, SweepOptions
from webui.ui.scripts_section import run_script, series_options

PICTURE, OTHER = "0" * 32, "1" * 32
PLOT = {f"script_plot_{axis}_{part}": "" for axis in "xyz" for part in ("type", "values")} | {
    "script_plot_x_type": "Steps",
    "script_plot_x_values": "1-3",
    "script_plot_y_type": "Nothing",
    "script_plot_z_type": "Nothing",
}
FORM: dict[str, Any] = {
    "prompt": "a boat",
    "steps": 2,
    "picture": {"picture": PICTURE},
    **PLOT,
    "script_sweep_first": 0.3,
    "script_sweep_last": 0.5,
    "script_sweep_count": 5,
    "script_loopback_loops": 2,
    "script_loopback_final_strength": 0.4,
    "script_loopback_curve": "Lazy",
    "script_batch_pictures": {"pictures": [OTHER, PICTURE]},
}


def test_a_plot_is_begun_with_the_axes_and_the_form_of_the_tab() -> None:
    engine = StandInEngine()
    assert run_script(engine, "plot", FORM, "txt2img", "guest:1") is None
    (begun,) = engine.series.begun
    assert isinstance(begun.options, PlotOptions)
    assert (begun.options.x.type, begun.options.x.values) == ("Steps", "1-3")
    assert (begun.request.prompt, begun.request.picture_ids) == ("a boat", ())


def test_a_sweep_and_a_loopback_start_from_the_forms_picture() -> None:
    engine = StandInEngine()
    assert run_script(engine, "sweep", FORM, "img2img", "guest:1") is None
    assert run_script(engine, "loopback", FORM, "img2img", "guest:1") is None
    sweep, loopback = engine.series.begun
    assert sweep.options == SweepOptions(first=0.3, last=0.5, count=5)
    assert isinstance(loopback.options, LoopbackOptions)
    assert loopback.options.loops == 2
    assert sweep.request.picture_ids == loopback.request.picture_ids == (PICTURE,)


def test_a_batch_needs_no_picture_in_the_form() -> None:
    engine = StandInEngine()
    assert run_script(engine, "batch", {**FORM, "picture": {}}, "txt2img", "guest:1") is None
    assert engine.series.begun[0].options == BatchOptions(pictures=(OTHER, PICTURE))


def test_what_is_wrong_comes_back_as_a_sentence_with_its_field() -> None:
    engine = StandInEngine()
    told = run_script(engine, "batch", {**FORM, "script_batch_pictures": None}, "img2img", "guest:1")
    assert told is not None
    assert (told["message"], told["field"]) == ("No pictures are chosen.", "pictures")
    told = run_script(engine, "sweep", {**FORM, "script_sweep_count": 1}, "img2img", "guest:1")
    assert told is not None
    assert told["field"] == "count"
    assert engine.series.begun == []


def test_options_are_those_of_the_chosen_script_alone() -> None:
    assert series_options("sweep", FORM) == {"kind": "sweep", "first": 0.3, "last": 0.5, "count": 5}
