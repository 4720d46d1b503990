"""The step scrubber: a recorded walk, dragged through, looked at from several sides and taken up again."""

from webui.ui.step_scrubber.step_scrubber import step_scrubber

__all__ = ["step_scrubber"]
