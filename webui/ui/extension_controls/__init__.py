"""The controls that extensions bring to the bench: one field of the form, drawn from what the API says they are."""

from webui.ui.extension_controls.extension_controls import extension_controls

__all__ = ["extension_controls"]
