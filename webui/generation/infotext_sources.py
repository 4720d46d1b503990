"""Reads the parameters of a picture in whatever form they are: infotext, ComfyUI's graph, or another JSON object."""

from typing import Any

from webui.generation.comfy_graph import is_comfy, read_comfy
from webui.generation.infotext_fields import InfotextFields
from webui.generation.infotext_reader import read_infotext
from webui.generation.json_metadata import is_metadata, is_request, json_object, read_metadata, read_request

MAX_TEXT = 16_000_000
"""Characters; ComfyUI's graphs of a few hundred nodes have half a million."""


def read_text(text: str) -> InfotextFields:
    """The fields that a text names; any text can be read, and what is no form of parameters is a prompt."""
    if len(text) > MAX_TEXT:
        return InfotextFields({}, notes=("The text is too long to be the parameters of a picture.",))
    values = json_object(text)
    return read_infotext(text) if values is None else read_object(values)


def read_object(values: dict[str, Any]) -> InfotextFields:
    """The fields that a JSON object names."""
    if is_request(values):
        return read_request(values)
    if is_comfy(values):
        return read_comfy(values)
    if isinstance(values.get("prompt"), dict) and is_comfy(values["prompt"]):  # as it is sent to ComfyUI's API
        return read_comfy(values["prompt"])
    if is_metadata(values):
        return read_metadata(values)
    if isinstance(values.get("nodes"), list):
        note = "This is a ComfyUI workflow, the layout of its page; save it in the API format, or use a picture of it."
        return InfotextFields({}, notes=(note,))
    return InfotextFields({}, notes=("Nothing in this JSON is known as a parameter of a picture.",))
