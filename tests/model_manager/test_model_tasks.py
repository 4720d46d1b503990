import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.engines import wait_until
from webui.errors import DownloadFailed, TaskNotFound
from webui.model_manager.model_tasks import KEPT, Cancelled, Task, TaskDesk, Work


def _desk(folder: Path, run: Callable[[Work], str], **more: object) -> TaskDesk:
    desk = TaskDesk("download", folder, run, publish=lambda task: None, **more)  # pyright: ignore[reportArgumentType]
    desk.start()
    return desk


def _ended(desk: TaskDesk, task: Task) -> Task:
    wait_until(lambda: desk.find(task.id).status not in ("queued", "running"))
    return desk.find(task.id)


def test_tasks_are_done_in_their_order_and_their_ends_told(tmp_path: Path) -> None:
    done: list[str] = []

    def run(work: Work) -> str:
        if work.wanted["name"] == "bad":
            raise DownloadFailed("It is not there.", hint="Look elsewhere.")
        done.append(work.wanted["name"])
        return work.wanted["name"]

    desk = _desk(tmp_path, run)
    tasks = [desk.add(name, {"name": name}) for name in ("a", "bad", "b")]
    assert [_ended(desk, task).status for task in tasks] == ["done", "failed", "done"]
    assert (done, desk.find(tasks[1].id).error) == (["a", "b"], "It is not there.")
    desk.stop()


def test_a_task_that_runs_and_one_that_waits_can_be_cancelled(tmp_path: Path) -> None:
    begun, discarded = threading.Event(), list[str]()

    def run(work: Work) -> str:
        begun.set()
        wait_until(work.cancelled)
        raise Cancelled

    desk = _desk(tmp_path, run, discard=lambda task: discarded.append(task.title))
    first, second = desk.add("first", {}), desk.add("second", {})
    begun.wait(30)
    assert desk.cancel(second.id).status == "cancelled"
    desk.cancel(first.id)
    assert _ended(desk, first).status == "cancelled"
    assert discarded == ["second", "first"]
    desk.stop()


@pytest.mark.parametrize(("resumable", "expected"), [(True, "done"), (False, "failed")])
def test_what_was_running_when_the_program_ended(tmp_path: Path, resumable: bool, expected: str) -> None:
    def stopped(work: Work) -> str:
        wait_until(work.cancelled)
        raise Cancelled

    desk = _desk(tmp_path, stopped, resumable=resumable)
    task = desk.add("a", {"name": "a"})
    wait_until(lambda: desk.find(task.id).status == "running")
    desk.stop()
    again = _desk(tmp_path, lambda work: work.wanted["name"], resumable=resumable)
    assert _ended(again, task).status == expected
    again.stop()


def test_only_the_last_ended_tasks_are_remembered(tmp_path: Path) -> None:
    desk = _desk(tmp_path, lambda work: "x")
    tasks = [desk.add(str(number), {}) for number in range(KEPT + 3)]
    wait_until(lambda: len(desk.tasks()) == KEPT and desk.tasks()[0].status == "done")
    assert len(list(tmp_path.glob("*.json"))) == KEPT
    with pytest.raises(TaskNotFound):
        desk.find(tasks[0].id)
    desk.stop()


def test_damaged_files_of_tasks_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text("{")
    (tmp_path / "2.json").write_text('{"id": "2"}')
    desk = _desk(tmp_path, lambda work: "x")
    assert desk.tasks() == []
    desk.stop()
