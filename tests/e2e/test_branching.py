"""A step is taken up again: changed, painted over, for a part only; and the walks stand beside each other."""

from typing import Any

import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.e2e.conftest import TIMEOUT_MS, open_page
from tests.e2e.making import finished
from tests.e2e.painting import SET_SLIDER, Fingers, pixels
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser

PLAYING = """() => {
  const shown = (side) => document.querySelector(`[data-testid=compare-${side}]`).dataset.position;
  const [left, right] = [shown("left"), shown("right")];
  return left === right && left > 0 && left < 12;
}"""
# Sights as a busy machine tells them: what was seen a moment ago comes with what is seen now.
LATE_SIGHTS = """(() => {
  const Plain = window.IntersectionObserver;
  window.IntersectionObserver = class extends Plain {
    constructor(seen, options) {
      super((sights) => seen([...sights.map(({ target }) => ({ target, isIntersecting: false })), ...sights]), options);
    }
  };
})()"""
OPEN = "told => window.darkroom.openRecording(told)"
REQUEST: dict[str, Any] = {
    "prompt": "the cat", "negative_prompt": "a dog", "seed": 11, "steps": 12, "width": 64, "height": 64,
}  # fmt: skip


def _record(server: ServerProcess, **changes: Any) -> dict[str, Any]:
    """Has a picture made; returns its recording as the server tells it."""
    job = httpx.post(f"{server.address}/api/v1/jobs", json=REQUEST | changes, timeout=30).json()
    assert finished(server, job)["status"] == "done"
    known = server.wait_for("/api/v1/trajectories?limit=50", lambda all_: any(one["job"] == job["id"] for one in all_))
    return server.get(f"/api/v1/trajectories/{next(one['id'] for one in known if one['job'] == job['id'])}")


def _open(page: Page, recording: dict[str, Any], position: int) -> None:
    page.evaluate(OPEN, {"trajectory": recording["id"], "picture": 0, "position": position})
    expect(page.get_by_test_id("scrubber-desk")).to_be_visible()
    panel = page.get_by_test_id("branch-panel")
    if panel.get_attribute("open") is None:
        panel.locator("> summary").click()
    expect(page.get_by_test_id("branch-lead")).to_contain_text(f"step {position}")


def _branch(page: Page, server: ServerProcess, parent: dict[str, Any]) -> dict[str, Any]:
    """Presses the button, waits until the branch stands beside its parent, and returns the branch's recording."""
    known = {child["id"] for child in parent["children"]}
    page.get_by_test_id("branch-button").click()
    address = f"/api/v1/trajectories/{parent['id']}"
    told = server.wait_for(address, lambda one: any(child["id"] not in known for child in one["children"]))
    new = next(child["id"] for child in told["children"] if child["id"] not in known)
    expect(page.get_by_test_id("compare-right")).to_have_attribute("data-recording", new)
    return server.get(f"/api/v1/trajectories/{new}")


def _picture(server: ServerProcess, recording: dict[str, Any]) -> NDArray[np.uint8]:
    image = server.get(f"/api/v1/images/{recording['pictures'][0]['id']}/parameters")
    return pixels(server.data_dir / image["path"])


def _places(page: Page, *shares: tuple[float, float]) -> list[tuple[float, float]]:
    """Where these shares of the painted picture's sides are in the window."""
    page.get_by_test_id("paint-stage").scroll_into_view_if_needed()
    box = page.get_by_test_id("paint-canvas").bounding_box()
    assert box is not None
    return [(box["x"] + across * box["width"], box["y"] + down * box["height"]) for across, down in shares]


def _stroke(page: Page, *shares: tuple[float, float]) -> None:
    """Draw through these shares of the painted picture's sides with the mouse."""
    points = _places(page, *shares)
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


def _open_easel(page: Page) -> None:
    page.get_by_test_id("painting").locator("> summary").click()
    expect(page.get_by_test_id("swatch").first).to_be_visible()


def _move(slider: Locator, position: int) -> None:
    slider.scroll_into_view_if_needed()  # what is out of sight is not drawn
    slider.evaluate(SET_SLIDER, str(position))


