"""What the page says when a process dies under it."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.making import finished, generate
from tests.e2e.real_server import ServerProcess

pytestmark = pytest.mark.browser


def test_a_worker_killed_during_a_job_is_told_and_the_job_and_the_next_one_are_done(
    page: Page, server: ServerProcess
) -> None:
    job = generate(page, server, width=64, height=64, steps=100, batch_count=3)
    server.wait_for(f"/api/v1/jobs/{job['id']}", lambda now: now["step"] > 3)
    server.worker().kill()
    expect(page.get_by_text("worker process").first).to_be_visible()
    assert finished(server, job)["status"] == "done"
    after = generate(page, server, steps=2, batch_count=1)
    assert finished(server, after)["status"] == "done"
