"""How a field of the form becomes a component. Limits and defaults are the request's own.

The components judge nothing: a number field carries no limits, as Gradio would answer in its own words, in a toast
that goes away; what is typed goes to `GenerationRequest.parse`, which answers in sentences.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from webui.ui.form import default_of, element_id, field_info


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the largest value that a field takes, and the step between its values."""

    least: float
    largest: float
    step: float


def limits_of(field: str) -> Limits:
    """The limits that `GenerationRequest` itself puts on a number."""
    info = field_info(field)
    found = {
        name: getattr(rule, name)
        for rule in info.metadata
        for name in ("ge", "le", "multiple_of")
        if getattr(rule, name, None) is not None
    }
    return Limits(least=found["ge"], largest=found["le"], step=found.get("multiple_of", 1))


def number(field: str, label: str, *, info: str | None = None, step: float | None = None) -> gr.Number:
    """A number that is typed."""
    return gr.Number(
        value=default_of(field),
        label=label,
        info=info,
        step=step or limits_of(field).step,
        elem_classes=["number"],
        min_width=64,
        **_placed(field),
    )


def number_or_none(field: str, label: str, *, hint: str) -> gr.Textbox:
    """A number that may be left empty; `hint` says what an empty one means."""
    return gr.Textbox(
        label=label, placeholder=hint, value=default_of(field), elem_classes=["number"], min_width=64, **_placed(field)
    )


def slider(field: str, label: str, *, info: str | None = None, step: float | None = None) -> gr.Slider:
    """A number that is dragged or typed."""
    limits = limits_of(field)
    return gr.Slider(
        limits.least,
        limits.largest,
        value=default_of(field),
        step=step or limits.step,
        label=label,
        info=info,
        buttons=[],
        min_width=120,
        **_placed(field),
    )


def choice(
    field: str, label: str, choices: Sequence[str] | Sequence[tuple[str, str]], *, info: str | None = None
) -> gr.Dropdown:
    """One of a list."""
    return gr.Dropdown(list(choices), value=default_of(field), label=label, info=info, min_width=120, **_placed(field))


def switch(field: str, label: str, *, info: str | None = None) -> gr.Checkbox:
    """Yes or no."""
    return gr.Checkbox(value=default_of(field), label=label, info=info, min_width=120, **_placed(field))


def words(field: str, label: str, *, hint: str, lines: int = 1, most_lines: int = 4) -> gr.Textbox:
    """Words of the user's own; the field grows with them."""
    return gr.Textbox(
        label=label, placeholder=hint, lines=lines, max_lines=most_lines, value=default_of(field), **_placed(field)
    )


def _placed(field: str) -> dict[str, Any]:
    # Without `interactive` a component that is no event's input would be read-only; a layout renders it later.
    return {"elem_id": element_id(field), "interactive": True, "render": False}