def test_a_branch_at_step_8_with_another_prompt_stands_beside_its_parent(page: Page, server: ServerProcess) -> None:
    parent = _record(server)
    _open(page, parent, 8)
    expect(page.get_by_test_id("branch-lead")).to_contain_text("4 of 12 left to walk")
    expect(page.get_by_test_id("branch-button")).to_have_text("Resume from step 8")
    page.get_by_test_id("branch-prompt").fill("the hill")
    expect(page.get_by_test_id("branch-changes")).to_contain_text("hill")
    expect(page.get_by_test_id("branch-button")).to_have_text("Branch at step 8")
    branch = _branch(page, server, parent)
    assert branch["origin"] == {"trajectory": parent["id"], "step": 8, "picture": 0}
    assert (branch["request"]["prompt"], branch["request"]["seed"]) == ("the hill", 11)
    assert (_picture(server, branch) != _picture(server, parent)).any()
    expect(page.get_by_test_id("compare-table")).to_contain_text("hill")

    left, right = page.get_by_test_id("compare-left"), page.get_by_test_id("compare-right")
    _move(page.get_by_test_id("compare-left-slider"), 5)
    expect(left).to_have_attribute("data-position", "5")
    expect(right).to_have_attribute("data-position", "5")
    expect(page.get_by_test_id("compare-difference-words")).to_have_text("no difference")
    _move(page.get_by_test_id("compare-right-slider"), 12)
    expect(left).to_have_attribute("data-position", "12")
    expect(right).to_have_attribute("data-position", "12")
    expect(page.get_by_test_id("compare-difference-words")).to_contain_text("of 255")
    page.get_by_test_id("compare-play").click()
    page.wait_for_function(PLAYING)


def test_nothing_changed_gives_the_same_picture_again(page: Page, server: ServerProcess) -> None:
    parent = _record(server, sampler="Euler a", seed=21)
    _open(page, parent, 7)
    expect(page.get_by_test_id("branch-changes")).to_contain_text("the same picture again")
    branch = _branch(page, server, parent)
    assert (_picture(server, branch) == _picture(server, parent)).all()
    expect(page.get_by_test_id("branch-panel")).to_contain_text("bit for bit")


def test_painting_over_a_step_changes_the_picture_and_can_be_undone(page: Page, server: ServerProcess) -> None:
    parent = _record(server, seed=31)
    _open(page, parent, 6)
    _open_easel(page)
    page.get_by_test_id("paint-colour").fill("#ff2010")
    _stroke(page, (0.2, 0.2), (0.8, 0.8))
    expect(page.get_by_test_id("branch-changes")).to_contain_text("painted over")
    page.get_by_test_id("paint-undo").click()
    expect(page.get_by_test_id("branch-changes")).to_contain_text("Nothing is changed")
    _stroke(page, (0.2, 0.5), (0.8, 0.5))
    branch = _branch(page, server, parent)
    painting = branch["request"]["start"]["painting"]
    stored = pixels(server.data_dir / "inputs" / f"{painting}.png")
    assert (stored[32, 32] == (0xFF, 0x20, 0x10)).all()
    assert (_picture(server, branch) != _picture(server, parent)).any()


def test_the_easel_says_where_paint_is_lost_in_the_noise(page: Page, server: ServerProcess) -> None:
    parent = _record(server, seed=31)
    _open(page, parent, 1)
    _open_easel(page)
    expect(page.get_by_test_id("paint-drowned")).to_contain_text("times as strong as the picture")
    page.get_by_test_id("layer-mask").click()
    expect(page.get_by_test_id("paint-drowned")).to_be_hidden()
    page.get_by_test_id("layer-colour").click()
    _open(page, parent, 11)
    expect(page.get_by_test_id("paint-drowned")).to_be_hidden()


def test_a_finger_paints_on_a_phone(browser: Browser, server: ServerProcess) -> None:
    parent = _record(server, seed=31)
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, device_scale_factor=2)
    context.set_default_timeout(TIMEOUT_MS)
    page = context.new_page()
    open_page(page, server)
    _open(page, parent, 6)
    _open_easel(page)
    fingers = Fingers(page)
    first, *others = _places(page, (0.3, 0.5), (0.5, 0.5), (0.7, 0.5))
    fingers.put("touchStart", first)
    for place in others:
        fingers.put("touchMove", place)
    fingers.put("touchEnd")
    expect(page.get_by_test_id("branch-changes")).to_contain_text("painted over")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()


def test_a_colour_is_picked_from_the_picture(page: Page, server: ServerProcess) -> None:
    parent = _record(server, seed=31)
    _open(page, parent, 9)
    _open_easel(page)
    page.get_by_test_id("paint-colour").fill("#12ab34")
    _stroke(page, (0.5, 0.5), (0.52, 0.5))
    page.get_by_test_id("paint-colour").fill("#ffffff")
    page.get_by_test_id("paint-pick").click()
    _stroke(page, (0.5, 0.5))
    expect(page.get_by_test_id("paint-colour")).to_have_value("#12ab34")


def test_with_a_mask_only_a_part_takes_the_new_way(page: Page, server: ServerProcess) -> None:
    parent = _record(server, seed=41)
    _open(page, parent, 4)
    page.get_by_test_id("branch-prompt").fill("a lake")
    page.get_by_test_id("branch-cfg").fill("9")
    _open_easel(page)
    page.get_by_test_id("layer-mask").click()
    _stroke(page, (0.1, 0.1), (0.1, 0.9))
    expect(page.get_by_test_id("branch-changes")).to_contain_text("a part only")
    branch = _branch(page, server, parent)
    assert branch["request"]["mask"]["picture"]
    before, after = (_picture(server, one).astype(int) for one in (parent, branch))
    changed = np.abs(before - after).mean(axis=-1)
    assert changed[:, :16].any()
    assert not changed[:, 48:].any()


