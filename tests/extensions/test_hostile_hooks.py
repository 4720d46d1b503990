"""What a hook raises or answers stays its extension's own fault, in every hook of either process."""

import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.extensions.hostile import Hostile, hooks, implementing
from tests.extensions.hostile_hooks import ANSWER_WRONGLY, RAISE_EVERYWHERE, WRONG_VALUES, quiet_at_start
from tests.extensions.loaded import host_with
from webui.extensions.hook_table import HOOKS
from webui.extensions.host import ExtensionHost
from webui.extensions.implementations import MOST_FAULTS
from webui.extensions.sides import Side
from webui.generation.request import GenerationRequest

SIDES = (Side.WEB, Side.WORKER)
REQUEST = GenerationRequest(prompt="a boat", seed=1)
STEP = SimpleNamespace(request=REQUEST)
NOT_CALLED = ("startup", "shutdown")


def _arguments(hook: str, side: Side) -> dict[str, Any]:
    given: dict[str, Any] = {"request": REQUEST, "step": STEP, "walk": STEP, "image": STEP}
    return {name: given.get(name) for name in hooks(side.value)[hook] if name != "values"}


@pytest.mark.parametrize("side", SIDES)
def test_whatever_a_hook_raises_is_told_and_the_others_are_called(side: Side, tmp_path: Path) -> None:
    good = Hostile(name="good", **{side.value: "CALLED = []\n" + implementing(side.value, "CALLED.append('HOOK')")})
    host = host_with(tmp_path, [*map(quiet_at_start, RAISE_EVERYWHERE), good], side)
    assert host.faults == ()
    called = [hook for hook in hooks(side.value) if hook not in NOT_CALLED]
    for hook in called:
        assert host.gather(hook, **_arguments(hook, side)) == []
    told = {(fault.extension, fault.hook) for fault in host.faults}
    assert told == {(extension.name, hook) for extension in RAISE_EVERYWHERE for hook in called}
    for fault in host.faults:
        assert f"boom in {fault.hook}" in fault.sentence
        assert fault.extension in fault.sentence
        assert "Traceback" in fault.traceback
    module = sys.modules[f"darkroom_extensions.good.{side.value}"]
    assert module.CALLED == ["startup", *called]


def test_an_error_at_the_start_leaves_only_its_own_extension_out(tmp_path: Path) -> None:
    good = Hostile(name="good", web=implementing("web", "return {'seed': 5}", only=["prepare_request"]))
    host = host_with(tmp_path, [*RAISE_EVERYWHERE, good])
    assert {(fault.extension, fault.hook) for fault in host.faults} == {
        (extension.name, "startup") for extension in RAISE_EVERYWHERE
    }
    assert host.names == ("good",)
    assert [each.value for each in host.gather("prepare_request", request=REQUEST)] == [{"seed": 5}]


@pytest.mark.parametrize("side", SIDES)
def test_an_answer_of_a_wrong_type_is_told_where_the_hook_answers_with_a_list(side: Side, tmp_path: Path) -> None:
    host = host_with(tmp_path, ANSWER_WRONGLY, side)
    listing = [hook for hook in hooks(side.value) if HOOKS[hook].gives]
    for hook in listing:
        assert host.gather(hook, **_arguments(hook, side)) == []
    told = {(fault.extension, fault.hook) for fault in host.faults}
    assert told == {(f"answers_{kind}", hook) for kind in WRONG_VALUES for hook in listing}


def test_a_hook_rests_after_three_faults(tmp_path: Path) -> None:
    source = "COUNT = []\n" + implementing(
        "web", "COUNT.append(1)\nraise ValueError('again')", only=["prepare_request"]
    )
    host = host_with(tmp_path, [Hostile(name="again", web=source)])
    for _ in range(10):
        host.gather("prepare_request", request=REQUEST)
    module = sys.modules["darkroom_extensions.again.web"]
    assert len(module.COUNT) == MOST_FAULTS == len(host.faults)
    assert not host.has("prepare_request")


SLOW_ANSWERS = {
    "sleeps": "time.sleep(600)",
    "is_busy": "while True: pass",
    "sleeps_in_its_list": "return (time.sleep(600) for _ in range(3))",
    "waits_for_itself": "LOCK = threading.Lock(); LOCK.acquire(); LOCK.acquire()",
}


