import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.extensions.hostile import Hostile
from tests.extensions.loaded import host_with
from webui.errors import InvalidRequest
from webui.extensions import host as host_module
from webui.extensions.brings import Brings
from webui.extensions.call_mark import CallMark
from webui.extensions.controls import Slider
from webui.extensions.faults import ExtensionFailed
from webui.extensions.hookspecs import hookimpl
from webui.extensions.implementations import MOST_FAULTS
from webui.extensions.loading import make_loadable
from webui.extensions.places import Places
from webui.extensions.sides import Side
from webui.extensions.store import ExtensionStore
from webui.generation.request import GenerationRequest

REQUEST = GenerationRequest(prompt="a")


def adding(name: str, word: str, *, mark: str = "@hookimpl") -> Hostile:
    """An extension that puts a word behind the prompt, and takes only the argument that it needs."""
    source = f'{mark}\ndef prepare_request(request):\n    return {{"prompt": request.prompt + "{word}"}}'
    return Hostile(name=name, web=source)


def test_extensions_answer_in_the_order_of_loading_unless_they_ask_for_another(tmp_path: Path) -> None:
    last, first = "@hookimpl(trylast=True)", "@hookimpl(tryfirst=True)"
    extensions = [adding("aa", "1", mark=last), adding("bb", "2"), adding("cc", "3"), adding("dd", "4", mark=first)]
    answers = host_with(tmp_path, extensions).gather("prepare_request", request=REQUEST)
    assert [answer.extension for answer in answers] == ["dd", "bb", "cc", "aa"]
    assert answers[0].value == {"prompt": "a4"}


def test_the_built_in_parts_come_first_and_can_be_asked_alone(tmp_path: Path) -> None:
    class Builtin:
        @hookimpl(trylast=True)
        def prepare_request(self, request: GenerationRequest) -> dict[str, Any]:
            return {"prompt": "built in"}

    host = host_with(tmp_path, [adding("aa", "1")])
    host.add_builtin("ours", Builtin())
    for builtins, names in ((None, ["ours", "aa"]), (True, ["ours"]), (False, ["aa"])):
        answers = host.gather("prepare_request", builtins=builtins, request=REQUEST)
        assert [answer.extension for answer in answers] == names


def test_what_is_wrong_in_a_built_in_part_is_raised(tmp_path: Path) -> None:
    class Builtin:
        @hookimpl
        def image_saved(self) -> None:
            raise ZeroDivisionError

    host = host_with(tmp_path, [])
    host.add_builtin("ours", Builtin())
    with pytest.raises(ZeroDivisionError):
        host.observe("image_saved", image=None)


def test_values_are_the_extensions_own_with_the_defaults_of_its_controls(tmp_path: Path) -> None:
    source = "@hookimpl\ndef prepare_request(values):\n    return dict(values)"
    folder = Hostile(name="film", web=source).write(tmp_path / "extensions")
    places = Places(tmp_path)
    store = ExtensionStore(places.state_file)
    controls = (Slider("amount", "A", 0, 1, 0.1, 0.5), Slider("size", "S", 0, 9, 1, 3))
    store.update("film", brings=Brings(controls=controls))
    host = host_with(tmp_path, [])
    assert host.load(make_loadable(folder, store, places))
    request = GenerationRequest(extras={"film": {"size": 7, "gone": 1}, "other": {"amount": 0.1}})
    assert host.gather("prepare_request", request=request)[0].value == {"amount": 0.5, "size": 7}


def test_a_hook_without_its_permission_is_not_called(tmp_path: Path) -> None:
    toml = '[extension]\nname = "aa"\nversion = "1"\napi = 1\npermissions = ["pictures"]\n'
    source = adding("aa", "1").web
    host = host_with(tmp_path, [Hostile(name="aa", web=source, toml=toml)])
    assert not host.has("prepare_request")
    assert host.faults == ()


