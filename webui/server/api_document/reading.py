"""The OpenAPI document as a page to read: plain HTML without a script, and nothing from elsewhere."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
summary { cursor: pointer; padding: .3rem 0; }
summary code { font-weight: 600; }
summary:focus-visible { outline: 2px solid; outline-offset: 2px; }
details > :not(summary) { margin-left: 1.5rem; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid color-mix(in srgb, currentColor 25%, transparent); }
th, td { text-align: left; padding: .1rem 1rem .1rem 0; vertical-align: top; }
"""
_REF = "#/components/schemas/"

Schema = Mapping[str, Any]


def page_of(document: Schema) -> str:
    """The page for a document."""
    parts = [
        f"<h1>{escape(document['info']['title'])}: the HTTP API</h1><p>{escape(document['info']['description'])}</p>",
        '<p>For programs: <a href="/api/v1/openapi.json">openapi.json</a>.</p>',
        *(part for tag in document["tags"] for part in _theme(document, tag)),
        "<h2>Shapes</h2>",
        *(_shape(name, schema) for name, schema in sorted(document["components"]["schemas"].items())),
    ]
    head = '<meta charset="utf-8"><title>The HTTP API</title><meta name="viewport" content="width=device-width">'
    head += f"<style>{_STYLE}</style>"
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(parts)}</body></html>'


def _theme(document: Schema, tag: Schema) -> Iterator[str]:
    yield f"<h2>{escape(tag['name'])}</h2><p>{escape(tag['description'])}</p>"
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if tag["name"] in operation["tags"]:
                yield _operation(f"{method.upper()} {path}", operation)


def _operation(address: str, operation: Schema) -> str:
    about = operation.get("description") or operation.get("summary", "")
    parts = [f"<summary><code>{escape(address)}</code></summary><p>{escape(about)}</p>"]
    rows = [(each["name"], each["in"], _kind(each["schema"])) for each in operation.get("parameters", ())]
    if rows:
        parts.append(_table(rows))
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        parts.append(f"<p>Takes {escape(kind)}: {_kind(content['schema'])}</p>")
        if "example" in content:
            parts.append(f"<pre>{escape(json.dumps(content['example'], indent=2))}</pre>")
    answers = []
    for status, answer in operation["responses"].items():
        shapes = [_kind(content["schema"]) for content in answer.get("content", {}).values()]
        answers.append((status, escape(answer["description"]), ", ".join(dict.fromkeys(shapes))))
    return f"<details>{''.join(parts)}{_table(answers)}</details>"


def _shape(name: str, schema: Schema) -> str:
    told, id_ = escape(json.dumps(schema, indent=2)), escape(name)
    # The id is inside, as browsers open what holds the place that a link goes to.
    return f'<details><summary><code>{id_}</code></summary><pre id="{id_}">{told}</pre></details>'


def _kind(schema: Schema) -> str:
    """What a value is, in HTML: a link to its shape, or a word."""
    if "$ref" in schema:
        name = escape(schema["$ref"].removeprefix(_REF))
        return f'<a href="#{name}">{name}</a>'
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    several = schema.get("anyOf") or schema.get("oneOf")
    if several:
        return " or ".join(map(_kind, several))
    if "enum" in schema:
        return escape(", ".join(map(str, schema["enum"])))
    return escape("file" if schema.get("format") == "binary" else str(schema.get("type", "anything")))


def _table(rows: list[tuple[str, str, str]]) -> str:
    """Of texts that are HTML already."""
    return f"<table>{''.join('<tr>' + ''.join(f'<td>{cell}</td>' for cell in row) + '</tr>' for row in rows)}</table>"
