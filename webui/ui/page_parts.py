"""What the page is built from and cannot follow while it is open: when this changes, it is built anew.

Gradio is not imported here: the server asks this often, and long before the page is there.
"""

import hashlib

from webui.generation.samplers import every_sampler, every_schedule
from webui.generation.ways import every_upscaler
from webui.ui.ports import Extensions


def page_parts(extensions: Extensions) -> str:
    """A short name for the tabs of extensions and the lists that handlers check choices against."""
    samplers = [sampler.name for sampler in every_sampler()]
    lists = (samplers, [str(name) for name in every_schedule()], [str(name) for name in every_upscaler()])
    return hashlib.sha256(repr((extensions.tabs(), lists)).encode()).hexdigest()[:12]
