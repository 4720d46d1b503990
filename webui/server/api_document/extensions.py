"""Extensions: what there are, switching them on and off, bringing and removing them."""

from typing import Annotated, Any

from pydantic import Field

from webui.extensions.cards import Status
from webui.server.api_document.described import Described, File, Shape, Strict, Theme
from webui.server.api_document.models import TaskTold
from webui.server.guard import MAX_UPLOAD_BYTES

_ZIP = File(("application/zip",), "An extension's folder as a zip file.", MAX_UPLOAD_BYTES)


class CardTold(Shape):
    """An extension: its own words, whether it is on and why not, and what it brings."""

    name: str
    title: str
    version: str
    description: str
    status: Status
    problem: str | None
    permissions: list[str]
    requirements: list[str]
    hooks: dict[str, list[str]]
    controls: list[dict[str, Any]]
    faults: list[dict[str, Any]]
    enabled: bool


class Cards(Shape):
    """All that are installed."""

    extensions: list[CardTold]
    safe_mode: bool
    allowed: bool
    """Whether who asks may install and switch on."""
    refusal: str | None
    folder: str
    version: int


class ControlsOf(Shape):
    """The controls of one."""

    name: str
    title: str
    controls: list[dict[str, Any]]


class Controls(Shape):
    """What `extras` of a request may have."""

    extensions: list[ControlsOf]
    version: int


class Log(Shape):
    """The end of what it wrote."""

    log: str


class SettingsTold(Shape):
    """What can be set, and what is set."""

    controls: list[dict[str, Any]]
    values: dict[str, Any]


class IndexTold(Shape):
    """What can be installed by name."""

    entries: list[dict[str, Any]]
    problem: str | None


class SourceBody(Strict):
    """A git address, a file, a folder, or a name of the index."""

    source: Annotated[str, Field(max_length=2_000)]


class OfferTold(Shape):
    """What was fetched, and what it would bring. Nothing of it has run."""

    id: str
    name: str
    title: str
    version: str
    source: str
    commit: str
    files: list[dict[str, Any]]
    requirements: list[str]
    permissions: list[str]
    hooks: dict[str, Any]
    problem: str
    replaces: dict[str, Any] | None


class InstallBody(Strict):
    """An offer that was looked at."""

    offer: str
    replace: bool = False


class InstallTask(TaskTold):
    """An installation."""

    extension: str


class UpdateBody(Strict):
    """Nothing, to see what would change; or the difference that was seen, to take it."""

    difference: str = ""


class DifferenceTold(Shape):
    """What an update would change."""

    id: str
    name: str
    old_version: str
    new_version: str
    nothing: bool
    added: list[str]
    removed: list[str]
    changed: list[dict[str, Any]]


class Themes(Shape):
    """Colours for the page."""

    chosen: str | None
    themes: list[dict[str, str]]


class ThemeBody(Strict):
    """The name of one of them, or null for none."""

    chosen: str | None


class Nothing(Shape):
    """An empty object."""


_ONE = "/api/v1/extensions/{name}"

EXTENSIONS = Theme(
    name="Extensions",
    about="Add-ons. What changes them is for administrators at this computer.",
    routes={
        "GET /api/v1/extensions": Described(answer=Cards),
        "GET /api/v1/extensions/controls": Described(answer=Controls),
        "GET /api/v1/extensions/index": Described(answer=IndexTold),
        "POST /api/v1/extensions/offers": Described(
            answer=OfferTold, body=(SourceBody, _ZIP), example={"source": "https://example.org/an-extension.git"}
        ),
        "DELETE /api/v1/extensions/offers/{offer}": Described(answer=Nothing),
        "POST /api/v1/extensions/install": Described(
            answer=InstallTask, status=202, body=InstallBody, example={"offer": "0f3a", "replace": False},
            problems=(409,),
        ),
        "GET /api/v1/extensions/tasks": Described(answer=list[InstallTask]),
        "DELETE /api/v1/extensions/tasks/{task}": Described(answer=InstallTask),
        "GET /api/v1/extensions/themes": Described(answer=Themes),
        "PATCH /api/v1/extensions/themes": Described(answer=Themes, body=ThemeBody, example={"chosen": None}),
        "GET /api/v1/extensions/themes.css": Described(answer=File(("text/css",))),
        f"GET {_ONE}": Described(answer=CardTold),
        f"DELETE {_ONE}": Described(answer=Nothing),
        f"POST {_ONE}/enable": Described(answer=CardTold),
        f"POST {_ONE}/disable": Described(answer=CardTold),
        f"POST {_ONE}/update": Described(answer=DifferenceTold | CardTold, body=UpdateBody, example={}),
        f"POST {_ONE}/rollback": Described(answer=CardTold),
        f"GET {_ONE}/log": Described(answer=Log),
        f"GET {_ONE}/preview": Described(answer=File(("image/png",))),
        f"GET {_ONE}/assets/{{path}}": Described(answer=File(("*/*",))),
        f"GET {_ONE}/settings": Described(answer=SettingsTold),
        f"PATCH {_ONE}/settings": Described(answer=SettingsTold, body=dict[str, Any], example={"amount": 0.4}),
    },
)  # fmt: skip
