"""Gives the document, as JSON and as a page. Its tables are loaded when somebody asks: a start has no use for them."""

from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse


def describe(app: FastAPI) -> None:
    """Let the application give the whole document, put together when it is first asked for."""

    def document() -> dict[str, Any]:
        from webui.server.api_document.document import api_document

        if app.openapi_schema is None:
            app.openapi_schema = api_document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]

    @app.get("/api/v1/docs", include_in_schema=False)
    def page() -> HTMLResponse:
        from webui.server.api_document.reading import page_of

        return HTMLResponse(page_of(document()), headers={"Cache-Control": "no-store"})
