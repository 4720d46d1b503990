"""`/api/v1/prompt`: the names that can be written into prompts, and what is told of a prompt while it is typed."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from webui.engine.engine import Engine
from webui.errors import InvalidRequest
from webui.generation.limits import Prompt
from webui.generation.styles import apply_styles
from webui.model_manager.networks import NetworkFiles
from webui.server.access.principals import principal_of
from webui.server.prompt_check import PromptChecker

_FRESH = {"Cache-Control": "no-store"}


class Typed(BaseModel):
    """What stands in the form while someone types; `styles` are names of kept prompts that go in as well."""

    prompt: Prompt = ""
    negative_prompt: Prompt = ""
    model: str | None = Field(default=None, max_length=500)
    steps: int = Field(default=20, ge=1, le=150)
    styles: tuple[str, ...] = Field(default=(), max_length=50)


def prompt_router(engine: Engine) -> APIRouter:
    """The routes that help with typing."""
    router = APIRouter(prefix="/api/v1/prompt")
    networks = NetworkFiles(engine.catalogue)
    checker = PromptChecker(
        catalogue=engine.catalogue,
        prompt_files=engine.prompt_files,
        networks=networks,
        syntaxes=engine.extensions.syntaxes,
    )

    @router.get("/names")
    def names(request: Request) -> JSONResponse:
        """LoRAs, textual inversions, styles and lists of words, by the names that prompts use for them."""
        house_words = engine.job_limits.uses_house_words(principal_of(request).owner)
        known = {
            "loras": networks.loras(),
            "embeddings": list(networks.embeddings()),
            "styles": engine.prompt_files.style_names() if house_words else [],
            "wildcards": engine.prompt_files.wildcard_names() if house_words else [],
        }
        return JSONResponse(known, headers=_FRESH)

    @router.post("/check")
    def check(request: Request, typed: Typed) -> JSONResponse:
        """Token counts against what their chunks hold, and warnings in sentences. Counts are null without a model."""
        house_words = engine.job_limits.uses_house_words(principal_of(request).owner)
        return JSONResponse(_checked(engine, checker, typed, house_words=house_words), headers=_FRESH)

    return router


def _checked(engine: Engine, checker: PromptChecker, typed: Typed, *, house_words: bool) -> dict[str, Any]:
    words, problems = (typed.prompt, typed.negative_prompt), []
    try:
        if house_words:
            words = apply_styles(*words, engine.prompt_files.chosen_styles(typed.styles))
    except InvalidRequest as error:
        problems.append(error.message)
    result = checker.check(*words, model=typed.model, steps=typed.steps, lists=house_words)
    return {
        "tokens": result.count.tokens if result.count else None,
        "limit": result.count.limit if result.count else None,
        "negative_tokens": result.negative_count.tokens if result.negative_count else None,
        "negative_limit": result.negative_count.limit if result.negative_count else None,
        "warnings": [*problems, *result.warnings],
    }
