"""What requests carry in their bodies: a JSON object, or a file as the whole body."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from fastapi import Request

from webui.errors import InvalidRequest, WebUIError


class WrongContentType(WebUIError):
    """The body is of another kind than the address takes: 415."""


class BodyTooLarge(WebUIError):
    """The body has more bytes than the address takes: 413."""


async def json_object(request: Request, *, any_content_type: bool = False) -> dict[str, Any]:
    """The JSON object that is the body.

    Raises:
        WrongContentType: the request does not say that it is JSON.
        InvalidRequest: it is not, or not an object.
    """
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not any_content_type:
        raise WrongContentType("The request must be JSON.", hint="Send it with Content-Type: application/json.")
    try:
        values = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("The request is not valid JSON.", field="request") from error
    if not isinstance(values, dict):
        raise InvalidRequest("The request must be a JSON object with named fields.", field="request")
    return values


def text_of(values: Mapping[str, Any], name: str) -> str:
    """A text in an object; an empty one where there is none.

    Raises:
        InvalidRequest: it is something else.
    """
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidRequest(f"{name}: it must be a text.", field=name)
    return value or ""


def check_names(values: Mapping[str, Any], known: Collection[str]) -> None:
    """Refuse an object with a field that means nothing here.

    Raises:
        InvalidRequest: there is one.
    """
    for name in values:
        if name not in known:
            raise InvalidRequest(
                f"{name[:60]}: there is no such field.", hint=f"There are {', '.join(known)}.", field=name[:60]
            )


async def whole_file(request: Request, *, what: str, most: int, field: str) -> bytes:
    """The file that is the body, whatever its content type says.

    Args:
        request: the request.
        what: the file in words ("The picture").
        most: how many bytes are taken.
        field: what errors name.

    Raises:
        WrongContentType: it is a form.
        BodyTooLarge: it is larger.
    """
    if request.headers.get("content-type", "").lower().startswith("multipart/"):
        raise WrongContentType(
            f"{what} must be the whole body of the request.", hint="Send the file itself, not a form.", field=field
        )
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > most:
            raise BodyTooLarge(f"{what} file is too large.", hint=f"At most {most // 2**20:,} MB are taken.")
    return bytes(content)