def test_a_hook_rests_after_three_faults_and_the_others_of_its_extension_do_not(tmp_path: Path) -> None:
    source = "@hookimpl\ndef image_saved(image):\n    raise ValueError('no')\n\n" + str(adding("", "1").web)
    told: list[str] = []
    host = host_with(tmp_path, [Hostile(name="bad", web=source)], on_fault=lambda fault: told.append(fault.sentence))
    for _ in range(MOST_FAULTS + 2):
        host.observe("image_saved", image=None)
    assert told == ["bad failed in image_saved: ValueError: no"] * MOST_FAULTS
    assert "image_saved" in host.faults[0].traceback
    assert "ValueError: no" in (tmp_path / "data" / "extensions" / "logs" / "bad.log").read_text()
    assert not host.has("image_saved") and host.has("prepare_request")


def test_a_refusal_reaches_the_person_where_the_hook_lets_it(tmp_path: Path) -> None:
    refusing = "@hookimpl\ndef HOOK(fields=None):\n    raise InvalidRequest('prompt: too dull.', field='prompt')"
    host = host_with(tmp_path, [Hostile(name="aa", web=refusing.replace("HOOK", "prepare_request"))])
    with pytest.raises(InvalidRequest, match="too dull"):
        host.gather("prepare_request", request=REQUEST)
    other = host_with(tmp_path / "other", [Hostile(name="bb", web=refusing.replace("HOOK", "read_infotext"))])
    assert other.gather("read_infotext", fields={}) == []
    assert "too dull" in other.faults[0].sentence


def test_a_value_is_handed_on_and_what_is_wrong_is_passed_over(tmp_path: Path) -> None:
    source = "@hookimpl\ndef wrap_prediction(prediction):\n    return {}"
    answers = {"aa": "prediction + 1", "bb": "'text'", "cc": "None", "dd": "prediction * 2"}
    extensions = [Hostile(name=name, worker=source.format(answer)) for name, answer in answers.items()]
    host = host_with(tmp_path, extensions, Side.WORKER, deadline_s=None)

    def check(new: Any, old: Any) -> str:
        return "" if isinstance(new, type(old)) else "a text where a number is expected."

    assert host.fold("wrap_prediction", "prediction", prediction=3, latents=None, step=None, check=check) == 8
    assert [fault.sentence for fault in host.faults] == [
        "bb failed in wrap_prediction: It gave a text where a number is expected."
    ]


def test_a_function_that_an_extension_brought_is_called_as_carefully(tmp_path: Path) -> None:
    host = host_with(tmp_path, [adding("aa", "1")], call_mark=CallMark(tmp_path / "mark"))
    seen = host.call("aa", "resolve", lambda: CallMark.read(tmp_path / "mark"))
    assert (seen.extension, seen.hook) == ("aa", "resolve")
    with pytest.raises(ExtensionFailed, match="ZeroDivisionError"):
        host.call("aa", "resolve", lambda: 1 / 0)
    assert host.faults[0].hook == "resolve"


def test_an_extension_that_did_not_come_back_is_not_called_again(tmp_path: Path) -> None:
    hanging = "@hookimpl\ndef prepare_request():\n    hang('sleep')"
    host = host_with(tmp_path, [Hostile(name="aa", web=hanging), adding("bb", "1")], deadline_s=0.2)
    assert [each.extension for each in host.gather("prepare_request", request=REQUEST)] == ["bb"]
    assert host.faults[0].hung and host.names == ("bb",)


def test_a_fault_that_nobody_can_be_told_stops_nothing(tmp_path: Path) -> None:
    def on_fault(_: object) -> None:
        raise OSError("disk full")

    failing = "@hookimpl\ndef prepare_request():\n    raise ValueError"
    host = host_with(tmp_path, [Hostile(name="aa", web=failing), adding("bb", "1")], on_fault=on_fault)
    assert [each.extension for each in host.gather("prepare_request", request=REQUEST)] == ["bb"]


