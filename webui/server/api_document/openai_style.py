"""What OpenAI's clients call."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from webui.generation.limits import Prompt
from webui.server.api_document.described import Described, Form, Shape, Theme
from webui.server.openai_api.wishes import MOST_PICTURES, MOST_PREVIEWS

_BASE = "/v1/images"


class OpenAIProblem(Shape):
    """What went wrong, as OpenAI's API tells it."""

    class Error(Shape):
        """The error."""

        message: str
        type: str
        param: str | None
        code: str | None

    error: Error


class Wanted(Shape):
    """What all three take. Any field of a `GenerationRequest` is taken beside these."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    model: Annotated[str, Field(max_length=500)] | None = None
    """A name of `/v1/models`; the names of OpenAI's own models mean the default one."""
    n: Annotated[int, Field(ge=1, le=MOST_PICTURES)] | None = 1
    size: Annotated[str, Field(pattern=r"^(auto|\d{1,5}x\d{1,5})$")] | None = "auto"
    quality: Literal["auto", "standard", "low", "medium", "high", "hd", "xhigh", "max"] | None = "auto"
    response_format: Literal["url", "b64_json"] | None = None
    stream: bool | None = False
    """One picture as events, with up to `partial_images` previews."""
    partial_images: Annotated[int, Field(ge=0, le=MOST_PREVIEWS)] | None = 0
    user: str | None = None


class Generations(Wanted):
    """Pictures from a prompt."""

    prompt: Prompt


class Edits(Wanted):
    """A picture made anew after a prompt."""

    prompt: Prompt
    image: bytes
    mask: bytes | None = None
    """What is transparent in it is made anew."""
    strength: Annotated[float, Field(ge=0, le=1)] | None = None


class Variations(Wanted):
    """Pictures like a picture."""

    image: bytes
    strength: Annotated[float, Field(ge=0, le=1)] | None = None


class Image(Shape):
    """A picture, in one of two forms."""

    b64_json: str | None = None
    url: str | None = None


class Images(Shape):
    """What was made."""

    created: int
    background: Literal["opaque"]
    output_format: Literal["png"]
    size: str
    data: list[Image]


class OpenAIModel(Shape):
    """A checkpoint."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class OpenAIModels(Shape):
    """All that can be used, the default one first."""

    object: Literal["list"]
    data: list[OpenAIModel]


_PROBLEMS = (404, 500, 503, 507)

OPENAI_STYLE = Theme(
    name="OpenAI-style",
    about="For programs that speak to OpenAI's API, with `/v1` as their base address.",
    problem=OpenAIProblem,
    routes={
        f"POST {_BASE}/generations": Described(
            answer=Images, body=Generations, problems=_PROBLEMS,
            example={"prompt": "a sailboat on the sea", "n": 1, "size": "512x512", "response_format": "b64_json"},
        ),
        f"POST {_BASE}/edits": Described(answer=Images, body=Form(Edits), problems=_PROBLEMS),
        f"POST {_BASE}/variations": Described(answer=Images, body=Form(Variations), problems=_PROBLEMS),
        "GET /v1/models": Described(answer=OpenAIModels),
        "GET /v1/models/{model}": Described(answer=OpenAIModel),
    },
)  # fmt: skip
