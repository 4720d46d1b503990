"""What the routes of journeys take beside a journey itself."""

from typing import Any

from pydantic import Field

from webui.generation.ways import PictureId
from webui.server.explore_bodies import ExploreBody


class StopBody(ExploreBody):
    """A picture that is to be a stop."""

    picture: PictureId
    fields: dict[str, Any] = Field(default_factory=dict)
    """What the answer to its upload says of its parameters, where it was brought from elsewhere."""
