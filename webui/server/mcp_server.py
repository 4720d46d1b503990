"""`/mcp`: a server of the Model Context Protocol, so that language models can make pictures here. Off unless asked for.

The protocol comes from the `mcp` package; its requests come through the same guard and gate as all others, and the
tools do what the routes of the API do for the same person. There are no sessions: each request stands for itself, so
that nobody can go on with another one's.
"""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

import webui
from webui.access.kinds import Kind
from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.engine.jobs import Job
from webui.errors import InvalidRequest, JobNotFound, WebUIError
from webui.generation.request import GenerationRequest
from webui.server.access.principals import principal_of
from webui.server.bodies import check_names, text_of
from webui.server.errors import error_response
from webui.server.making import make
from webui.server.untold_paths import UntoldPaths
from webui.server.waiting import Askers
from webui.ui.model_defaults import model_defaults

MOST_PICTURES = 4
"""As all of them travel in one answer, which a language model has to look at."""
_SAID = (
    "prompt", "negative_prompt", "model", "width", "height", "steps", "cfg_scale", "sampler", "schedule", "seed",
    "batch_count",
)  # fmt: skip
"""The fields of a request that the tool has, by their own names."""
_DEFAULT_STRENGTH = 0.75
_INSTRUCTIONS = (
    "Makes pictures with the diffusion models of this computer. Call list_models for the models that there are, and "
    "generate to make a picture. That takes from seconds to minutes: where it may take longer than you can wait, call "
    "generate with wait false, and then get_result until it is done. The id of a picture can be given to generate as "
    "the picture to start from."
)


