"""One page for each role behind one address, in the running application."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
from fastapi import FastAPI

from webui.access.principal import HOUSE, Principal
from webui.access.roles import Role
from webui.server.access.principals import note_principal
from webui.server.role_pages import RolePages
from webui.server.splash import add_splash


def _page(role: Role) -> FastAPI:
    import gradio as gr

    with gr.Blocks(title=role.name, analytics_enabled=False) as blocks:
        text = gr.Textbox()
        gr.Button("go").click(lambda value: f"{role.name} {value}", text, text, queue=False)
    return gr.mount_gradio_app(FastAPI(openapi_url=None), blocks, path="/", footer_links=[], show_error=False)


class Site:
    """An application with the pages; who asks is said by a header."""

    def __init__(self, build: Callable[[Role], FastAPI]) -> None:
        self.asked: list[Role] = []
        self.parts = "first"
        self.changes: list[str] = []

        def noted(role: Role) -> FastAPI:
            self.asked.append(role)
            return build(role)

        self.app = FastAPI()
        self.app.state.page_ready, self.app.state.page_problem = False, ""
        add_splash(self.app)
        self.pages = RolePages(self.app, noted, parts=lambda: self.parts, on_change=self.changes.append)
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(self._with_principal), base_url="http://here")

    async def _with_principal(self, scope: Any, receive: Any, send: Any) -> None:
        headers: Mapping[bytes, bytes] = dict(scope["headers"])
        role = Role[headers.get(b"x-role", b"ADMIN").decode()]
        note_principal(scope, HOUSE if role is Role.ADMIN else Principal(role, f"guest:{role.name}"))
        await self.app(scope, receive, send)

    async def get(self, path: str, role: Role = Role.ADMIN) -> httpx.Response:
        return await self.client.get(path, headers={"x-role": role.name}, timeout=60)

    async def call(self, role: Role) -> Any:
        wanted = {"data": ["x"], "fn_index": 0, "session_hash": "one"}
        answer = await self.client.post("/gradio_api/run/predict", json=wanted, headers={"x-role": role.name})
        return answer.json()["data"]


async def _until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.02)


def _run(scenario: Callable[[Site], Awaitable[None]], build: Callable[[Role], FastAPI] = _page) -> None:
    async def whole() -> None:
        site = Site(build)
        try:
            await asyncio.wait_for(scenario(site), 120)
        finally:
            await site.pages.close()
            await site.client.aclose()

    asyncio.run(whole())


def test_everybody_gets_the_page_and_the_handlers_of_their_role() -> None:
    async def scenario(site: Site) -> None:
        site.pages.begin()
        await _until(lambda: site.app.state.page_ready)
        assert site.asked == [Role.ADMIN]  # the others cost nothing before somebody needs them
        assert site.pages.routes
        for role in Role:
            assert (await site.get("/config", role)).json()["title"] == role.name
            assert await site.call(role) == [f"{role.name} x"]
        assert site.asked == [Role.ADMIN, Role.VIEWER, Role.GUEST, Role.USER]

    _run(scenario)


def test_a_page_of_somebody_who_logged_in_is_not_kept_by_the_browser() -> None:
    async def scenario(site: Site) -> None:
        site.pages.begin()
        await _until(lambda: site.app.state.page_ready)
        assert (await site.get("/", Role.GUEST)).headers["cache-control"] == "no-store"
        assert "cache-control" not in (await site.get("/")).headers  # at this machine there is nobody else

    _run(scenario)


def test_a_page_that_many_ask_for_at_once_is_built_once() -> None:
    async def scenario(site: Site) -> None:
        site.pages.begin()
        await _until(lambda: site.app.state.page_ready)
        answers = await asyncio.gather(*(site.get("/config", Role.GUEST) for _ in range(4)))
        assert {answer.json()["title"] for answer in answers} == {"GUEST"}
        assert site.asked.count(Role.GUEST) == 1

    _run(scenario)


def test_no_two_pages_are_built_at_the_same_time() -> None:
    """Gradio keeps what it lays out in one place of the process: parts of one page would stand on the other."""
    at_work = threading.Lock()
    together: list[Role] = []

    def build(role: Role) -> FastAPI:
        if not at_work.acquire(blocking=False):
            together.append(role)
            return _page(role)
        try:
            return _page(role)
        finally:
            at_work.release()

    async def scenario(site: Site) -> None:
        site.pages.begin()
        await _until(lambda: site.app.state.page_ready)
        await asyncio.gather(*(site.get("/config", role) for role in (Role.GUEST, Role.USER, Role.VIEWER)))
        assert together == []
        assert len(site.asked) == len(Role)

    _run(scenario, build)


def test_pages_that_were_built_are_built_anew_and_no_others() -> None:
    async def scenario(site: Site) -> None:
        site.pages.begin()
        await _until(lambda: site.app.state.page_ready)
        await site.get("/config", Role.GUEST)
        site.parts = "second"
        site.pages.renew()
        await _until(lambda: len(site.asked) == 4 and site.changes == ["second"])
        assert sorted(site.asked) == [Role.GUEST, Role.GUEST, Role.ADMIN, Role.ADMIN]

    _run(scenario)


def test_a_page_that_cannot_be_built_says_so_to_its_own_visitors() -> None:
    def build(role: Role) -> FastAPI:
        if role is Role.GUEST:
            raise RuntimeError("no page for guests")
        return _page(role)

    async def scenario(site: Site) -> None:
        site.pages.begin()
        await _until(lambda: site.app.state.page_ready)
        answer = await site.get("/", Role.GUEST)
        assert answer.status_code == 503
        assert "in the log" in answer.text
        assert "no page for guests" not in answer.text
        assert (await site.get("/config")).json()["title"] == "ADMIN"

    _run(scenario, build)


def test_a_first_page_that_could_not_be_built_is_tried_again_when_its_parts_change() -> None:
    broken = [True]

    def build(role: Role) -> FastAPI:
        if broken[0]:
            raise RuntimeError("not yet")
        return _page(role)

    async def scenario(site: Site) -> None:
        site.pages.begin()
        await _until(lambda: bool(site.app.state.page_problem))
        assert "Starting" in (await site.get("/")).text
        broken[0], site.parts = False, "second"
        site.pages.renew()
        await _until(lambda: site.app.state.page_ready)
        assert site.app.state.page_problem == ""
        assert (await site.get("/config")).json()["title"] == "ADMIN"

    _run(scenario, build)