@pytest.mark.parametrize("kind", SLOW_ANSWERS)
def test_a_web_hook_that_does_not_come_back_is_left_alone(kind: str, tmp_path: Path) -> None:
    body = SLOW_ANSWERS[kind].replace(
        "while True: pass", "end = time.monotonic() + 5\nwhile time.monotonic() < end: pass"
    )
    slow = Hostile(name="slow", web=implementing("web", body, only=["register_tabs", "prepare_request"]))
    good = Hostile(name="good", web=implementing("web", "return {'seed': 5}", only=["prepare_request"]))
    host = host_with(tmp_path, [slow, good], deadline_s=0.3)
    began = time.monotonic()
    host.gather("register_tabs")
    assert [fault.hung for fault in host.faults] == [True]
    assert [each.extension for each in host.gather("prepare_request", request=REQUEST)] == ["good"]
    assert time.monotonic() - began < 5  # it slept for no ten minutes; a machine may be busy
    assert len(host.faults) == 1


def test_many_threads_may_call_at_once(tmp_path: Path) -> None:
    good = Hostile(
        name="good", web=implementing("web", "time.sleep(0.01)\nreturn {'seed': 5}", only=["prepare_request"])
    )
    host = host_with(tmp_path, [good, RAISE_EVERYWHERE[0]])
    answers: list[int] = []

    def call() -> None:
        for _ in range(10):
            answers.extend(each.value["seed"] for each in host.gather("prepare_request", request=REQUEST))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [5] * 80


ODD_ANSWERS = {
    "evil_mapping": """
        class Odd(dict):
            def keys(self): raise SystemExit('keys')
            __iter__ = items = keys
        return Odd(seed=5)
    """,
    "evil_class": """
        class Odd:
            @property
            def __class__(self): raise RuntimeError('class')
            def __getattr__(self, name): raise RuntimeError(name)
        return Odd()
    """,
    "endless_mapping": """
        class Odd(dict):
            def __iter__(self):
                while True: yield 'seed'
            def keys(self): return iter(self)
            def items(self): return ((name, 1) for name in self)
        return Odd(seed=5)
    """,
}


@pytest.mark.parametrize("kind", ODD_ANSWERS)
def test_an_answer_that_cannot_even_be_looked_at_is_a_fault(kind: str, tmp_path: Path) -> None:
    host = host_with(
        tmp_path,
        [Hostile(name="odd", web=implementing("web", ODD_ANSWERS[kind], only=["prepare_request"]))],
        deadline_s=2,
    )
    answers = host.gather("prepare_request", request=REQUEST)
    # Whatever comes through is a plain mapping.
    assert all(type(each.value) is dict for each in answers)
    assert answers or host.faults


def test_values_cannot_be_changed_for_those_who_come_later(tmp_path: Path) -> None:
    controls = "[Slider('amount', 'Amount', 0, 1, 0.1, 0.5)]"
    source = f"@hookimpl\ndef register_controls():\n    return {controls}\n"
    mutating = Hostile(
        name="mutating", web=source + implementing("web", "values['amount'] = 99", only=["prepare_request"])
    )
    host = host_with(tmp_path, [mutating])
    request = GenerationRequest(extras={"mutating": {"amount": 0.5}})
    for _ in range(2):
        host.gather("prepare_request", request=request)
    assert request.extras["mutating"] == {"amount": 0.5}


def _broken_at_load(source: str, tmp_path: Path) -> ExtensionHost:
    good = Hostile(name="good", web=implementing("web", "return {'seed': 5}", only=["prepare_request"]))
    host = host_with(tmp_path, [Hostile(name="broken", web=source), good])
    assert [each.extension for each in host.gather("prepare_request", request=REQUEST)][-1] == "good"
    return host


LATE = (
    implementing("web", "return None", only=["prepare_request"])
    + """

class Late:
    count = 0
    def __getattr__(self, name):
        Late.count += 1
        if Late.count > LIMIT:
            raise SystemExit(name)
        raise AttributeError(name)

odd = Late()
"""
)


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 5, 8, 13])
def test_a_module_that_breaks_whoever_looks_at_it_is_a_fault(limit: int, tmp_path: Path) -> None:
    _broken_at_load(f"LIMIT = {limit}\n{LATE}", tmp_path)


@pytest.mark.parametrize(
    "source",
    [
        "sys.modules[__name__] = 5",
        "sys.modules.pop(__name__)\n" + implementing("web", "return None", only=["prepare_request"]),
        "globals().clear()",
        "__name__ = 5\n__file__ = None\n__spec__ = None\n"
        + implementing("web", "return None", only=["prepare_request"]),
        "prepare_request = hookimpl(print)",
        "prepare_request = hookimpl(len)",
        "hookimpl = 5",
        "@hookimpl\nasync def prepare_request(request): return {'seed': 9}",
        "@hookimpl\ndef prepare_request(*everything): return {'seed': 9}",
        "@hookimpl\ndef prepare_request(request, more=1): raise ValueError",
        "@hookimpl\nclass prepare_request:\n    def __init__(self, request): raise ValueError",
    ],
)
def test_odd_modules_do_no_harm(source: str, tmp_path: Path) -> None:
    _broken_at_load(source, tmp_path)
