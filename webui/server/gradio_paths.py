"""Which of Gradio's addresses are open at all: those that pages use. Whatever a new version adds stays closed.

Gradio also answers addresses that fetch from other machines, speak to its makers' services, hand out tokens, reload or
edit the program, and keep statistics.
"""

import re

_PREFIX = "/gradio_api"
_BESIDE = re.compile(r"/(login/|logout/?|monitoring\b.*|pwa_icon\b.*|openapi\.json|docs\b.*|redoc\b.*)", re.DOTALL)
"""Addresses of its own outside its prefix. `POST /logout` is ours and comes with another method."""
_USED = re.compile(
    r"""/gradio_api/(
        queue/(join|data) | run/[^/]+ | cancel | reset | heartbeat/[^/]+    # handlers are called
        | startup-events | app_id | info | theme\.css                       # what a page asks when it opens
        | upload | upload_progress | component_server | stream/.+           # parts of extensions' tabs
        | custom_component/.+
        | file=(?!\s*[a-z][a-z0-9+.-]+:)(?!\s*[/\\]{2})[^\0]*               # files here, not addresses elsewhere
    )/?""",
    re.VERBOSE | re.IGNORECASE,
)


def is_closed(method: str, path: str) -> bool:
    """Whether nobody may ask for this, as no page does."""
    if path.lower().startswith(_PREFIX):
        return _USED.fullmatch(path) is None
    return "/proxy=" in path or (method != "POST" and _BESIDE.fullmatch(path) is not None)