def test_an_unloaded_extension_leaves_no_module_and_is_read_anew(tmp_path: Path) -> None:
    host = host_with(tmp_path, [adding("aa", "1")])
    folder = tmp_path / "extensions" / "aa"
    (folder / "helper.py").write_text("word = 'new'")
    (folder / "web.py").write_text(
        "from webui.extensions.api import hookimpl\nfrom . import helper\n"
        "@hookimpl\ndef prepare_request():\n    return {'prompt': helper.word}"
    )
    places = Places.below(tmp_path / "data")
    for word in ("new", "newer"):
        (folder / "helper.py").write_text(f"word = {word!r}")
        host.unload("aa")
        assert not [name for name in sys.modules if name.startswith("darkroom_extensions.aa")]
        assert host.load(make_loadable(folder, ExtensionStore(places.state_file), places))
        assert host.gather("prepare_request", request=REQUEST)[0].value == {"prompt": word}
    assert not list(folder.rglob("__pycache__"))


def test_hook_startup(tmp_path: Path) -> None:
    source = """
        @hookimpl
        def startup(context):
            (context.data_dir / "there").write_text(f"{context.name} {context.folder.name} {dict(context.settings)}")
            context.log.info("ready")
    """
    host_with(tmp_path, [Hostile(name="aa", web=source)])
    state = tmp_path / "data" / "extensions"
    assert (state / "data" / "aa" / "there").read_text() == "aa aa {}"
    assert "ready" in (state / "logs" / "aa.log").read_text()


def test_an_extension_whose_startup_fails_is_not_used(tmp_path: Path) -> None:
    failing = "@hookimpl\ndef startup():\n    raise SystemExit(3)\n\n" + str(adding("", "1").web)
    host = host_with(tmp_path, [Hostile(name="aa", web=failing), adding("bb", "1")])
    assert host.names == ("bb",)
    assert host.faults[0].sentence == "aa failed in startup: SystemExit: 3"


def test_hook_shutdown(tmp_path: Path) -> None:
    source = "@hookimpl\ndef shutdown():\n    Path({!r}).open('a').write(__name__.split('.')[1])"
    trace = tmp_path / "trace"
    extensions = [Hostile(name=name, web=source.format(str(trace))) for name in ("aa", "bb", "cc")]
    host = host_with(tmp_path, extensions)
    host.unload("bb")
    assert trace.read_text() == "bb"
    host.shut_down()
    assert trace.read_text() == "bbccaa"


def test_extensions_may_be_loaded_and_unloaded_while_others_call_them(tmp_path: Path) -> None:
    source = "@hookimpl\ndef prepare_request(values):\n    return {'steps': int(values['amount'])}"
    folder = Hostile(name="film", web=source).write(tmp_path / "extensions")
    places = Places(tmp_path)
    store = ExtensionStore(places.state_file)
    store.update("film", brings=Brings(controls=(Slider("amount", "A", 1, 9, 1, 5),)))
    host = host_with(tmp_path, [adding("aa", "1")])
    loaded = make_loadable(folder, store, places)
    over = threading.Event()
    answers: list[list[str]] = []

    def ask() -> None:
        while not over.is_set():
            answers.append([each.extension for each in host.gather("prepare_request", request=REQUEST)])

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(20):
        assert host.load(loaded)
        host.unload("film")
    over.set()
    for thread in threads:
        thread.join(60)
    assert host.faults == ()
    assert {tuple(names) for names in answers} <= {("aa",), ("aa", "film")}


def test_all_that_end_have_a_moment_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(host_module, "_SHUTDOWN_S", 0.2)
    trace = tmp_path / "trace"
    slow, quick = "@hookimpl\ndef shutdown():\n    hang('sleep')", "@hookimpl\ndef shutdown():\n    Path({!r}).touch()"
    host = host_with(tmp_path, [Hostile(name="aa", web=quick.format(str(trace))), Hostile(name="bb", web=slow)])
    host.shut_down()
    assert trace.exists() and host.faults[0].extension == "bb"
