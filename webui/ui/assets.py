"""The page's own style, scripts and icons: read once, put together, served at addresses that carry their version.

Gradio has a route `/assets` of its own, so ours is `/page`. `/hub.js`, the shared worker, is served by the server.
"""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.responses import Response
from starlette.requests import Request

from webui.access.roles import Role
from webui.ui.page_roles import PAGES, Part

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
ROUTE = "/page"
THEMES = "/api/v1/extensions/themes.css"
"""The colours that an extension brings, if they are chosen; after our own, so that they win."""

STYLES = (
    "static/tokens.css",
    "static/gradio.css",
    "static/basics.css",
    "static/fields.css",
    "static/own_controls.css",
    "static/bench.css",
    "static/sections.css",
    "static/layout.css",
    "static/roles.css",
    "static/visit.css",
    "notice/notice.css",
    "status_bar/status_bar.css",
    "job_view/job_view.css",
    "job_view/job_panels.css",
    "picture_input/picture_input.css",
    "picture_input/mask_tools.css",
    "png_info/png_info.css",
    "what_is_this/what_is_this.css",
    "prompt_help/prompt_help.css",
    "series_status/series_status.css",
    "extension_controls/extension_controls.css",
    "concept_sliders/concept_sliders.css",
    "step_scrubber/step_scrubber.css",
    "step_scrubber/player.css",
    "step_scrubber/plots.css",
    "step_scrubber/recordings.css",
    "step_scrubber/branch.css",
    "step_scrubber/painting.css",
    "step_scrubber/compare.css",
    "step_scrubber/family.css",
    "step_scrubber/more.css",
    "static/explainer.css",
    "forward_diffusion/forward_diffusion.css",
    "explore_tab/explore_tab.css",
    "explore_tab/explore_controls.css",
    "explore_tab/map/map.css",
    "explore_tab/map/map_side.css",
    "explore_tab/journeys/journeys.css",
    "explore_tab/beyond/beyond.css",
    "explore_tab/seeds/seeds.css",
    "explore_tab/latents/latents.css",
    "explore_tab/latents/channels.css",
    "explore_tab/latents/edits.css",
    "explore_tab/latents/near.css",
    "explore_tab/sliders/sliders.css",
    "models_tab/models_tab.css",
    "models_tab/cards.css",
    "models_tab/model_details.css",
    "models_tab/model_tasks.css",
    "extensions_tab/extensions_tab.css",
    "extensions_tab/extension_cards.css",
    "extension_page/extension_page.css",
    "extension_page/plain_elements.css",
    "settings_tab/settings_tab.css",
    "settings_tab/model_settings.css",
    "share_tab/share_tab.css",
    "share_tab/open_link.css",
)
"""Every style sheet of the page, in the order in which later ones win."""

SCRIPTS = (
    "static/role.js",
    "static/theme.js",
    "static/ask.js",
    "static/copying.js",
    "static/times.js",
    "static/hub_client.js",
    "static/sharing.js",
    "static/visit.js",
    "static/tabs.js",
    "static/recordings.js",
    "static/explorer.js",
    "static/journey_stops.js",
    "static/make_picture.js",
    "static/explainer.js",
    "step_scrubber/explain.js",
    "static/abilities.js",
    "static/changes.js",
    "static/drafts.js",
    "static/infotext.js",
    "static/page_news.js",
    "static/bench.js",
    "static/shortcuts.js",
    "prompt_help/offers.js",
    "prompt_help/prompt_help.js",
    "prompt_help/prompt_counts.js",
)
"""Scripts that must run before Gradio draws the page; components bring their own (see `component`)."""

_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page: its name under the route, and its bytes."""

    name: str
    content: bytes

    @property
    def url(self) -> str:
        """Where the page finds it; a new content has a new address, so browsers may keep it for ever."""
        return f"{ROUTE}/{self.name}?v={_digest(self.content)}"

    @property
    def media_type(self) -> str:
        """The type of content by the name's ending."""
        return _MEDIA_TYPES[Path(self.name).suffix]


