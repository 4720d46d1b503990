"""The hooks of the web process as requests, infotexts and plots meet them, with real extensions."""

from pathlib import Path
from typing import Any

import pytest

from tests.extensions.tried import enable_untried, extensions_in, write_extension
from webui.engine.request_hooks import RequestHooks
from webui.errors import InvalidRequest, ModelNotFound
from webui.extensions.controls import Control, Slider
from webui.generation.infotext_reader import read_infotext
from webui.generation.plot import plan_plot, read_axis
from webui.generation.plot_axes import find_axis
from webui.generation.request import GenerationRequest
from webui.library.prompt_files import PromptFiles

AMOUNT: Control = Slider("amount", "Amount", 0.0, 1.0, 0.05, 0.2)


def _hooks(folder: Path, **webs: str) -> RequestHooks:
    """The hooks with these extensions on, each with the control `amount`."""
    for name, web in webs.items():
        write_extension(folder, name, web)
        enable_untried(folder, name, controls=(AMOUNT,))
    return RequestHooks(extensions_in(folder), PromptFiles(folder / "data"))


def _request(**values: Any) -> GenerationRequest:
    return GenerationRequest.parse({"prompt": "a boat", **values})


def test_hook_prepare_request(tmp_path: Path) -> None:
    """It is given the request and its own values with the defaults filled in, and answers the fields that change."""
    hooks = _hooks(
        tmp_path,
        sharp="""
        @hookimpl
        def prepare_request(request, values):
            return {"negative_prompt": f"{request.prompt} {values['amount']}", "steps": 7}
        """,
    )
    prepared = hooks.prepared(_request())
    assert (prepared.negative_prompt, prepared.steps) == ("a boat 0.2", 7)
    assert hooks.prepared(_request(extras={"sharp": {"amount": 1}})).negative_prompt == "a boat 1.0"


def test_a_refusal_reaches_the_person_and_a_fault_does_not_stop_the_job(tmp_path: Path) -> None:
    hooks = _hooks(
        tmp_path,
        broken="""
        @hookimpl
        def prepare_request(request):
            raise RuntimeError("boom")
        """,
        strict="""
        @hookimpl
        def prepare_request(request):
            if "ship" in request.prompt:
                raise InvalidRequest("prompt: no ships here.", field="prompt")
        """,
    )
    assert hooks.prepared(_request()).prompt == "a boat"
    with pytest.raises(InvalidRequest, match="no ships here"):
        hooks.prepared(_request(prompt="a ship"))


def test_an_answer_that_makes_no_request_is_a_fault_of_its_extension(tmp_path: Path) -> None:
    write_extension(tmp_path, "wild", "@hookimpl\ndef prepare_request(request):\n    return {'steps': 'many'}")
    enable_untried(tmp_path, "wild")
    extensions = extensions_in(tmp_path)
    assert RequestHooks(extensions, PromptFiles(tmp_path)).prepared(_request()).steps == 20
    assert "steps" in extensions.card("wild").faults[0].sentence


def test_a_model_that_is_not_there_is_the_fault_of_the_extension_that_names_it(tmp_path: Path) -> None:
    def find_models(request: GenerationRequest) -> None:
        if request.model == "gone":
            raise ModelNotFound("There is no model 'gone'.", field="model")

    _hooks(tmp_path, bad="@hookimpl\ndef prepare_request(request):\n    return {'model': 'gone', 'steps': 3}\n")
    extensions = extensions_in(tmp_path)
    hooks = RequestHooks(extensions, PromptFiles(tmp_path), find_models=find_models)
    assert hooks.prepared(_request(steps=20)).steps == 20
    (fault,) = extensions.web.faults
    assert "There is no model 'gone'" in fault.sentence
    # What the person asks for is not judged here.
    assert hooks.prepared(_request(model="gone")).model == "gone"


def test_what_an_extension_writes_into_the_frozen_request_changes_nothing(tmp_path: Path) -> None:
    hooks = _hooks(
        tmp_path,
        insists="""
        @hookimpl
        def prepare_request(request, values):
            object.__setattr__(request, "steps", 1)
            request.extras["insists"]["amount"] = 1.0
        """,
    )
    prepared = hooks.prepared(_request(extras={"insists": {"amount": 0.5}}))
    assert (prepared.steps, prepared.extras) == (20, {"insists": {"amount": 0.5}})


