"""Bodies that come in at the same time: none keeps the others out for longer than it is there."""

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message

from webui.server.body_flow import BodyFlow


async def _ten_bytes() -> Message:
    return {"type": "http.request", "body": b"0123456789", "more_body": True}


def _refused(flow: BodyFlow, limit: int, messages: int) -> int:
    """The status that so many messages of ten bytes are refused with; 0 where they are not."""

    async def receive_all() -> int:
        with flow.counted(_ten_bytes, limit) as receive:
            try:
                for _ in range(messages):
                    await receive()
            except HTTPException as error:
                return error.status_code
        return 0

    return asyncio.run(receive_all())


@pytest.mark.parametrize(("messages", "status"), [(3, 0), (4, 413)])
def test_one_body_is_as_large_as_it_may_be(messages: int, status: int) -> None:
    assert _refused(BodyFlow(1000), 30, messages) == status


def test_bodies_that_are_there_count_together_and_not_when_they_are_gone() -> None:
    flow = BodyFlow(50)
    with flow.counted(_ten_bytes, 1000) as receive:
        for _ in range(3):
            asyncio.run(receive())
        assert _refused(flow, 1000, 2) == 0
        assert _refused(flow, 1000, 3) == 429
        assert _refused(flow, 1000, 2) == 0, "what was refused is gone"
    assert _refused(flow, 1000, 5) == 0


def test_a_request_that_fails_gives_its_room_back() -> None:
    flow = BodyFlow(20)
    with pytest.raises(RuntimeError), flow.counted(_ten_bytes, 1000) as receive:
        asyncio.run(receive())
        raise RuntimeError
    assert _refused(flow, 1000, 2) == 0
