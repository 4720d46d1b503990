"""Logging in with an account, on a server that asks for it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.real_server import ServerProcess, running_server
from tests.e2e.visitors import Visitor, visitor
from webui.access.account_file import AccountFile

pytestmark = pytest.mark.browser
ADMIN, USER = ("ann", "the password of ann"), ("ben", "the password of ben")


@pytest.fixture(scope="module")
def locked(tiny_models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    data_dir = tmp_path_factory.mktemp("locked") / "data"
    AccountFile(data_dir).add(USER[0], "user", USER[1])
    with running_server(data_dir=data_dir, models_dir=tiny_models_dir, worker=False, account=ADMIN) as started:
        yield started


@pytest.fixture
def somebody(browser: Browser) -> Iterator[Visitor]:
    with visitor(browser) as came:
        yield came


def _log_in(somebody: Visitor, server: ServerProcess, name: str, password: str) -> None:
    somebody.page.goto(server.address)
    expect(somebody.page).to_have_url(re.compile(r"/login$"))
    somebody.page.locator("input[name=name]").fill(name)
    somebody.page.locator("input[name=password]").fill(password)
    somebody.page.get_by_role("button", name="Log in").click()


def test_who_knows_the_password_of_an_account_gets_its_page(locked: ServerProcess, somebody: Visitor) -> None:
    page = somebody.page
    _log_in(somebody, locked, ADMIN[0], "not the password")
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    page.locator("input[name=password]").fill(ADMIN[1])
    page.locator("input[name=password]").press("Enter")
    page.locator("html[data-ready=true]").wait_for()
    expect(page.get_by_role("tab", name="Share")).to_be_visible()
    page.get_by_test_id("log-out").click()
    expect(page).to_have_url(re.compile(r"/login$"))
    page.goto(locked.address)
    expect(page).to_have_url(re.compile(r"/login$"))


def test_an_account_without_administration_has_a_page_without_it(locked: ServerProcess, somebody: Visitor) -> None:
    _log_in(somebody, locked, *USER)
    page = somebody.page
    page.locator("html[data-ready=true]").wait_for()
    somebody.complaints.clear()  # of the login page
    seen = page.get_by_role("tab").all_inner_texts()
    assert seen == ["txt2img", "img2img", "inpaint", "Step scrubber", "Explore", "PNG Info"]
    expect(page.locator("#section-scripts")).to_be_visible()
    for tab in page.get_by_role("tab").all():
        tab.click()
    assert somebody.complaints == []