def test_what_starts_from_a_recorded_step_is_not_changed_once_more(tmp_path: Path) -> None:
    web = "@hookimpl\ndef prepare_request(request):\n    return {'prompt': request.prompt + ', sharp'}"
    hooks = _hooks(tmp_path, sharp=web)
    assert hooks.prepared(_request()).prompt == "a boat, sharp"
    start = {"kind": "step", "trajectory": "0" * 32, "step": 2}
    assert hooks.prepared(_request(prompt="a boat, sharp", start=start)).prompt == "a boat, sharp"


def test_values_that_nobody_uses_are_told(tmp_path: Path) -> None:
    hooks = _hooks(tmp_path, sharp="@hookimpl\ndef image_saved(image):\n    pass")
    notes = hooks.notes(_request(extras={"sharp": {"amount": 0.5, "old": 1}, "away": {"x": 1}}))
    assert notes == [
        "away is not on: its values were not used.",
        "sharp has no control 'old': its value was not used.",
    ]


def test_hook_read_infotext(tmp_path: Path) -> None:
    """It is given what no reader understood, and what the infotext says itself stays."""
    hooks = _hooks(
        tmp_path,
        film_grain="""
        @hookimpl
        def read_infotext(fields):
            if "Grain" in fields:
                return {"extras": {"film_grain": {"amount": float(fields["Grain"])}}, "steps": 3, "clip_skip": 900}
        """,
    )
    text = "a boat\nSteps: 20, Sampler: Euler, Seed: 1, Grain: 0.75, Size: 512x512"
    understood = hooks.understood(read_infotext(text))
    assert understood.values["extras"] == {"film_grain": {"amount": 0.75}}
    assert understood.values["steps"] == 20
    own = text.replace("Grain: 0.75", 'Grain: 0.75, Extension film_grain: "{\\"amount\\": 0.1}"')
    assert hooks.understood(read_infotext(own)).values["extras"] == {"film_grain": {"amount": 0.1}}


@pytest.mark.parametrize(
    "answer", ["5", "{'no field': 1}", "{'extras': {'Bad Name': {'x': 1}}}", "{'steps': 'x'}", "1 / 0"]
)
def test_a_wrong_reading_leaves_the_infotext_as_it_was(tmp_path: Path, answer: str) -> None:
    hooks = _hooks(tmp_path, odd=f"@hookimpl\ndef read_infotext(fields):\n    return {answer}")
    read = read_infotext("a boat\nSampler: Euler, Seed: 1, Size: 512x512, Odd key: 5")
    assert hooks.understood(read).values == read.values


def test_hook_register_plot_axes(tmp_path: Path) -> None:
    """Its axis varies what it says, and a mistake in its values is told of the axis."""
    hooks = _hooks(
        tmp_path,
        rain="""
        def read(entries):
            return [float(entry) for entry in entries]

        def change(fields, value):
            fields["prompt"] = f"{fields['prompt']} in {value:g} mm of rain"

        @hookimpl
        def register_plot_axes():
            return [AxisType(name="Rain", read=read, change=change, example="1, 2")]
        """,
    )
    axes = hooks.plot_axes()
    x = read_axis("x", "rain", "1, 20", axes)
    nothing = [read_axis(field, "Nothing", "", axes) for field in ("y", "z")]
    plot = plan_plot(_request(), [x, *nothing])
    prompts = [cell.request.prompt for cell in plot.cells if cell.request]
    assert prompts == ["a boat in 1 mm of rain", "a boat in 20 mm of rain"]
    with pytest.raises(InvalidRequest, match="X axis, Rain: could not convert") as refused:
        read_axis("x", "Rain", "wet", axes)
    assert refused.value.field == "x"


def test_an_axis_that_fails_is_a_wrong_value_and_not_the_end_of_plots(tmp_path: Path) -> None:
    hooks = _hooks(
        tmp_path,
        bad="""
        def boom(*arguments):
            raise KeyError("boom")

        @hookimpl
        def register_plot_axes():
            return [AxisType(name="Bad", read=boom, change=boom), AxisType(name="Steps", read=boom, change=boom)]
        """,
    )
    axes = hooks.plot_axes()
    with pytest.raises(InvalidRequest, match="bad failed in the axis Bad"):
        read_axis("x", "Bad", "1", axes)
    assert read_axis("x", "Steps", "1-2", axes).values == (1, 2)  # a name that is taken stays whose it is


def test_axes_of_another_kind_are_a_fault(tmp_path: Path) -> None:
    web = "@hookimpl\ndef register_plot_axes():\n    return [AxisType(name=7, read=list, change=print, aliases=5)]"
    assert find_axis("Steps", _hooks(tmp_path, odd=web).plot_axes()) is not None
