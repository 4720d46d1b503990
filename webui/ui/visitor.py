"""Who presses the page's buttons: the gate has written it beside each request, which Gradio hands on to a handler."""

import gradio as gr

from webui.access.principal import Principal


def principal_in(request: gr.Request) -> Principal:
    """Who sent the request that a handler was called by. Only requests that a gate has let in have anybody."""
    sent = request.request
    assert sent is not None, "Gradio hands on the request of handlers that are not queued"
    principal = sent.scope.get("state", {}).get("principal")
    assert isinstance(principal, Principal), "a request that no gate has let in"
    return principal
