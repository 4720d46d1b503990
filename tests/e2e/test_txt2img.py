"""The main job in a real browser: type, generate, watch it develop, interrupt, reload, find the file."""

import re
import time
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.e2e.conftest import open_page
from tests.e2e.making import canvas_shows, files_of, finished, generate, set_fields
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser

COLLECT_PREVIEWS = """() => {
  const canvas = document.querySelector('[data-testid=canvas]');
  window.previews = [];
  new MutationObserver(() => {
    const {job, step, final} = canvas.dataset;
    window.previews.push({job, step: +step, final: final === 'true', pixels: canvas.toDataURL()});
  }).observe(canvas, {attributes: true, attributeFilter: ['data-step', 'data-final', 'data-job']});
}"""


def _generate(page: Page, server: ServerProcess, **fields: str | int) -> dict[str, Any]:
    """Has small pictures made by the form; returns the job."""
    return generate(page, server, **{"width": 64, "height": 64} | fields)


def test_a_prompt_develops_step_by_step_into_a_picture_that_is_saved_with_its_parameters(
    page: Page, server: ServerProcess
) -> None:
    page.evaluate(COLLECT_PREVIEWS)
    known = {job["id"] for job in server.get("/api/v1/jobs")}
    set_fields(page, width=64, height=64, steps=40, seed=11)
    prompt = page.locator("#field-prompt textarea")
    prompt.fill("the cat")
    prompt.press("Control+Enter")
    expect(page.get_by_test_id("status-text")).to_contain_text(re.compile(r"step \d+ of 40"))
    (job,) = [job for job in server.get("/api/v1/jobs") if job["id"] not in known]
    # The canvas may still show an earlier job's finished picture while this one's first step is on its way.
    canvas_shows(page, job)
    previews = page.evaluate("job => window.previews.filter(shot => shot.job === job && !shot.final)", job["id"])
    assert len({shot["pixels"] for shot in previews}) >= 3
    steps = [shot["step"] for shot in previews]
    assert steps == sorted(steps)
    (saved,) = files_of(server, job)
    with Image.open(saved) as picture:
        assert picture.size == (64, 64)
        assert picture.text["parameters"].startswith("the cat\nSteps: 40, ")
        assert "Seed: 11," in picture.text["parameters"]
    expect(page.get_by_test_id("infotext")).to_contain_text("Seed: 11")


def test_the_slider_under_the_picture_goes_back_to_any_step(page: Page, server: ServerProcess) -> None:
    job = _generate(page, server, steps=12, seed=1)
    finished(server, job)
    canvas_shows(page, job)
    slider = page.get_by_test_id("step-slider")
    final = page.get_by_test_id("canvas").evaluate("canvas => canvas.toDataURL()")
    slider.focus()
    slider.press("Home")
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-step", "1")
    assert page.get_by_test_id("canvas").evaluate("canvas => canvas.toDataURL()") != final
    slider.press("End")
    canvas_shows(page, job)


def test_an_interrupt_ends_the_job_and_the_next_one_works(page: Page, server: ServerProcess) -> None:
    job = _generate(page, server, steps=150, batch_count=50)
    page.get_by_test_id("interrupt").click()
    ended = finished(server, job)
    assert ended["status"] == "cancelled"
    assert ended["step"] < 150 * 50
    after = _generate(page, server, steps=2, batch_count=1)
    assert finished(server, after)["status"] == "done"


def test_a_second_job_waits_and_shows_its_place(page: Page, server: ServerProcess) -> None:
    first = _generate(page, server, steps=150, batch_count=50)
    second = _generate(page, server, steps=2, batch_count=1)
    expect(page.get_by_test_id("queue-item")).to_have_count(1)
    expect(page.get_by_test_id("queue-item")).to_have_attribute("data-job", second["id"])
    page.get_by_test_id("interrupt").click()
    assert finished(server, first)["status"] == "cancelled"
    assert finished(server, second)["status"] == "done"
    expect(page.get_by_test_id("queue-list")).to_be_hidden()