def style_sheet() -> Asset:
    """All styles as one file, the icons inside."""
    parts = [_icon_styles(), *((FOLDER / name).read_text("utf-8") for name in STYLES)]
    return Asset("page.css", "\n".join(parts).encode())


def script() -> Asset:
    """The page's own scripts as one file, with the shared worker's versioned address."""
    address = f"/hub.js?v={_digest((STATIC / 'hub.js').read_bytes())}"
    parts = [f'window.darkroom = {{ hubAddress: "{address}" }};', *((FOLDER / n).read_text("utf-8") for n in SCRIPTS)]
    return Asset("page.js", "\n".join(parts).encode())


def login_style() -> Asset:
    """The style of the login page, which is no Gradio page."""
    return Asset("login.css", b"".join((STATIC / name).read_bytes() for name in ("tokens.css", "login.css")))


def login_theme() -> Asset:
    """The script by which the login page is dark or light as the visitor has chosen; it belongs into the head."""
    return Asset("login_theme.js", b"window.darkroom = {};\n" + (STATIC / "theme.js").read_bytes())


def login_fonts() -> tuple[Asset, ...]:
    """The typeface of the login page: the page's own, which Gradio ships and serves only to those who are let in."""
    gradio = find_spec("gradio")  # importing it takes seconds
    assert gradio is not None and gradio.origin is not None, "Gradio is one of our requirements"
    fonts = Path(gradio.origin).parent / "templates/frontend/static/fonts/IBMPlexSans"
    return tuple(
        Asset(f"plex-{weight}.woff2", (fonts / f"IBMPlexSans-{name}.woff2").read_bytes())
        for weight, name in ((400, "Regular"), (700, "Bold"))
    )


def favicon() -> Asset:
    """The page's icon."""
    return Asset("favicon.svg", (STATIC / "favicon.svg").read_bytes())


def head(page: str = "", role: Role = Role.ADMIN) -> str:
    """What the document's head needs. The script comes first and blocks, so that no wrong theme flashes by.

    Args:
        page: names what this page was built from (see `webui.ui.page_parts`).
        role: of those whom the page is for; its parts are told to the scripts.
    """
    parts = " ".join(sorted(PAGES[role].parts))
    theme = (
        f'<link rel="stylesheet" id="extension-theme" href="{THEMES}">' if Part.EXTENSION_TABS in PAGES[role] else ""
    )
    return (
        f'<meta name="darkroom-role" content="{role.name.lower()}" data-parts="{parts}">'
        f'<script src="{script().url}"></script>'
        f'<link rel="stylesheet" href="{style_sheet().url}">'
        f"{theme}"
        f'<meta name="darkroom-page" content="{page}">'
        f'<link rel="icon" type="image/svg+xml" href="{favicon().url}">'
        '<meta name="color-scheme" content="dark light">'
    )


def serve_assets(app: FastAPI) -> None:
    """Add the route to the application."""
    served = (style_sheet(), script(), login_style(), login_theme(), *login_fonts(), favicon())
    assets = {asset.name: asset for asset in served}

    @app.get(ROUTE + "/{name}", include_in_schema=False)
    async def page_asset(name: str, request: Request) -> Response:
        asset = assets.get(name)
        if asset is None:
            return Response(status_code=404)
        versioned = request.query_params.get("v") == _digest(asset.content)
        caching = "private, max-age=31536000, immutable" if versioned else "no-cache"
        headers = {"cache-control": caching, "x-content-type-options": "nosniff"}
        return Response(asset.content, media_type=asset.media_type, headers=headers)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _icon_styles() -> str:
    """A class for each icon: a mask, so that an icon has the colour of the text around it."""
    rules = []
    for path in sorted((STATIC / "icons").glob("*.svg")):
        picture = path.read_text("utf-8").split("-->", 1)[-1]
        rules.append(f'.icon-{path.stem} {{ --icon: url("data:image/svg+xml,{quote(" ".join(picture.split()))}"); }}')
    return "\n".join(rules)
