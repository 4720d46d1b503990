"""Logging in and out, and the public link."""

from typing import Annotated, Any, Literal

from pydantic import Field

from webui.server.api_document.described import Described, Shape, Strict, Theme
from webui.sharing.public_link import Level
from webui.sharing.share_order import DEFAULT_JOBS, DEFAULT_MINUTES, MOST_JOBS, MOST_MINUTES


class LoginBody(Strict):
    """A name and its password, or a token."""

    name: Annotated[str, Field(max_length=200)] = ""
    password: Annotated[str, Field(max_length=1_000)] = ""
    token: Annotated[str, Field(max_length=1_000)] = ""


class Me(Shape):
    """Who asks."""

    role: Literal["viewer", "guest", "user", "admin"]
    name: str
    logged_in: bool
    """Whether there is a session that POST /logout ends."""
    at_this_machine: bool
    link: dict[str, Any] | None
    """The public link that they came by."""


class SshBody(Shape):
    """Where ssh leads; see docs/sharing.md."""

    destination: Annotated[str, Field(max_length=320)]
    """`user@host`, or a name of the ssh configuration."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    key: str | None = None
    """The file of a private key."""
    bind: str | None = None
    remote_port: Annotated[int, Field(ge=0, le=65535)] | None = 0
    address: str | None = None
    """What guests type, where that is not http://HOST:PORT."""
    pattern: Annotated[str, Field(max_length=200)] | None = None


class ShareBody(Shape):
    """What link to open. What a provider is told stands under its name."""

    provider: Annotated[str, Field(max_length=100)] = "gradio"
    minutes: Annotated[float, Field(gt=0, le=MOST_MINUTES)] | None = DEFAULT_MINUTES
    level: Level = Level.GENERATE
    jobs_per_guest: Annotated[int, Field(ge=1, le=MOST_JOBS)] | None = DEFAULT_JOBS
    ssh: SshBody | None = None


class ShareTold(Shape):
    """The public link. What is told of an open one is not there where none is."""

    state: Literal["closed", "opening", "open"]
    closed_because: str | None = None
    providers: list[dict[str, str]]
    url: str | None = None
    encrypted: bool | None = None
    """Whether guests speak https to the tunnel's end."""
    password: str | None = None
    qr: str | None = None
    """The address with the password, as SVG."""
    level: Level | None = None
    jobs_per_guest: int | None = None
    opened: str | None = None
    ends: str | None = None
    seconds_left: float | None = None
    guests: tuple[dict[str, Any], ...] = ()


COMING_IN = Theme(
    name="Coming in",
    about="Who asks, logging in, and the public link.",
    routes={
        "POST /login": Described(answer=Any, body=LoginBody, example={"name": "ann", "password": "correct horse"}),
        "POST /logout": Described(answer=None, status=204),
        "GET /api/v1/me": Described(answer=Me),
        "GET /api/v1/share": Described(answer=ShareTold),
        "POST /api/v1/share": Described(
            answer=ShareTold, status=201, body=ShareBody, problems=(409, 503),
            example={"provider": "gradio", "minutes": 60, "level": "generate", "jobs_per_guest": 20},
        ),
        "DELETE /api/v1/share": Described(answer=ShareTold),
        "DELETE /api/v1/share/guests/{guest}": Described(answer=ShareTold),
    },
)  # fmt: skip
