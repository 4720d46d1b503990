import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.recordings import write_recording
from tests.library.edited_recordings import edited
from webui.access.kinds import Kind
from webui.errors import SaveFailed, TrajectoryNotFound, TrajectoryUnreadable
from webui.generation.trajectory import Origin
from webui.library.database import Database
from webui.library.trajectories import Trajectories
from webui.library.trajectory_files import read_summary

A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
PICTURE = "1" * 32


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "test.sqlite3")
    yield database
    database.close()


@pytest.fixture
def trajectories(tmp_path: Path, database: Database) -> Trajectories:
    return Trajectories(database, tmp_path)


def _made(trajectories: Trajectories, *ids: str, **options: object) -> int:
    """Recordings that were taken in; returns the size of one file."""
    data_dir = trajectories.files.folder.parent
    for each in ids:
        path = write_recording(data_dir, each, **options)  # type: ignore[arg-type]
        trajectories.add(each)
    return path.stat().st_size


def _ids(trajectories: Trajectories) -> list[str]:
    return [entry.id for entry in trajectories.recent(10)]


def test_a_recording_is_found_with_what_it_says_of_itself(trajectories: Trajectories) -> None:
    size = _made(trajectories, A, seeds=(7, 8))
    entry = trajectories.find(A)
    assert (entry.job, entry.prompt, entry.positions, entry.complete, entry.bytes, entry.width) == (
        *("job", "the cat", 10, True, size, 64),
    )
    assert [(picture.row, picture.seed, picture.picture) for picture in entry.pictures] == [(0, 7, None), (1, 8, None)]
    assert trajectories.summary(A) == read_summary(trajectories.path(A))


@pytest.mark.parametrize("trajectory", [A, "", "nosuch", "../../etc/passwd", "A" * 32, "a" * 33, f"{'a' * 32}\n"])
def test_what_is_not_there_is_told_and_no_path_is_made_of_it(trajectories: Trajectories, trajectory: str) -> None:
    for ask in (trajectories.find, trajectories.path, trajectories.summary, trajectories.remove, trajectories.family):
        with pytest.raises(TrajectoryNotFound, match="no such recording"):
            ask(trajectory)


def test_a_picture_knows_its_newest_recording(trajectories: Trajectories) -> None:
    _made(trajectories, A, B, seeds=(7, 8))
    assert trajectories.of_picture(PICTURE) is None
    trajectories.link(A, 1, PICTURE)
    assert trajectories.of_picture(PICTURE) == (A, 1)
    trajectories.link(B, 0, PICTURE)
    assert trajectories.of_picture(PICTURE) == (B, 0)
    assert trajectories.of_pictures([PICTURE, "2" * 32]) == {PICTURE: (B, 0)}
    trajectories.path(B).unlink()
    assert trajectories.of_picture(PICTURE) == (A, 1)
    assert trajectories.find(A).pictures[1].picture == PICTURE


def test_the_list_goes_backwards_from_any_recording(trajectories: Trajectories) -> None:
    _made(trajectories, A, B, C)
    assert _ids(trajectories) == [C, B, A]
    assert [entry.id for entry in trajectories.recent(1, before=C)] == [B]
    assert trajectories.recent(5, before=D) == []


def test_a_family_is_the_whole_tree_from_its_oldest_ancestor(trajectories: Trajectories) -> None:
    _made(trajectories, A, D)
    _made(trajectories, B, origin=Origin(trajectory=A, step=4))
    _made(trajectories, C, origin=Origin(trajectory=B, step=6))
    assert [entry.id for entry in trajectories.family(B)] == [A, B, C]
    assert [entry.id for entry in trajectories.children(A)] == [B]
    assert [entry.id for entry in trajectories.family(D)] == [D]
    trajectories.remove(A)
    assert [entry.id for entry in trajectories.family(C)] == [B, C]


def test_recordings_that_claim_to_be_each_others_parents_make_no_endless_tree(trajectories: Trajectories) -> None:
    _made(trajectories, A, origin=Origin(trajectory=B, step=1))
    _made(trajectories, B, origin=Origin(trajectory=A, step=1))
    assert {entry.id for entry in trajectories.family(A)} == {A, B}


def test_beyond_the_budget_the_oldest_unpinned_go_first_and_the_newest_stays(trajectories: Trajectories) -> None:
    size = _made(trajectories, A, B, C, D)
    trajectories.pin(A, True)
    assert trajectories.enforce(4 * size) == []
    assert trajectories.enforce(3 * size) == [B]
    assert not trajectories.files.path(B).exists()
    assert _ids(trajectories) == [D, C, A]
    assert trajectories.enforce(0) == [C]
    assert _ids(trajectories) == [D, A]
    trajectories.pin(A, False)
    assert trajectories.enforce(0, needed=lambda: {A}) == []
    assert trajectories.enforce(0) == [A]


def test_recordings_of_guests_do_not_drive_out_those_of_the_house(trajectories: Trajectories, tmp_path: Path) -> None:
    size = _made(trajectories, A, B)
    for guests in (C, D):
        _made(trajectories, guests)
        trajectories._ownership.note("guest:1", Kind.TRAJECTORY, guests)
    assert trajectories.enforce(7 * size) == [C]  # a quarter is less than two of them
    assert trajectories.enforce(3 * size) == []
    assert _ids(trajectories) == [D, B, A]


