"""What the page of each role has. A page has no handler, no tab and no script that its visitor may not use."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from webui.access.roles import Role


class Tab(StrEnum):
    """The tabs beside those that make pictures, by their ids, in their order."""

    SCRUBBER = "scrubber"
    EXPLORE = "explore"
    PNG_INFO = "pnginfo"
    MODELS = "models"
    EXTENSIONS = "extensions"
    SHARE = "share"
    SETTINGS = "settings"


class Part(StrEnum):
    """What not every page has; scripts ask for it with `window.darkroom.may`."""

    MAKING = "making"
    """The bench, with which pictures are made."""
    STYLES = "styles"
    """The kept prompts of the house."""
    EXTRAS = "extras"
    """The controls of extensions."""
    SLIDERS = "sliders"
    """Concept sliders, those that are kept among them."""
    SCRIPTS = "scripts"
    """Plots, sweeps, loopbacks and batches."""
    FORWARD = "forward"
    """Forward diffusion below the step scrubber."""
    READING = "reading"
    """Readers, which say what a picture shows."""
    FILES = "recording-files"
    """Exports of a recording, opening its file, and pinning it."""
    EXTENSION_TABS = "extension-tabs"
    """The tabs and colours of extensions, and their looks at a picture."""
    HOUSE = "house"
    """What is told of the machine: its storage, settings, tasks and public link."""


@dataclass(frozen=True, slots=True)
class RolePage:
    """The tabs and parts of one page."""

    tabs: tuple[Tab, ...]
    parts: frozenset[Part]

    def __contains__(self, wanted: Tab | Part) -> bool:
        return wanted in self.tabs if isinstance(wanted, Tab) else wanted in self.parts


_GUEST = frozenset({Part.MAKING})
_USER = _GUEST | {Part.STYLES, Part.EXTRAS, Part.SLIDERS, Part.SCRIPTS, Part.FORWARD, Part.READING, Part.FILES}
_SEEING = (Tab.SCRUBBER, Tab.PNG_INFO)
_EXPLORING = (Tab.SCRUBBER, Tab.EXPLORE, Tab.PNG_INFO)

PAGES: Mapping[Role, RolePage] = {
    Role.VIEWER: RolePage((), frozenset()),
    Role.GUEST: RolePage(_SEEING, _GUEST),
    Role.USER: RolePage(_EXPLORING, _USER),
    Role.ADMIN: RolePage(tuple(Tab), frozenset(Part)),
}
"""The page of each role."""
