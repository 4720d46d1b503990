"""Requests with pictures in them: forms of several parts, as OpenAI's clients send them, within limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from webui.server.openai_api.problems import Wrong

MAX_FIELDS = 100
MAX_FIELD_BYTES = 128 * 2**10
_PICTURES = {"image": "image", "image[]": "image", "mask": "mask"}
"""The parts that are files, by the names that clients give them."""


@dataclass(frozen=True, slots=True)
class PictureForm:
    """A form's texts by name, and its files: the picture, and the mask where there is one."""

    values: Mapping[str, Any]
    image: bytes
    mask: bytes | None


async def picture_form(request: Request, *, takes_mask: bool) -> PictureForm:
    """The form that is the body. How much it may hold in all is the guard's limit on uploads.

    Raises:
        Wrong: it is no form, has no picture or more than one, or files where texts are expected.
    """
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Wrong("The request must be a form: multipart/form-data.", param=None, code="invalid_content_type")
    try:
        form = await request.form(max_files=2, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES)
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise Wrong(f"The form cannot be read: {error.detail}", param=None, code="invalid_form") from error
    try:
        values: dict[str, str] = {}
        files: dict[str, bytes] = {}
        for name, part in form.multi_items():
            if isinstance(part, UploadFile):
                _put_file(files, name, await part.read(), takes_mask=takes_mask)
            elif name in values:
                raise Wrong(f"{name[:60]}: it is there twice.", param=name[:60], code="invalid_value")
            elif name in _PICTURES:
                raise Wrong(f"{name}: it must be a file.", param=_PICTURES[name], code="invalid_type")
            else:
                values[name] = part
    finally:
        await form.close()
    if "image" not in files:
        raise Wrong("Missing required parameter: 'image'.", param="image", code="missing_required_parameter")
    return PictureForm(values, files["image"], files.get("mask"))


def _put_file(files: dict[str, bytes], name: str, content: bytes, *, takes_mask: bool) -> None:
    kind = _PICTURES.get(name)
    if kind is None or (kind == "mask" and not takes_mask):
        raise Wrong(f"Unknown parameter: '{name[:60]}'.", param=name[:60], code="unknown_parameter")
    if kind in files:
        raise Wrong(f"{kind}: one picture is taken, and no more.", param=kind, code="unsupported_value")
    files[kind] = content
