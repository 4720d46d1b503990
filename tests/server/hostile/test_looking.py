"""Whoever only looks changes nothing: links and pictures on other pages can make a browser look at anything."""

import hashlib
import sqlite3
from pathlib import Path
from typing import Any

from tests.server.access.app_routes import AppRoute
from tests.server.hostile.test_headers import ENDLESS
from tests.server.hostile.whole_app import WholeApp

MAY_CHANGE = ("logs", "temporary", "view-cache")
"""Folders that say what happened, or keep what can be computed again."""


def _files(data_dir: Path) -> dict[str, str]:
    return {
        str(file.relative_to(data_dir)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in data_dir.rglob("*")
        if file.is_file() and ".sqlite" not in file.name and file.relative_to(data_dir).parts[0] not in MAY_CHANGE
    }


def _rows(data_dir: Path) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {}
    for file in [*data_dir.glob("*.sqlite"), *data_dir.glob("*.sqlite3")]:
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
            names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            rows |= {f"{file.name} {name}": database.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}
    return rows


def test_looking_at_everything_changes_nothing(whole: WholeApp, routes: list[AppRoute]) -> None:
    jobs = whole.engine.jobs()
    known = {"picture": whole.picture, "job": jobs[0].id, "model": "fake"}
    paths = {route.sample() for route in routes} | {route.sample(**known) for route in routes}
    before = _files(whole.data_dir), _rows(whole.data_dir)
    asked = [path for path in sorted(paths) if not path.startswith(ENDLESS) and not path.endswith("/events")]
    whole.all([(method, path) for method in ("GET", "HEAD", "OPTIONS") for path in asked])
    assert (_files(whole.data_dir), _rows(whole.data_dir)) == before
    assert before[1], "there is no database"
    assert [job.id for job in whole.engine.jobs()] == [job.id for job in jobs]
