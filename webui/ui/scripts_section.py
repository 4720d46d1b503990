"""The accordion 'Scripts': several pictures of one form, as a plot, a sweep, a loopback or a batch."""

from collections.abc import Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from webui.errors import WebUIError
from webui.generation.journey import Journey
from webui.generation.loopback import Curve
from webui.generation.plot import AXIS_NAMES
from webui.generation.plot_axes import NOTHING, find_axis
from webui.generation.series import KINDS, LoopbackOptions, SeriesRequest, SweepOptions, check_chosen
from webui.ui.controls import LIGHT, Controls
from webui.ui.form import Way, request_values
from webui.ui.notice import notice, notice_of
from webui.ui.picture_list import picture_list
from webui.ui.ports import Engine
from webui.ui.series_status import series_status
from webui.ui.visitor import principal_in

NONE = "none"
SCRIPTS = (("None", NONE), *((options.title, kind) for kind, options in KINDS.items() if options is not Journey))
"""Journeys have a place of their own among the explorer's instruments."""
_SEND = """() => {
  window.dispatchEvent(new Event("darkroom:generate"));
  return window.darkroom.readyToSubmit();
}"""
"""As the Generate button: the job view follows what comes, and a mask that was just painted is sent first."""


def scripts_section(engine: Engine, controls: Controls) -> None:
    """Lay the scripts out where the layout is now, and join their events."""
    script = gr.Dropdown(list(SCRIPTS), value=NONE, label="Script", elem_id="field-script", interactive=True)
    groups: dict[str, gr.Column] = {}
    fields: dict[str, Component] = {}
    for kind, lay_out in (("plot", _plot), ("sweep", _sweep), ("loopback", _loopback), ("batch", _batch)):
        with gr.Column(visible=False, elem_id=f"script-{kind}") as groups[kind]:
            fields |= lay_out(engine)
    run = gr.Button("Run script", elem_id="run-script", visible=False)
    axes = [fields[f"script_plot_{axis}_type"] for axis in AXIS_NAMES]
    problem = notice("script-problem")
    series_status("series-status")

    def chosen(kind: str) -> dict[Any, Any]:
        shown: dict[Any, Any] = {group: gr.update(visible=name == kind) for name, group in groups.items()}
        if kind == "plot":  # extensions come and go, and their axes with them
            shown |= {axis: gr.update(choices=_axis_names(engine)) for axis in axes}
        return shown | {run: gr.update(visible=kind != NONE)}

    def submit(request: gr.Request, **values: Any) -> Any:
        way, kind = values.pop("way"), values.pop("script")
        owner = principal_in(request).owner
        return run_script(engine, kind, controls.heeded(values), way, owner) if way else gr.skip()

    script.input(chosen, script, [*groups.values(), *axes, run], **LIGHT)
    run.click(None, None, controls.way, js=_SEND, trigger_mode="multiple", **LIGHT).then(
        submit,
        inputs_kwargs={**controls.by_field, **fields, "way": controls.way, "script": script},
        outputs=problem,
        **LIGHT,
    )


def run_script(engine: Engine, kind: str, values: Mapping[str, Any], way: str, owner: str) -> dict[str, Any] | None:
    """Enqueue a series of what the controls and the script's fields hold, for an owner.

    Returns:
        The value of the notice under the button: the sentence of what was wrong, or None.
    """
    options = series_options(kind, values)
    form = {name: value for name, value in values.items() if not name.startswith("script_")}
    if kind == "batch":
        # The form's own picture is none of them: any of the list stands in for it until each takes its turn.
        form["picture"] = {**(form.get("picture") or {}), "picture": next(iter(options["pictures"]), None)}
        way = Way.IMG2IMG if Way(way) is Way.TXT2IMG else way
    try:
        if kind == "batch":
            check_chosen(options["pictures"])
        engine.series.begin(SeriesRequest.parse({**options, "request": request_values(form, way)}), owner)
    except WebUIError as error:
        return notice_of(error)
    return None


def series_options(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a series from the script's fields."""
    found: dict[str, Any] = {"kind": kind}
    prefix = f"script_{kind}_"
    own = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
    if kind == "plot":
        return found | {axis: {"type": own[f"{axis}_type"], "values": own[f"{axis}_values"]} for axis in AXIS_NAMES}
    if kind == "batch":
        return found | {"pictures": (own["pictures"] or {}).get("pictures", [])}
    return found | own


def _plot(engine: Engine) -> dict[str, Component]:
    fields: dict[str, Component] = {}
    names = _axis_names(engine)
    for axis, first in zip(AXIS_NAMES, ("Seed", NOTHING, NOTHING), strict=True):
        title = axis.upper()
        with gr.Row(elem_classes=["fields", "two"]):
            kind = gr.Dropdown(
                names, value=first, label=f"{title} type", elem_id=f"field-{axis}-type", interactive=True, min_width=120
            )
            text = gr.Textbox(
                label=f"{title} values", placeholder=_example(engine, first), elem_id=f"field-{axis}", interactive=True,
                min_width=120, max_lines=4,
            )  # fmt: skip
        kind.input(lambda name: gr.update(placeholder=_example(engine, name)), kind, text, **LIGHT)
        fields |= {f"script_plot_{axis}_type": kind, f"script_plot_{axis}_values": text}
    return fields


def _axis_names(engine: Engine) -> list[str]:
    return [axis.name for axis in engine.plot_axes()]


def _example(engine: Engine, name: str) -> str:
    found = find_axis(name, engine.plot_axes())
    return found.example if found else ""


def _sweep(_engine: Engine) -> dict[str, Component]:
    usual = SweepOptions()
    with gr.Row(elem_classes=["fields", "two"]):
        first = _number("Strength from", "field-first", usual.first, 0.05)
        last = _number("Strength to", "field-last", usual.last, 0.05)
    count = _number("Pictures", "field-count", usual.count, 1)
    return {"script_sweep_first": first, "script_sweep_last": last, "script_sweep_count": count}


def _loopback(_engine: Engine) -> dict[str, Component]:
    usual = LoopbackOptions()
    with gr.Row(elem_classes=["fields", "two"]):
        loops = _number("Loops", "field-loops", usual.loops, 1)
        final = _number("Final denoising strength", "field-final_strength", usual.final_strength, 0.05)
    curve = gr.Dropdown(
        [choice.value for choice in Curve], value=usual.curve.value, label="Strength curve", elem_id="field-curve",
        interactive=True,
    )  # fmt: skip
    return {"script_loopback_loops": loops, "script_loopback_final_strength": final, "script_loopback_curve": curve}


def _batch(_engine: Engine) -> dict[str, Component]:
    return {"script_batch_pictures": picture_list("field-pictures")}


def _number(label: str, elem_id: str, value: float, step: float) -> gr.Number:
    return gr.Number(
        value=value, label=label, elem_id=elem_id, step=step, interactive=True, min_width=64, elem_classes=["number"]
    )