def test_a_walk_with_more_steps_is_compared_by_the_share_of_the_way(page: Page, server: ServerProcess) -> None:
    parent = _record(server, seed=51)
    _open(page, parent, 6)
    page.get_by_test_id("branch-steps").fill("24")
    expect(page.get_by_test_id("branch-lead")).to_contain_text("about 12 of 24")
    branch = _branch(page, server, parent)
    assert branch["positions"] > parent["positions"]
    page.get_by_test_id("lock-share").click()
    _move(page.get_by_test_id("compare-left-slider"), 6)
    expect(page.get_by_test_id("compare-right")).to_have_attribute("data-position", str((branch["positions"] + 1) // 2))
    page.get_by_test_id("lock-noise").click()
    expect(page.get_by_test_id("compare-right")).to_have_attribute("data-position", "6")


def test_both_walks_move_when_several_sights_are_told_at_once(page: Page, server: ServerProcess) -> None:
    page.add_init_script(LATE_SIGHTS)
    open_page(page, server)
    parent = _record(server, seed=53)
    _open(page, parent, 8)
    _branch(page, server, parent)
    _move(page.get_by_test_id("compare-left-slider"), 5)
    expect(page.get_by_test_id("compare-right")).to_have_attribute("data-position", "5")


def test_the_family_tree_shows_both_walks_and_opens_one(page: Page, server: ServerProcess) -> None:
    parent = _record(server, seed=61)
    start = {"kind": "step", "trajectory": parent["id"], "step": 5, "picture": 0}
    branch = _record(server, seed=61, prompt="the hill", start=start)
    _open(page, parent, 8)
    items = page.get_by_test_id("family-item")
    expect(items).to_have_count(2)
    expect(items.first).to_have_attribute("aria-current", "true")
    expect(items.nth(1)).to_contain_text("step 5 · prompt")
    items.first.focus()
    page.keyboard.press("ArrowDown")
    expect(items.nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(items.nth(1)).to_have_attribute("aria-current", "true")
    expect(items.nth(1)).to_have_attribute("data-recording", branch["id"])
    expect(page.get_by_test_id("branch-prompt")).to_have_value("the hill")


def test_a_value_that_cannot_be_used_is_told_at_its_field(page: Page, server: ServerProcess) -> None:
    parent = _record(server, seed=71)
    _open(page, parent, 8)
    page.get_by_test_id("branch-cfg").fill("99")
    page.get_by_test_id("branch-cfg").press("Control+Enter")
    expect(page.locator("[data-field=cfg_scale]").get_by_test_id("branch-error")).to_contain_text("at most 30")
    expect(page.get_by_test_id("branch-cfg")).to_be_focused()
    page.get_by_test_id("branch-cfg").fill("4")
    expect(page.get_by_test_id("branch-error")).to_have_count(0)


def test_what_is_typed_before_the_samplers_are_known_stays(page: Page, server: ServerProcess) -> None:
    parent = _record(server, seed=71)
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    page.route("**/api/v1/samplers", hold)
    _open(page, parent, 8)
    page.get_by_test_id("branch-cfg").fill("7")
    expect(page.locator("[data-field=sampler] option")).to_have_count(1)
    (route,) = asked  # once, though both the recording and the picture on it are news
    route.continue_()
    page.wait_for_function("document.querySelectorAll('[data-field=sampler] option').length > 5")
    expect(page.get_by_test_id("branch-cfg")).to_have_value("7")
    expect(page.locator("[data-field=schedule] option:checked")).to_have_text("Automatic")


def test_at_the_end_of_the_walk_there_is_nothing_to_branch_from(page: Page, server: ServerProcess) -> None:
    parent = _record(server, seed=71)
    page.evaluate(OPEN, {"trajectory": parent["id"], "picture": 0, "position": 12})
    panel = page.get_by_test_id("branch-panel")
    panel.locator("> summary").click()
    expect(page.get_by_test_id("branch-lead")).to_contain_text("end of the walk")
    expect(page.get_by_test_id("branch-button")).to_be_disabled()


def test_where_the_checkpoint_is_gone_the_branch_walks_with_the_one_that_was_chosen(
    page: Page, server: ServerProcess
) -> None:
    parent = _record(server, seed=81, model="tiny")

    def gone(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"model_state": "gone", "notes": ["It is gone."]})

    page.route(f"**/api/v1/trajectories/{parent['id']}", gone)
    _open(page, parent, 8)
    page.get_by_test_id("scrubber-model").select_option("tiny-v")
    expect(page.get_by_test_id("branch-changes")).to_contain_text("tiny-v")
    branch = _branch(page, server, parent)
    assert branch["request"]["model"] == "tiny-v"
