"""The concept sliders of the form: several at once, each between two prompts."""

from webui.ui.concept_sliders.concept_sliders import concept_sliders

__all__ = ["concept_sliders"]
