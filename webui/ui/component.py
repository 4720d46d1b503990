"""How a component of our own is made: a folder with a Python class, its markup and its scripts.

The class holds a `gr.HTML` rather than being one: Gradio writes an interface file beside the source of every subclass
when it is imported, which would litter an installation, or fail on one that cannot be written to.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

PARTS = Path(__file__).parent / "parts.js"


def html_component(
    folder: Path, scripts: Sequence[str], *, elem_id: str, value: Any = None, markup: str | None = None, **props: Any
) -> gr.HTML:
    """A `gr.HTML` with the folder's `markup.html` (or other `markup`) and its scripts, joined into one function.

    The scripts are joined in the order given and share one scope, in which Gradio gives them `element`, `props`,
    `trigger` and `watch`, and `parts.js` ways to reach and to make elements. What `props` names here, they find in
    `props` beside `value`.
    """
    if markup is None:
        markup = (folder / "markup.html").read_text("utf-8")
    code = "\n".join(path.read_text("utf-8") for path in (PARTS, *(folder / name for name in scripts)))
    return gr.HTML(
        value=value,
        html_template=markup,
        js_on_load=f'"use strict";\n{code}\n//# sourceURL=darkroom/{folder.name}.js',
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes=["own"],
        **props,
    )
