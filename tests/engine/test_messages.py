import pickle
from typing import Any

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from webui.engine.events import Failed, Finished, ImageDone, Noted, StepDone
from webui.engine.messages import (
    COMMANDS,
    REPORTS,
    Interrupt,
    MalformedMessage,
    Run,
    WarmUp,
    WorkerReport,
    decode,
    encode,
)

STEP = StepDone(
    job="a", index=1, total=20, batch=0, batch_count=1, sigma=14.6, seconds=0.1, previews=(b"\xff\xd8one", b"two")
)
REPORT = WorkerReport(device="cpu", dtype="bfloat16", model=None, warming=False, problem="")
IMAGE = ImageDone(job="a", index=0, seed=7, width=64, height=64, infotext="a boat", request="{}", png=b"\x89PNG")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats()
    | st.text(max_size=20)
    | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "message",
    [STEP, REPORT, IMAGE, Noted(job="a", text="so"), Finished(job="a", status="done"), Failed(job="a", error="no")],
)
def test_reports_come_back_as_they_were(message: Any) -> None:
    assert decode(encode(message), REPORTS) == message


@pytest.mark.parametrize(
    "message", [Run(job="a", request={"prompt": "x", "steps": 3}), Interrupt(job="a"), WarmUp(model=None)]
)
def test_commands_come_back_as_they_were(message: Any) -> None:
    assert decode(encode(message), COMMANDS) == message


def test_a_whole_number_may_stand_for_a_float() -> None:
    frame = msgpack.packb(msgpack.unpackb(encode(STEP)) | {"sigma": 3})
    assert decode(frame, REPORTS).sigma == 3


@pytest.mark.parametrize(
    "changes",
    [
        {"type": "run"},
        {"type": "unknown"},
        {"type": None},
        {"type": ["step_done"]},
        {"index": "1"},
        {"index": True},
        {"index": 1.0},
        {"sigma": float("nan")},
        {"sigma": float("inf")},
        {"previews": [b"x", "y"]},
        {"previews": b"x"},
        {"job": b"a"},
        {"job": None},
        {"extra": 1},
    ],
)
def test_a_field_of_another_kind_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedMessage):
        decode(msgpack.packb(msgpack.unpackb(encode(STEP)) | changes), REPORTS)


def test_a_missing_field_is_refused() -> None:
    with pytest.raises(MalformedMessage):
        decode(msgpack.packb({"type": "finished", "job": "a"}), REPORTS)


def test_a_worker_cannot_give_commands() -> None:
    with pytest.raises(MalformedMessage):
        decode(encode(Run(job="a", request={})), REPORTS)


def test_a_pickle_is_refused_and_not_run() -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return (exec, ("raise SystemExit('this ran')",))

    with pytest.raises(MalformedMessage):
        decode(pickle.dumps(Bomb()), REPORTS)


@given(st.binary(max_size=200))
def test_any_bytes_are_either_a_report_or_refused(frame: bytes) -> None:
    with pytest.raises(MalformedMessage):
        decode(frame, REPORTS)


@given(st.sampled_from([STEP, REPORT, IMAGE]), st.data())
def test_damaged_frames_are_either_a_report_or_refused(message: Any, data: st.DataObject) -> None:
    frame = bytearray(encode(message))
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    try:
        decoded = decode(bytes(frame), REPORTS)
    except MalformedMessage:
        return
    assert isinstance(decoded, REPORTS)


@given(st.sampled_from([STEP, REPORT, IMAGE]), st.data())
def test_any_value_in_any_field_is_either_taken_or_refused(message: Any, data: st.DataObject) -> None:
    values = msgpack.unpackb(encode(message))
    values[data.draw(st.sampled_from(sorted(values)))] = data.draw(VALUES)
    try:
        frame = msgpack.packb(values)
    except OverflowError:
        return
    try:
        decoded = decode(frame, REPORTS)
    except MalformedMessage:
        return
    assert isinstance(decoded, REPORTS)


def test_what_cannot_be_decoded_cannot_be_sent() -> None:
    with pytest.raises(MalformedMessage):
        encode(WorkerReport(device=None, dtype="", model=None, warming=False, problem=""))  # pyright: ignore[reportArgumentType]
