"""Gives the document. Its tables are loaded when somebody first asks for it: a start has no use for them."""

from typing import Any

from fastapi import FastAPI


def describe(app: FastAPI) -> None:
    """Let the application give the whole document, put together when it is first asked for."""

    def document() -> dict[str, Any]:
        from webui.server.api_document.document import api_document

        if app.openapi_schema is None:
            app.openapi_schema = api_document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
