"""The bench that all making tabs share: prompt and settings at the left, the picture at the right.

The tabs differ in what is shown (`static/layout.css`, by the root's `data-tab`) and in what is sent (`webui.ui.form`);
there is one set of components, so that turning to another tab keeps everything.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from gradio.components import Component

from webui.errors import WebUIError
from webui.generation.field_needs import NEEDS
from webui.generation.request import GenerationRequest
from webui.generation.samplers import every_sampler
from webui.ui.controls import LIGHT, NO_SETTINGS, Controls
from webui.ui.examples import EXAMPLES, FIRST_PROMPT
from webui.ui.form import Way, element_id, request_values, usable_form
from webui.ui.form_filler import FormFiller
from webui.ui.form_filler.form_filler import filled
from webui.ui.job_view import JobView
from webui.ui.model_defaults import TAKEN
from webui.ui.notice import notice, notice_of
from webui.ui.ports import Engine
from webui.ui.sections import SECTIONS, lay_out
from webui.ui.visitor import principal_in

CHANGED = "() => window.darkroom.formChanged()"
SHAPES = (("1:1", "Square", 1.0), ("3:2", "Landscape", 1.5), ("2:3", "Portrait", 1 / 1.5))
SETTINGS_FIELDS = ("steps", "cfg_scale", "sampler", "schedule", "batch_size", "batch_count")
"""Fields of the open accordion that count as changed; sides follow the model, and the seed is meant to change."""


LayOutScripts = Callable[[Engine, Controls], object]


def submit(engine: Engine, values: Mapping[str, Any], way: str, owner: str) -> dict[str, Any] | None:
    """Enqueue what the controls hold, for an owner, and return; what the job does then reaches the page as events.

    Returns:
        The value of the notice under the Generate button: the sentence of what was wrong, or None.
    """
    try:
        engine.submit(GenerationRequest.parse(request_values(values, way)), owner)
    except WebUIError as error:
        return notice_of(error)
    return None


class MakingTab:
    """Lays the bench out where it is made, and joins its events.

    Args:
        engine: takes the requests.
        controls: the form; the model is placed by the header.
        scripts: lays out and joins what makes several jobs of one form, in an accordion of its own.
    """

    def __init__(self, engine: Engine, controls: Controls, scripts: LayOutScripts | None = None) -> None:
        self._engine = engine
        self._controls = controls
        with gr.Row(elem_id="workbench"):
            with gr.Column(elem_id="bench", min_width=280):
                self._lay_out_words()
                with gr.Accordion("Settings", open=True, elem_id="section-settings", elem_classes=["section"]):
                    self._lay_out_settings()
                controls.way.render()
                for section in SECTIONS:
                    lay_out(section, controls)
                controls.place("extras")
                if scripts is not None:
                    with gr.Accordion("Scripts", open=False, elem_id="section-scripts", elem_classes=["section"]):
                        scripts(engine, controls)
            with gr.Column(elem_id="picture", min_width=280):
                self.view = JobView(EXAMPLES)
        self._keep = gr.Button("Keep the draft", elem_id="keep-draft", visible="hidden")
        self._filler = FormFiller(controls)

    def join_events(self, blocks: gr.Blocks) -> None:
        """Connect what was laid out; the model's component must have been placed by now."""
        fields = self._controls.by_field
        way = self._controls.way
        # In two steps: a component's value is read before the script of the same event runs, and a mask that was just
        # painted is still on its way to the server then.
        self.generate.click(
            None, None, way, js="() => window.darkroom.readyToSubmit()", trigger_mode="multiple", **LIGHT
        ).then(self._submit, inputs_kwargs={**fields, "way": way}, outputs=self.problem, **LIGHT)
        self.paste.click(None, fields["prompt"], None, js="(text) => window.darkroom.readInfotext(text)", **LIGHT)
        self._filler.join()
        self._join_settings()
        self._join_picture()
        self._join_drafts(blocks)

    def _lay_out_words(self) -> None:
        place = self._controls.place
        with gr.Row(elem_id="prompt-row"):
            place("prompt")
            self.paste = gr.Button(
                "Read the parameters in the prompt into the form",
                elem_id="read-infotext",
                elem_classes=["tool", "icon-arrow-down-left"],
            )
        place("negative_prompt")
        with gr.Row(elem_id="generate-row"):
            self.generate = gr.Button("Generate", variant="primary", elem_id="generate")
        self.problem = notice("request-problem")
        place("styles")
        with gr.Column(elem_id="start", elem_classes=["not-txt2img"]):
            place("picture", "start_strength")

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
            place("steps", "cfg_scale")
        with gr.Row(elem_classes=["fields", "two"]):
            place("sampler", "schedule")
        with gr.Row(elem_classes=["fields", "seed-row"]):
            place("seed")
            self.dice = gr.Button("A new seed each time", elem_id="seed-random", elem_classes=["tool", "icon-dices"])
            self.recycle = gr.Button(
                "Reuse the picture's seed", elem_id="seed-reuse", elem_classes=["tool", "icon-recycle"]
            )
            place("batch_size", "batch_count")
        self.reset = gr.Button("Reset settings", elem_id="reset-settings", elem_classes=["tool", "icon-rotate-ccw"])

    def _join_settings(self) -> None:
        controls, fields = self._controls, self._controls.by_field
        sides = [fields["width"], fields["height"]]
        model_input = fields["model"].input  # pyright: ignore[reportAttributeAccessIssue]
        sampler_input = fields["sampler"].input  # pyright: ignore[reportAttributeAccessIssue]
        follow = [fields["sampler"], fields["schedule"]]
        following = [fields[field] for field in TAKEN]
        seed = fields["seed"]
        settings = [component for field, component in fields.items() if field not in NO_SETTINGS]
        changes = [
            self.swap.click(None, sides, sides, js="(width, height) => [height, width]", **LIGHT),
            self.dice.click(None, None, seed, js="() => -1", **LIGHT),
            self.recycle.click(None, seed, seed, js="(seed) => window.darkroom.selectedSeed ?? seed", **LIGHT),
            self.reset.click(self._reset, fields["model"], settings, **LIGHT),
            model_input(controls.model_chosen, [fields["model"], *following], following, **LIGHT),
            sampler_input(controls.schedules_for, follow, follow, **LIGHT),
        ]
        for ratio, button in self.shapes.items():
            changes.append(button.click(_size_handler(controls, ratio), fields["model"], sides, **LIGHT))
        for change in changes:
            change.then(None, None, None, js=CHANGED, **LIGHT)

    def _join_picture(self) -> None:
        controls, fields = self._controls, self._controls.by_field
        chosen = controls.picture.html.chosen  # pyright: ignore[reportAttributeAccessIssue]
        sides = [fields["width"], fields["height"]]
        chosen(self._chosen, fields["model"], sides, trigger_mode="multiple", **LIGHT).then(
            None, None, None, js=CHANGED, **LIGHT
        )
        controls.picture.on_reuse(
            lambda values: filled(controls, {"fields": _without_pictures(values), "whole": True}),
            [*fields.values(), controls.way],
        )

    def _join_drafts(self, blocks: gr.Blocks) -> None:
        everything = list(self._controls.by_field.values())
        # Not each component's change: with all of them as inputs, that would be 60 ms of the browser's time a key.
        gr.on(
            [self._keep.click, self._controls.picture.html.change],
            None,
            everything,
            None,
            js="(...values) => window.darkroom.keepDraft(values)",
            trigger_mode="always_last",
            **LIGHT,
        )
        carrier = gr.JSON(visible=False)
        loaded = blocks.load(self._restore, carrier, everything, js="() => window.darkroom.readDraft()", **LIGHT)
        begin = f"(...values) => window.darkroom.beginDrafts({json.dumps(self._description())}, values)"
        loaded.then(None, everything, None, js=begin, **LIGHT)

    def _description(self) -> dict[str, Any]:
        """What the page's scripts must know of the form."""
        sections = {
            "settings": SETTINGS_FIELDS,
            "start": ("start_strength",),
            **{section.name: section.fields for section in SECTIONS},
        }
        return {
            "names": list(self._controls.by_field),
            "ids": {field: element_id(field) for field in self._controls.by_field},
            "defaults": self._controls.settings_defaults(),
            "sections": {name: list(fields) for name, fields in sections.items()},
            "ways": list(Way),
            "takes": {sampler.name: sampler.takes for sampler in every_sampler()},
            "listened": sorted({field for sampler in every_sampler() for field in sampler.takes}),
            "needs": dict(NEEDS),
        }

    def _submit(self, request: gr.Request, **values: Any) -> Any:
        way = values.pop("way")
        owner = principal_in(request).owner
        return submit(self._engine, self._controls.heeded(values), way, owner) if way else gr.skip()

    def _chosen(self, model: str | None, event: gr.EventData) -> dict[Component, Any]:
        told = event._data if isinstance(event._data, dict) else {}
        return self._controls.sides_of(told.get("value") or {}, model)

    def _restore(self, draft: Any) -> dict[Component, Any]:
        """What the page opens with: the draft of last time, or on a first visit the model's own and a prompt to try."""
        drafted = isinstance(draft, dict)
        known = usable_form(draft) if drafted else {**self._controls.defaults_for(None), "prompt": FIRST_PROMPT}
        return self._controls.fill({"styles": [], "model": None, **known})

    def _reset(self, model: str | None) -> dict[Component, Any]:
        return self._controls.fill(self._controls.defaults_for(model))


def _size_handler(controls: Controls, ratio: float) -> Callable[[str | None], dict[Component, Any]]:
    return lambda model: controls.size_for(model, ratio)


def _without_pictures(values: Mapping[str, Any]) -> dict[str, Any]:
    return {field: value for field, value in values.items() if field not in ("start", "mask")}
