"""What the drop-down lists offer."""

from webui.errors import WebUIError
from webui.generation.samplers import every_sampler
from webui.ui.ports import Catalogue


def sampler_choices() -> list[str]:
    """The samplers by name, the default first; on flow-matching models these walk as their twins do."""
    return [sampler.name for sampler in every_sampler() if not sampler.flow]


def named_models(catalogue: Catalogue, kind: str) -> list[str]:
    """The names of the models of a kind that can be used."""
    return [entry.name for entry in catalogue.entries(kind) if entry.problem is None]


def model_choices(catalogue: Catalogue, chosen: str | None) -> tuple[list[tuple[str, str]], str | None]:
    """The models as (label, name), and which of them is chosen: `chosen` if it is there, else the default.

    One that cannot be used is listed all the same: choosing it answers with the sentence that says why.
    """
    entries = catalogue.entries()
    choices = [
        (entry.name if entry.problem is None else f"{entry.name} (cannot be used)", entry.name) for entry in entries
    ]
    if any(entry.name == chosen for entry in entries):
        return choices, chosen
    try:
        return choices, catalogue.find(None).name
    except WebUIError:
        return choices, None
