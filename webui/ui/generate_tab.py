"""The tab that makes pictures: prompt and settings at the left, the picture at the right."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from webui.errors import WebUIError
from webui.generation.request import GenerationRequest
from webui.ui.controls import PROMPTS, Controls, usable_values
from webui.ui.examples import EXAMPLES, FIRST_PROMPT
from webui.ui.job_view import JobView
from webui.ui.notice import notice, notice_of
from webui.ui.ports import Engine

LIGHT: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "concurrency_limit": None,
    "api_visibility": "private",
}
"""Every handler here only enqueues or fills fields: none waits in Gradio's queue, none is a public endpoint."""

SHAPES = (("1:1", "Square", 1.0), ("3:2", "Landscape", 1.5), ("2:3", "Portrait", 1 / 1.5))


def submit(engine: Engine, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Enqueue what the controls hold and return; what the job does then reaches the page as events.

    Returns:
        The value of the notice under the Generate button: the sentence of what was wrong, or None.
    """
    try:
        engine.submit(GenerationRequest.parse(values))
    except WebUIError as error:
        return notice_of(error)
    return None


class GenerateTab:
    """Lays the tab out where it is made, and joins its events.

    Args:
        engine: takes the requests.
        controls: the request's fields; the model is placed by the header.
    """

    def __init__(self, engine: Engine, controls: Controls) -> None:
        self._engine = engine
        self._controls = controls
        with gr.Row(elem_id="workbench"):
            with gr.Column(elem_id="bench", min_width=280):
                controls.place("prompt")
                controls.place("negative_prompt")
                with gr.Row(elem_id="generate-row"):
                    self.generate = gr.Button("Generate", variant="primary", elem_id="generate")
                self.problem = notice("request-problem")
                with gr.Accordion("Settings", open=True, elem_id="settings"):
                    self._lay_out_settings()
            with gr.Column(elem_id="picture", min_width=280):
                self.view = JobView(EXAMPLES)

    def join_events(self, blocks: gr.Blocks) -> None:
        """Connect what was laid out; the model's component must have been placed by now."""
        controls = self._controls
        fields = controls.by_field
        everything = list(fields.values())
        self.generate.click(
            self._submit, inputs_kwargs={**fields}, outputs=self.problem, trigger_mode="multiple", **LIGHT
        )
        self.view.on_reuse(lambda values: controls.fill(usable_values(values)), everything)
        self._join_settings()
        self._join_drafts(blocks, everything)

    def _lay_out_settings(self) -> None:
        place = self._controls.place
        with gr.Row(elem_classes=["fields", "size-row"]):
            place("width")
            self.swap = gr.Button(
                "Swap width and height", elem_id="swap-sides", elem_classes=["tool", "icon-arrow-left-right"]
            )
            place("height")
            self.shapes = {
                ratio: gr.Button(name, elem_id=f"shape-{name.lower()}", elem_classes=["tool", "shape"])
                for _, name, ratio in SHAPES
            }
        with gr.Row(elem_classes=["fields", "two"]):
            place("steps")
            place("cfg_scale")
        with gr.Row(elem_classes=["fields", "two"]):
            place("sampler")
            place("schedule")
        with gr.Row(elem_classes=["fields", "seed-row"]):
            place("seed")
            self.dice = gr.Button("A new seed each time", elem_id="seed-random", elem_classes=["tool", "icon-dices"])
            self.recycle = gr.Button(
                "Reuse the picture's seed", elem_id="seed-reuse", elem_classes=["tool", "icon-recycle"]
            )
            place("batch_size")
            place("batch_count")
        self.reset = gr.Button("Reset settings", elem_id="reset-settings", elem_classes=["tool", "icon-rotate-ccw"])

    def _join_settings(self) -> None:
        controls, fields = self._controls, self._controls.by_field
        sides = [fields["width"], fields["height"]]
        self.swap.click(None, sides, sides, js="(width, height) => [height, width]", **LIGHT)
        for ratio, button in self.shapes.items():
            button.click(_size_handler(controls, ratio), fields["model"], sides, **LIGHT)
        fields["model"].input(_size_handler(controls, 1.0), fields["model"], sides, **LIGHT)  # pyright: ignore[reportAttributeAccessIssue]
        fields["sampler"].input(  # pyright: ignore[reportAttributeAccessIssue]
            controls.schedules_for,
            [fields["sampler"], fields["schedule"]],
            [fields["sampler"], fields["schedule"]],
            **LIGHT,
        )
        seed = fields["seed"]
        self.dice.click(None, None, seed, js="() => -1", **LIGHT)
        self.recycle.click(None, seed, seed, js="(seed) => window.darkroom.selectedSeed ?? seed", **LIGHT)
        settings = [component for field, component in fields.items() if field not in (*PROMPTS, "model")]
        self.reset.click(self._reset, fields["model"], settings, **LIGHT)

    def _join_drafts(self, blocks: gr.Blocks, everything: list[Component]) -> None:
        names = json.dumps(list(self._controls.by_field))
        defaults = json.dumps(self._controls.settings_defaults())
        keep = f"(...values) => window.darkroom.keepDraft({names}, values, {defaults})"
        gr.on(
            [component.change for component in everything],  # pyright: ignore[reportAttributeAccessIssue]
            None,
            everything,
            None,
            js=keep,
            trigger_mode="always_last",
            **LIGHT,
        )
        carrier = gr.JSON(visible=False)
        loaded = blocks.load(self._restore, carrier, everything, js="() => window.darkroom.readDraft()", **LIGHT)
        loaded.then(
            None,
            everything,
            None,
            js=f"(...values) => window.darkroom.beginDrafts({names}, values, {defaults})",
            **LIGHT,
        )

    def _submit(self, **values: Any) -> dict[str, Any] | None:
        return submit(self._engine, values)

    def _restore(self, draft: Any) -> dict[Component, Any]:
        """What the page opens with: the draft of last time, or on a first visit a prompt to try."""
        known = usable_values(draft) if isinstance(draft, dict) else {"prompt": FIRST_PROMPT}
        model = known.get("model")
        return self._controls.fill({**known, "model": model})

    def _reset(self, model: str | None) -> dict[Component, Any]:
        return {**self._controls.fill(self._controls.settings_defaults()), **self._controls.size_for(model)}


def _size_handler(controls: Controls, ratio: float) -> Callable[[str | None], dict[Component, Any]]:
    return lambda model: controls.size_for(model, ratio)
