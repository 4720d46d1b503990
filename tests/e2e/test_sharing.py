"""A public link through a real ssh tunnel: the host's page, and guests in browsers of their own."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import open_page
from tests.e2e.making import finished, make, open_tab, set_fields
from tests.e2e.real_server import ServerProcess
from tests.e2e.visitors import Visitor, close_link, come_in, open_link, visitor
from tests.sharing.ssh_server import SshServer, ssh_server

pytestmark = pytest.mark.browser
SMALL = {"steps": 2, "width": 64, "height": 64}


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with ssh_server(tmp_path_factory.mktemp("sshd")) as started:
        yield started


@pytest.fixture(autouse=True)
def _closed_afterwards(server: ServerProcess) -> Iterator[None]:
    yield
    close_link(server)


@pytest.fixture
def guest(browser: Browser) -> Iterator[Visitor]:
    with visitor(browser) as came:
        yield came


def _share_by_ssh(page: Page, sshd: SshServer) -> None:
    open_tab(page, "Share")
    page.get_by_role("radio", name="A server of your own (ssh)").check()
    page.get_by_test_id("ssh-destination").fill(sshd.options["destination"])
    page.get_by_test_id("ssh-port").fill(str(sshd.options["port"]))
    page.get_by_test_id("ssh-key").fill(sshd.options["key"])
    page.get_by_text("More of the server").click()
    page.get_by_test_id("ssh-bind").fill(sshd.options["bind"])
    page.get_by_test_id("share-open").click()
    expect(page.get_by_test_id("share-link")).to_be_visible()


def test_a_guest_makes_a_picture_sees_only_that_and_is_cut_off_at_the_end(
    page: Page, server: ServerProcess, sshd: SshServer, guest: Visitor
) -> None:
    make(server, prompt="the secret of the house", seed=1, **SMALL)
    of_house = server.get("/api/v1/images?limit=1")[0]["id"]
    _share_by_ssh(page, sshd)
    link = {"url": page.get_by_test_id("share-url").inner_text()}
    link["password"] = page.get_by_test_id("share-password").inner_text()
    assert page.get_by_test_id("share-qr").locator("img").evaluate("image => image.naturalWidth") > 0
    expect(page.get_by_test_id("share-nobody")).to_be_visible()

    come_in(guest, link, "Ann")
    visit = guest.page
    guest.complaints.clear()  # of the login page
    expect(visit.get_by_test_id("visit")).to_contain_text("Ann: you are a guest here until")
    names = visit.get_by_role("tab").all_inner_texts()
    assert names == ["txt2img", "img2img", "inpaint", "Step scrubber", "PNG Info"]
    expect(visit.get_by_test_id("filmstrip-item")).to_have_count(0)
    set_fields(visit, prompt="a boat of Ann's", **SMALL)
    visit.locator("#generate").click()
    expect(visit.get_by_test_id("canvas")).to_have_attribute("data-final", "true")
    expect(visit.get_by_test_id("filmstrip-item")).to_have_count(1)
    for name in names:
        open_tab(visit, name)
    expect(visit.get_by_test_id("scrubber-title")).to_contain_text("a boat of Ann's")
    assert "secret" not in visit.content()
    assert guest.complaints == []  # nothing is asked that a guest may not ask

    expect(page.get_by_test_id("share-guest")).to_contain_text("Ann")
    expect(page.get_by_test_id("share-guest")).to_contain_text("a boat of Ann's")
    expect(page.get_by_test_id("visit")).to_contain_text("1 guest")
    open_tab(page, "txt2img")
    expect(page.get_by_role("img", name="the secret of the house")).to_be_visible()  # on the host's canvas as before
    of_guest = server.get("/api/v1/images?limit=1")[0]["id"]
    expect(visit.locator(_in_strip(of_guest))).to_have_count(1)
    expect(page.locator(_in_strip(of_house))).to_have_count(1)
    expect(page.locator(_in_strip(of_guest))).to_have_count(0)
    open_page(page, server)
    expect(page.get_by_role("img", name="the secret of the house")).to_be_visible()
    page.get_by_test_id("visit-close").click()
    expect(visit.get_by_test_id("visit-end")).to_contain_text("This link has ended")
    expect(page.get_by_test_id("visit")).to_have_count(0)
    asked: list[str] = []
    visit.on("request", lambda request: asked.append(request.url))
    visit.wait_for_timeout(1500)
    assert asked == []  # nobody goes on trying
    assert server.get("/api/v1/share")["state"] == "closed"


def _in_strip(picture: str) -> str:
    return f'[data-testid="filmstrip-item"] img[src*="{picture}"]'


def test_the_host_ends_the_visit_of_one_guest(
    page: Page, server: ServerProcess, sshd: SshServer, guest: Visitor, browser: Browser
) -> None:
    link = open_link(server, sshd)
    come_in(guest, link, "Ann")
    with visitor(browser) as other:
        come_in(other, link, "Ben")
        open_tab(page, "Share")
        expect(page.get_by_test_id("share-guest")).to_have_count(2)
        page.get_by_role("button", name="End the visit of Ann").click()
        expect(guest.page.get_by_test_id("visit-end")).to_contain_text("Your visit has ended")
        expect(page.get_by_test_id("share-guest")).to_have_count(1)
        expect(other.page.get_by_test_id("visit")).to_be_visible()


def test_who_looks_on_sees_a_picture_come_and_no_words_of_it(
    server: ServerProcess, sshd: SshServer, guest: Visitor
) -> None:
    come_in(guest, open_link(server, sshd, level="look"), "Ann")
    guest.complaints.clear()
    visit = guest.page
    expect(visit.get_by_test_id("empty-state")).to_be_visible()
    job = httpx.post(f"{server.address}/api/v1/jobs", json={"prompt": "a secret", **SMALL}, timeout=30).json()
    assert finished(server, job)["status"] == "done"
    expect(visit.get_by_test_id("canvas")).to_have_attribute("data-final", "true")
    expect(visit.get_by_test_id("step-slider")).to_be_enabled()
    pressable = visit.get_by_role("button").filter(visible=True)
    named = {one.get_attribute("data-testid") for one in pressable.all()}
    assert named == {"theme", "help", "log-out", "filmstrip-item"}
    visit.keyboard.press("Control+Enter")
    assert "a secret" not in visit.content()
    assert guest.complaints == []


def test_a_tunnel_that_cannot_be_opened_is_told_where_it_happened(page: Page, server: ServerProcess) -> None:
    open_tab(page, "Share")
    page.get_by_role("radio", name="A server of your own (ssh)").check()
    page.get_by_test_id("ssh-destination").fill("-oProxyCommand=touch x")
    page.get_by_test_id("share-open").click()
    expect(page.get_by_test_id("error-box")).to_contain_text("user@host")
    expect(page.get_by_test_id("ssh-destination")).to_be_focused()
    expect(page.get_by_test_id("visit")).to_have_count(0)


def test_what_was_chosen_last_time_is_there_again(page: Page, server: ServerProcess) -> None:
    open_tab(page, "Share")
    page.get_by_role("radio", name="A server of your own (ssh)").check()
    page.get_by_role("radio", name="Look on").check()
    page.get_by_test_id("ssh-destination").fill("-bad")
    expect(page.get_by_test_id("share-jobs")).to_be_hidden()  # who looks on makes none
    page.get_by_test_id("share-open").click()
    expect(page.get_by_test_id("error-box")).to_be_visible()
    open_page(page, server)
    open_tab(page, "Share")
    expect(page.get_by_role("radio", name="Look on")).to_be_checked()
    expect(page.get_by_test_id("ssh-destination")).to_have_value("-bad")
