"""How scripts of the page fill the form: reuse, send to, a pasted infotext, the reset of one field."""

from webui.ui.form_filler.form_filler import FormFiller

__all__ = ["FormFiller"]
