"""The OpenAPI document: what FastAPI knows of the routes, and what the tables say of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from webui.server.api_document.coming_in import COMING_IN
from webui.server.api_document.described import Described, File, Form, Theme
from webui.server.api_document.exploring import EXPLORING
from webui.server.api_document.extensions import EXTENSIONS
from webui.server.api_document.making import MAKING
from webui.server.api_document.models import MODELS
from webui.server.api_document.openai_style import OPENAI_STYLE
from webui.server.api_document.pictures import PICTURES
from webui.server.api_document.recordings import RECORDINGS

THEMES = (MAKING, PICTURES, RECORDINGS, EXPLORING, MODELS, EXTENSIONS, COMING_IN, OPENAI_STYLE)
ABOUT = (
    "Makes pictures with diffusion models, and keeps every step of their making. At this computer no login is asked "
    "unless one is set up; otherwise send an account's name and password (Basic) or the token (Bearer). Other web "
    "pages are not let in. Things are named by ids, never by paths."
)
MEANINGS = {
    400: "The request cannot be read, or asks for another host.",
    401: "A login is needed.",
    403: "This is not yours to do, or the request comes from another web page.",
    404: "There is no such thing, or it is somebody else's.",
    409: "It cannot be done as things are now.",
    413: "The request is too large.",
    415: "The body is of another kind than this address takes.",
    422: "A value cannot be used.",
    429: "Too many requests, or too many jobs.",
    500: "The job failed, or something unexpected went wrong.",
    502: "The other side did not do its part.",
    503: "The server or its worker cannot do this now.",
    507: "The disk is full.",
}
_ALWAYS = (400, 401, 403, 429)
_WITH_BODY = (413, 415, 422)
_REF = "#/components/schemas/{model}"
_LOGINS = {
    "account": {"type": "http", "scheme": "basic"},
    "token": {"type": "http", "scheme": "bearer"},
    "session": {"type": "apiKey", "in": "cookie", "name": "darkroom_session_7860"},
}

Schema = dict[str, Any]
SchemaOf = Callable[[Any], Schema]


def api_document(app: FastAPI) -> Schema:
    """The document of an application's routes, as JSON values."""
    document = get_openapi(title=app.title, version=app.version, description=ABOUT, routes=app.routes)
    own = {name: value for name, value in document.get("components", {}).get("schemas", {}).items()
           if name not in ("HTTPValidationError", "ValidationError")}  # fmt: skip
    schema_of, schemas = _schemas(_types(THEMES))
    for address, operation in _operations(document):
        for theme in THEMES:
            if address in theme.routes:
                operation["tags"] = [theme.name]
                _describe(operation, theme.routes[address], schema_of, theme)
    document["components"] = {"schemas": own | schemas, "securitySchemes": _LOGINS}
    document["security"] = [{}, *({name: []} for name in _LOGINS)]
    document["tags"] = [{"name": theme.name, "description": theme.about} for theme in THEMES]
    return document


def _operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def _types(themes: Iterable[Theme]) -> Iterator[Any]:
    """Every type that has to be described."""
    for theme in themes:
        yield theme.problem
        for described in theme.routes.values():
            for each in (described.answer, *_bodies(described)):
                if each is not None and not isinstance(each, File):
                    yield each.shape if isinstance(each, Form) else each


def _bodies(described: Described) -> tuple[Any, ...]:
    return described.body if isinstance(described.body, tuple) else (described.body,)


def _schemas(types: Iterable[Any]) -> tuple[SchemaOf, Schema]:
    """What gives the schema of each of the types, and the schemas that these refer to."""
    adapters = {repr(each): TypeAdapter(each) for each in types}
    made, shared = TypeAdapter.json_schemas(
        [(name, "validation", adapter) for name, adapter in adapters.items()], ref_template=_REF
    )
    return lambda each: made[repr(each), "validation"], shared.get("$defs", {})


def _describe(operation: Schema, described: Described, schema_of: SchemaOf, theme: Theme) -> None:
    with_body = described.body is not None or "requestBody" in operation
    if described.body is not None:
        operation["requestBody"] = {"required": True, "content": _body_content(described, schema_of)}
    parameters = operation.setdefault("parameters", [])
    parameters += [
        {"name": name, "in": "header", "required": False, "description": about, "schema": {"type": "string"}}
        for name, about in described.headers.items()
    ]
    in_path = any(parameter["in"] == "path" for parameter in parameters)
    statuses = {
        *_ALWAYS, *described.problems, *(_WITH_BODY if with_body else ()), *((404,) if in_path else ()),
        *((422,) if parameters else ()),
    }  # fmt: skip
    problem = {"application/json": {"schema": schema_of(theme.problem)}}
    operation["responses"] = {
        str(described.status): _answer(described, schema_of),
        **{str(status): {"description": MEANINGS[status], "content": problem} for status in sorted(statuses)},
    }


def _body_content(described: Described, schema_of: SchemaOf) -> Schema:
    content: Schema = {}
    for body in _bodies(described):
        if isinstance(body, File):
            content |= _file_content(body)
        elif isinstance(body, Form):
            content["multipart/form-data"] = {"schema": schema_of(body.shape)}
        else:
            example = {} if described.example is None else {"example": dict(described.example)}
            content["application/json"] = {"schema": schema_of(body), **example}
    return content


def _answer(described: Described, schema_of: SchemaOf) -> Mapping[str, Any]:
    answer = described.answer
    if answer is None:
        return {"description": "Done."}
    if isinstance(answer, File):
        return {"description": answer.about or "The file.", "content": _file_content(answer)}
    example = {} if described.answered is None else {"example": described.answered}
    return {"description": "Done.", "content": {"application/json": {"schema": schema_of(answer), **example}}}


def _file_content(file: File) -> Schema:
    limit = {} if file.most is None else {"maxLength": file.most}
    about = {} if not file.about else {"description": file.about}
    return {kind: {"schema": {"type": "string", "format": "binary", **limit, **about}} for kind in file.media_types}
