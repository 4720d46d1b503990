from pathlib import Path
from typing import Any

import pytest

from tests.extensions.hostile import Hostile
from tests.extensions.loaded import host_with
from webui.engine.written_infotext import infotext_of
from webui.extensions.hookspecs import hookimpl
from webui.extensions.host import ExtensionHost
from webui.extensions.sides import Side
from webui.generation.infotext_reader import read_infotext
from webui.generation.request import GenerationRequest

REQUEST = GenerationRequest(prompt="a boat", seed=3, steps=5)


class _Own:
    @hookimpl
    def write_infotext(self) -> dict[str, str]:
        return {"Model hash": "0123456789"}


def _host(folder: Path, answer: str) -> ExtensionHost:
    source = f"from webui.extensions.api import *\n@hookimpl\ndef write_infotext(request):\n    return {answer}\n"
    return host_with(folder, [Hostile(name="writer", worker=source)], Side.WORKER, deadline_s=None)


def test_what_extensions_write_stands_before_the_version_and_is_read_as_left_over(tmp_path: Path) -> None:
    text = infotext_of(_host(tmp_path, "{'Grain': f'{request.seed}, coarse'}"), REQUEST, {"Wildcard prompt": "__x__"})
    assert 'Wildcard prompt: __x__, Grain: "3, coarse", Version: ' in text
    assert read_infotext(text).left_over["Grain"] == "3, coarse"


def test_what_built_in_parts_write_takes_its_place_and_extensions_take_nobodys(tmp_path: Path) -> None:
    host = _host(tmp_path, "{'Steps': '99', 'model hash': 'x', 'VERSION': 'mine', 'Exact prompt': 'y', 'Grain': 'g'}")
    host.add_builtin("hashes", _Own())
    text = infotext_of(host, REQUEST, {})
    assert text.count("Steps: ") == 1
    assert "Steps: 5, " in text
    assert "Model hash: 0123456789" in text
    assert "Grain: g" in text
    assert not any(word in text for word in ("99", "mine", "Exact"))


@pytest.mark.parametrize(
    "answer",
    ["5", "['x']", "{5: 'x'}", "{'Grain': 5}", "{'Gr:ain': 'x'}", "{'Grain\\n': 'x'}", "{'Grain': 'x' * 9000}", "1 / 0",
     "{'Grain': '\\ud800'}", "{'Grain': '\\0'}", "{f'Key {n}': 'x' for n in range(60)}"],
)  # fmt: skip
def test_what_no_infotext_can_have_is_a_fault_and_the_picture_keeps_its_own(tmp_path: Path, answer: str) -> None:
    host = _host(tmp_path, answer)
    assert infotext_of(host, REQUEST, {}) == infotext_of(ExtensionHost(Side.WORKER), REQUEST, {})
    assert host.faults[0].hook == "write_infotext"


def test_any_text_without_a_line_end_comes_back(tmp_path: Path) -> None:
    told: dict[str, Any] = {"Grain note": 'a, "b": {c}\nSteps: 3'}
    read = read_infotext(infotext_of(_host(tmp_path, repr(told)), REQUEST, {}))
    assert read.left_over["Grain note"] == told["Grain note"]
    assert read.values["steps"] == 5
