"""The Gradio page: a module for each tab, shared parts, static assets."""

import os

# Gradio looks at these while it is imported: no call home, and no table of all events after each click.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")
