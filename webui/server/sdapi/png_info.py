"""What a picture file says of how it was made, in the forms that A1111 gives: the text, its pairs, and the rest."""

from collections.abc import Mapping

from webui.generation.infotext_form import pair_of_sizes, split_layout
from webui.imaging.metadata import INFOTEXT_KEY, embedded_text
from webui.imaging.png_text import SIGNATURE, png_texts


def told_of(content: bytes) -> Mapping[str, object]:
    """What `POST png-info` answers; empty texts where the file carries nothing."""
    carried = embedded_text(content)
    infotext = carried.infotext or ""
    items = png_texts(content)[0] if content.startswith(SIGNATURE) else {}
    return {
        "info": infotext,
        "items": {key: text for key, text in items.items() if key != INFOTEXT_KEY},
        "parameters": _parameters(infotext),
    }


def _parameters(infotext: str) -> Mapping[str, str]:
    """The pairs of an infotext as texts; sizes also as their two numbers, `Size-1` and `Size-2`, as A1111 has them."""
    if not infotext:
        return {}
    layout = split_layout(infotext)
    told = {"Prompt": layout.prompt, "Negative prompt": layout.negative_prompt}
    for key, value in layout.pairs.items():
        sizes = pair_of_sizes(value)
        told |= {key: value} if sizes is None else {f"{key}-1": str(sizes[0]), f"{key}-2": str(sizes[1])}
    return told