def test_a_reload_finds_the_running_job_again_with_its_steps_and_the_typed_prompt(
    page: Page, server: ServerProcess
) -> None:
    job = _generate(page, server, steps=150, batch_count=40, prompt="kept over a reload")
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-job", job["id"])
    page.reload()
    expect(page.get_by_test_id("canvas")).to_have_attribute("data-job", job["id"])
    expect(page.get_by_test_id("status-text")).to_contain_text(re.compile(r"step \d+ of 150"))
    expect(page.locator("#field-prompt textarea")).to_have_value("kept over a reload")
    page.get_by_test_id("interrupt").click()
    assert finished(server, job)["status"] == "cancelled"


def test_words_typed_just_before_a_reload_are_kept(page: Page) -> None:
    page.locator("#field-prompt textarea").fill("the last words")
    page.reload()
    expect(page.locator("#field-prompt textarea")).to_have_value("the last words")


def test_a_finished_picture_is_still_there_after_a_reload(page: Page, server: ServerProcess) -> None:
    job = _generate(page, server, steps=5, batch_count=1)
    finished(server, job)
    canvas_shows(page, job)
    page.reload()
    canvas_shows(page, job)
    expect(page.get_by_test_id("step-slider")).to_be_enabled()


@pytest.mark.parametrize(
    ("field", "value", "says"), [("width", 13, "multiple of 8"), ("height", 100_000, "at most 2048")]
)
def test_a_bad_value_is_answered_in_a_sentence_and_loses_nothing(
    page: Page, server: ServerProcess, field: str, value: int, says: str
) -> None:
    jobs = len(server.get("/api/v1/jobs"))
    set_fields(page, **{"prompt": "kept", "width": 64, "height": 64, field: value})
    page.locator("#generate").click()
    expect(page.get_by_text(re.compile(rf"{field}: .*{says}"))).to_be_visible()
    expect(page.locator("#field-prompt textarea")).to_have_value("kept")
    assert len(server.get("/api/v1/jobs")) == jobs


def test_what_is_typed_before_the_draft_of_last_time_has_come_is_kept(
    context: BrowserContext, server: ServerProcess
) -> None:
    page = context.new_page()

    def delay(route: Route) -> None:
        time.sleep(1.5)
        route.continue_()

    page.route(re.compile(r"/gradio_api/(run|queue/join|call)"), delay)
    page.goto(server.address, wait_until="commit")
    page.locator("#field-prompt textarea").fill("typed at once")
    page.locator("html[data-ready=true]").wait_for()
    expect(page.locator("#field-prompt textarea")).to_have_value("typed at once")
    page.unroute_all()
    page.locator("#generate").click()
    waiting = server.wait_for("/api/v1/jobs", lambda jobs: jobs and jobs[0]["request"]["prompt"] == "typed at once")
    assert finished(server, waiting[0])["status"] == "done"


def test_twelve_tabs_at_once_all_see_the_job(context: BrowserContext, server: ServerProcess) -> None:
    tabs = [context.new_page() for _ in range(12)]
    for tab in tabs:
        open_page(tab, server)
    job = _generate(tabs[-1], server, steps=10, batch_count=1)
    finished(server, job)
    for tab in tabs:
        tab.bring_to_front()
        canvas_shows(tab, job)


def test_a_prompt_is_never_run_as_a_script(page: Page, server: ServerProcess) -> None:
    evil = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>${window.pwned=1}'
    job = _generate(page, server, prompt=evil, steps=2, batch_count=1)
    finished(server, job)
    expect(page.get_by_test_id("infotext")).to_contain_text("onerror")
    page.reload()
    expect(page.get_by_test_id("infotext")).to_contain_text("onerror")
    assert page.evaluate("window.pwned") is None


def test_the_page_asks_no_other_host_for_anything(context: BrowserContext, server: ServerProcess) -> None:
    page = context.new_page()
    addresses: list[str] = []
    context.on("request", lambda request: addresses.append(request.url))
    open_page(page, server)
    job = _generate(page, server, steps=2, batch_count=1)
    finished(server, job)
    foreign = [url for url in addresses if not url.startswith((server.address, "data:", "blob:"))]
    assert addresses
    assert not foreign
