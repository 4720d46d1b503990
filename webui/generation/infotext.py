"""The infotext: a picture's parameters in the text form that A1111 began and its peers read.

Layout: the prompt, a line `Negative prompt: ...` if there is one, a last line of `Key: value` pairs. A value that holds
a comma, a colon or a newline is written as a JSON string. Source: the writer of A1111 1.10,
`modules/processing.py` and `modules/infotext_utils.py` there.
"""

import json

from webui import __version__
from webui.generation.request import GenerationRequest


def write_infotext(request: GenerationRequest) -> str:
    """The infotext of a request for one picture, with its seed fixed and its model named."""
    values = {
        "Steps": request.steps,
        "Sampler": request.sampler,
        "Schedule type": request.schedule,
        "CFG scale": f"{request.cfg_scale:g}",
        "Seed": request.seed,
        "Size": f"{request.width}x{request.height}",
        "Model": request.model,
        "Version": f"Darkroom {__version__}",
    }
    lines = [request.prompt]
    if request.negative_prompt:
        lines.append(f"Negative prompt: {request.negative_prompt}")
    lines.append(", ".join(f"{key}: {_quoted(str(value))}" for key, value in values.items() if value is not None))
    return "\n".join(lines).strip()


def _quoted(value: str) -> str:
    needs_quotes = any(character in value for character in ",:\n")
    return json.dumps(value, ensure_ascii=False) if needs_quotes else value
