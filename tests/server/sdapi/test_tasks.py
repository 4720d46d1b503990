from webui.access.principal import HOUSE, Principal
from webui.access.roles import Role
from webui.server.sdapi.tasks import MAX_TASKS, Tasks

ANNA, BERT = (Principal(Role.USER, f"account:{name}") for name in ("anna", "bert"))


def test_a_task_knows_its_job_and_when_it_has_ended() -> None:
    tasks = Tasks()
    with tasks.waiting("one", ANNA) as hear:
        assert tasks.pending(ANNA) == ["one"]
        hear({"type": "queued", "job": "abc"})
        task = tasks.find("one", ANNA)
        assert task is not None
        assert (task.job, task.ended) == ("abc", False)
    task = tasks.find("one", ANNA)
    assert task is not None
    assert (task.job, task.ended) == ("abc", True)
    assert tasks.pending(ANNA) == []


def test_tasks_of_others_are_not_told() -> None:
    tasks = Tasks()
    with tasks.waiting("one", ANNA):
        assert tasks.find("one", BERT) is None
        assert tasks.pending(BERT) == []
        assert tasks.find("one", HOUSE) is not None


def test_only_the_last_ones_are_kept_and_those_without_a_name_not_at_all() -> None:
    tasks = Tasks()
    for number in range(MAX_TASKS + 5):
        with tasks.waiting(f"task {number}", HOUSE), tasks.waiting(None, HOUSE):
            pass
    assert tasks.find("task 4", HOUSE) is None
    assert tasks.find("task 5", HOUSE) is not None
    assert tasks.find("", HOUSE) is None
