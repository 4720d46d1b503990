"""Extensions are tried in a process of their own before they are enabled: what they do there harms nobody here."""

import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from tests.extensions.hostile import Hostile
from tests.extensions.hostile_imports import HARMLESS, REFUSED, SLOW
from webui.extensions.brings import Brings
from webui.extensions.probing import Problem, probe


def _tried(
    folder: Path, extensions: Sequence[Hostile], *, timeout_s: float, at_once: int
) -> dict[str, Brings | Problem]:
    for each in extensions:
        each.write(folder)

    def try_one(each: Hostile) -> Brings | Problem:
        return probe(folder / each.name, folder / "no_packages", timeout_s=timeout_s)

    with ThreadPoolExecutor(at_once) as threads:
        return dict(zip((each.name for each in extensions), threads.map(try_one, extensions), strict=True))


def test_what_cannot_be_used_is_told_in_a_sentence(tmp_path: Path) -> None:
    found = _tried(tmp_path, REFUSED, timeout_s=60, at_once=2)
    for hostile in REFUSED:
        problem = found[hostile.name]
        assert isinstance(problem, Problem), hostile.name
        assert re.search(hostile.says, problem.sentence, re.IGNORECASE), (hostile.name, problem.sentence)
        assert problem.sentence.isprintable() and len(problem.sentence) <= 400
        assert len(problem.output) < 100_000
        problem.sentence.encode()


def test_what_never_ends_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    began = time.monotonic()
    found = _tried(tmp_path, SLOW, timeout_s=3, at_once=len(SLOW))
    assert time.monotonic() - began < 60
    for hostile in SLOW:
        problem = found[hostile.name]
        assert isinstance(problem, Problem) and re.search(hostile.says, problem.sentence), (hostile.name, problem)
    assert not [each for each in _processes() if str(tmp_path) in " ".join(each)]
    assert ["sleep", "317"] not in _processes()


def _processes() -> list[list[str]]:
    found = []
    for process in psutil.process_iter():
        try:
            found.append(process.cmdline())
        except psutil.Error:
            continue
    return found


def test_what_only_behaves_badly_can_be_enabled(tmp_path: Path) -> None:
    found = _tried(tmp_path, HARMLESS, timeout_s=60, at_once=2)
    assert not {name: each for name, each in found.items() if not isinstance(each, Brings)}