def test_each_owner_has_own_recordings_and_an_own_family(trajectories: Trajectories) -> None:
    _made(trajectories, A, B)
    trajectories._ownership.note("ann", Kind.TRAJECTORY, A)
    assert [entry.id for entry in trajectories.recent(9, scope="ann")] == [A]
    assert trajectories.recent(9, before=B, scope="ann") == []
    assert trajectories.remove_unpinned("eve") == (0, 0)
    with pytest.raises(TrajectoryNotFound):
        trajectories.summary(B, "ann")
    trajectories.remove(A)
    assert not trajectories._ownership.owns("ann", Kind.TRAJECTORY, A)


def test_what_recordings_take_is_counted_with_and_without_pinned_ones(trajectories: Trajectories) -> None:
    assert trajectories.used_bytes() == 0
    size = _made(trajectories, A, B)
    assert trajectories.pin(B, True).pinned
    usage = trajectories.usage()
    assert (usage.bytes, usage.count, usage.pinned_bytes, usage.pinned_count) == (2 * size, 2, size, 1)
    assert trajectories.remove_unpinned() == (1, size)
    assert _ids(trajectories) == [B]


def test_files_that_were_removed_by_hand_are_forgotten(trajectories: Trajectories) -> None:
    _made(trajectories, A, B)
    trajectories.path(A).unlink()
    assert _ids(trajectories) == [B]
    with pytest.raises(TrajectoryNotFound):
        trajectories.find(A)
    assert trajectories.usage().count == 1
    trajectories.path(B).unlink()
    trajectories.recover(())
    assert trajectories.usage().count == 0


def test_files_that_came_by_hand_are_taken_in_and_damaged_ones_left_alone(
    trajectories: Trajectories, tmp_path: Path
) -> None:
    write_recording(tmp_path, A)
    broken = write_recording(tmp_path, B)
    broken.write_bytes(broken.read_bytes()[:-5])
    (tmp_path / "trajectories" / ".x.safetensors.saving").write_bytes(b"half")
    trajectories.recover(())
    assert _ids(trajectories) == [A]
    assert broken.exists()
    assert not list(broken.parent.glob(".*"))
    write_recording(tmp_path, C)
    assert trajectories.find(C).id == C  # also while the server runs


def test_without_its_index_everything_is_found_again(trajectories: Trajectories, tmp_path: Path) -> None:
    _made(trajectories, A, B)
    os.utime(trajectories.path(A), (2e9, 2e9))
    database = Database(tmp_path / "new.sqlite3")
    again = Trajectories(database, tmp_path)
    again.recover(())
    assert _ids(again) == [A, B]  # the last written is the newest
    database.close()


def test_a_file_from_elsewhere_keeps_its_id_and_is_there_once(trajectories: Trajectories, tmp_path: Path) -> None:
    content = write_recording(tmp_path / "elsewhere", A).read_bytes()
    assert trajectories.add_file(content) == A
    assert trajectories.add_file(content) == A
    assert trajectories.path(A).read_bytes() == content
    assert _ids(trajectories) == [A]


def test_another_recording_of_the_same_id_gets_a_new_one(trajectories: Trajectories, tmp_path: Path) -> None:
    _made(trajectories, A)
    other = write_recording(tmp_path / "elsewhere", A, seeds=(99,)).read_bytes()
    given = trajectories.add_file(other)
    assert given != A
    assert trajectories.summary(given).header.id == given
    assert trajectories.summary(given).header.seeds == (99,)
    assert trajectories.summary(A).header.seeds == (7,)


def test_a_hostile_file_is_refused_and_leaves_nothing(trajectories: Trajectories, tmp_path: Path) -> None:
    path = write_recording(tmp_path / "elsewhere", A)
    content = path.read_bytes()
    bad = [b"", b"hello", content[:-1], content[:100], content + b"more", bytes(10_000)]
    edited(path, summary=lambda summary: summary["header"].update(id="../../../x"))
    for each in [*bad, path.read_bytes()]:
        with pytest.raises(TrajectoryUnreadable, match=r"^The file "):
            trajectories.add_file(each)
    assert not list(trajectories.files.folder.iterdir())
    assert _ids(trajectories) == []


def test_a_full_disk_refuses_a_file_with_a_sentence_and_leaves_nothing(
    trajectories: Trajectories, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = write_recording(tmp_path / "elsewhere", A).read_bytes()

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        with pytest.raises(SaveFailed, match="The recording could not be saved: no space left on the disk"):
            trajectories.add_file(content)
    assert not list(trajectories.files.folder.iterdir())


def test_journals_of_the_command_line_are_left_alone_while_they_may_grow(trajectories: Trajectories) -> None:
    journal = trajectories.files.journal("command-line-1", 0, 0)
    journal.parent.mkdir(parents=True)
    journal.write_bytes(b"nothing whole")
    trajectories.recover(())
    assert journal.exists()
    long_ago = time.time() - 10_000
    os.utime(journal, (long_ago, long_ago))
    trajectories.recover(())
    assert not journal.exists()


def test_json_of_a_summary_is_what_the_file_has(trajectories: Trajectories) -> None:
    _made(trajectories, A)
    assert json.loads(trajectories.summary(A).model_dump_json())["header"]["id"] == A
