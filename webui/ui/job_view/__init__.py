"""Where the picture develops: canvas, step slider, progress, queue, results and parameters."""

from webui.ui.job_view.job_view import JobView

__all__ = ["JobView"]