class McpServer:
    """The tools over an engine; an ASGI endpoint while it is `running`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._askers = Askers()
        self._paths = UntoldPaths(engine.settings)
        self._calls = {"generate": self._generate, "list_models": self._list_models, "get_result": self._get_result}
        server: Server[Any] = Server(
            "darkroom", title="Darkroom", version=webui.__version__, instructions=_INSTRUCTIONS,
            on_list_tools=self._tools, on_call_tool=self._call,
        )  # fmt: skip
        # Plain JSON, as clients refuse events of more than a megabyte, which is less than a large picture. Who may
        # speak to us is the guard's to say, so that the package's own check of hosts is off.
        self._manager = StreamableHTTPSessionManager(server, stateless=True, json_response=True)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While the application runs. Once only."""
        async with self._manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Without sessions there is nothing to listen to, or to end."""
        if scope["method"] != "POST":
            await error_response(405, "This address takes POST alone.")(scope, receive, send)
        else:
            await self._manager.handle_request(scope, receive, send)

    async def _tools(
        self, _context: ServerRequestContext[Any], _params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        return types.ListToolsResult(tools=list(TOOLS))

    async def _call(
        self, context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        """What a tool does; what goes wrong is told to the model, which may do better."""
        call = self._calls.get(params.name)
        try:
            if call is None:
                raise InvalidRequest(f"There is no tool '{params.name[:60]}'.", hint=f"There are {', '.join(_NAMES)}.")
            return await call(context, params.arguments or {})
        except WebUIError as error:
            told = types.TextContent(text=self._in_words(str(error), _request_of(context)[1]))
            return types.CallToolResult(content=[told], is_error=True)

    async def _generate(self, context: ServerRequestContext[Any], arguments: Mapping[str, Any]) -> types.CallToolResult:
        request = await run_in_threadpool(self._request, arguments)
        http, principal = _request_of(context)
        if arguments.get("wait") is False:
            job = await run_in_threadpool(self._engine.submit, request, principal.owner)
        else:
            made = await self._askers.run(http, lambda wanted: make(self._engine, request, principal, wanted))
            job = made.job
        return await run_in_threadpool(self._told, job, principal)

    async def _list_models(
        self, _context: ServerRequestContext[Any], arguments: Mapping[str, Any]
    ) -> types.CallToolResult:
        check_names(arguments, ())
        entries = await run_in_threadpool(self._engine.catalogue.entries)
        models = [
            {"name": entry.name, "base": entry.base, "description": entry.description, **model_defaults(entry)}
            for entry in entries
            if entry.problem is None
        ]
        return _result({"models": models})

    async def _get_result(
        self, context: ServerRequestContext[Any], arguments: Mapping[str, Any]
    ) -> types.CallToolResult:
        check_names(arguments, ("job",))
        _, principal = _request_of(context)
        return await run_in_threadpool(self._result_of, text_of(arguments, "job"), principal)

    def _result_of(self, job: str, principal: Principal) -> types.CallToolResult:
        if not self._engine.ownership.owns(principal.scope, Kind.JOB, job):
            raise JobNotFound("There is no such job.", hint="generate tells the id of its job.")
        return self._told(self._engine.job(job), principal)

    def _request(self, arguments: Mapping[str, Any]) -> GenerationRequest:
        """What the arguments mean; what they leave out is as people start with the model.

        Raises:
            WebUIError: one of them cannot be used.
        """
        check_names(arguments, (*_SAID, "picture", "strength", "wait"))
        if not isinstance(arguments.get("prompt"), str):
            raise InvalidRequest("prompt: it must be a text.", field="prompt")
        if not isinstance(arguments.get("wait", True), bool):
            raise InvalidRequest("wait: it must be true or false.", field="wait")
        said = {name: arguments[name] for name in _SAID if arguments.get(name) is not None}
        entry = self._engine.catalogue.find(text_of(arguments, "model") or None)
        values: dict[str, Any] = {**model_defaults(entry), **said, "model": entry.name}
        if arguments.get("picture") is not None:
            strength = arguments.get("strength")
            values["start"] = {
                "kind": "picture", "picture": arguments["picture"],
                "strength": _DEFAULT_STRENGTH if strength is None else strength,
            }  # fmt: skip
        request = GenerationRequest.parse(values)
        if request.batch_count > MOST_PICTURES:
            raise InvalidRequest(f"batch_count: it must be at most {MOST_PICTURES}.", field="batch_count")
        return request

    def _in_words(self, sentence: str, principal: Principal) -> str:
        return sentence if principal.sees_everything else self._paths.in_words(sentence)

    def _told(self, job: Job, principal: Principal) -> types.CallToolResult:
        """A job with the pictures that it has so far."""
        library = self._engine.library
        pictures = [library.find(picture) for picture in job.images]
        problem = None if job.error is None else self._in_words(f"{job.error} {job.hint}".strip(), principal)
        values = {
            "job": job.id, "status": job.status.value, "step": job.step, "total": job.total, "error": problem,
            "pictures": [
                {"id": picture.id, "seed": picture.seed, "width": picture.width, "height": picture.height}
                for picture in pictures
            ],
        }  # fmt: skip
        return _result(values, [library.read(picture.id) for picture in pictures])


def _request_of(context: ServerRequestContext[Any]) -> tuple[Request, Principal]:
    """The HTTP request that a call came with, and who sent it."""
    assert isinstance(context.request, Request)
    return context.request, principal_of(context.request)


def _result(values: Mapping[str, Any], pngs: Sequence[bytes] = ()) -> types.CallToolResult:
    """Values as data and, for models that read text alone, as text; after the pictures."""
    pictures = [types.ImageContent(data=b64encode(png).decode(), mime_type="image/png") for png in pngs]
    text = types.TextContent(text=json.dumps(values))
    return types.CallToolResult(content=[*pictures, text], structured_content=dict(values))


def _generate_schema() -> dict[str, Any]:
    """That of a request's own fields, with what the tool adds."""
    fields = GenerationRequest.model_json_schema()["properties"]
    said = {name: {key: value for key, value in fields[name].items() if key != "default"} for name in _SAID}
    said["batch_count"] |= {"maximum": MOST_PICTURES, "description": "How many pictures."}
    said["model"] |= {"description": "A name from list_models."}
    said["seed"] |= {"description": "The same seed gives the same picture; -1 is a random one."}
    more = {
        "picture": {
            "type": "string", "pattern": "^[0-9a-f]{32}$", "description": "The id of a picture to start from.",
        },
        "strength": {
            "type": "number", "minimum": 0, "maximum": 1,
            "description": "How much of that picture is made anew: 0 nothing, 1 everything.",
        },
        "wait": {
            "type": "boolean", "default": True,
            "description": "Whether to answer when the pictures are done; else at once, for get_result.",
        },
    }  # fmt: skip
    return {"type": "object", "properties": {**said, **more}, "required": ["prompt"], "additionalProperties": False}


TOOLS = (
    types.Tool(
        name="generate", title="Make a picture", input_schema=_generate_schema(),
        description="Makes pictures from a prompt, or from a picture and a prompt. What is left out is as the model "
        "likes it. The answer has the pictures, their ids, and the id of the job.",
        annotations=types.ToolAnnotations(read_only_hint=False, destructive_hint=False, open_world_hint=False),
    ),
    types.Tool(
        name="list_models", title="List the models",
        description="The models that can make pictures, the default one first, with the settings that each likes.",
        input_schema={"type": "object", "properties": {}, "additionalProperties": False},
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    ),
    types.Tool(
        name="get_result", title="Get a result",
        description="How far a job of generate is, and its pictures that are done.",
        input_schema={
            "type": "object", "properties": {"job": {"type": "string", "description": "The id of the job."}},
            "required": ["job"], "additionalProperties": False,
        },
        annotations=types.ToolAnnotations(read_only_hint=True, open_world_hint=False),
    ),
)  # fmt: skip
_NAMES = tuple(tool.name for tool in TOOLS)
