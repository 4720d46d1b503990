import contextlib
import logging
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.extensions.hostile import Hostile
from webui.errors import ExtensionNotFound, ExtensionUnusable
from webui.extensions import probing
from webui.extensions.call_mark import Call
from webui.extensions.cards import Status
from webui.extensions.controls import Slider, Text
from webui.extensions.extensions import Extensions
from webui.extensions.loading import read_loadables
from webui.generation.request import GenerationRequest
from webui.settings import Settings

COUNTED = """
with open({trace!r}, "a") as trace:
    trace.write("probed " if PROBED else "loaded ")
"""
GRAIN = """
@hookimpl
def register_controls():
    return [Slider("amount", "Amount", 0, 1, 0.1, 0.5)]


@hookimpl
def register_settings():
    return [Text("service", "Service", default="here")]


@hookimpl
def prepare_request(request, values):
    return {"prompt": f"{request.prompt} {values['amount']}"}
"""
WORKER = """
@hookimpl
def finish_image(image):
    return image
"""


def _settings(folder: Path) -> Settings:
    return Settings(data_dir=folder / "data", extensions_dir=folder / "extensions")


def _installed(folder: Path, *extensions: Hostile) -> Extensions:
    for extension in extensions:
        extension.write(folder / "extensions")
    return Extensions(_settings(folder))


def test_an_installed_extension_runs_nothing_until_it_is_enabled(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    counted = COUNTED.format(trace=str(trace))
    extensions = _installed(tmp_path, Hostile(name="film", web=counted + GRAIN, worker=counted + WORKER))
    assert extensions.card("film").status is Status.OFF
    Extensions(_settings(tmp_path))
    assert not trace.exists()
    extensions.enable("film")
    assert trace.read_text() == "probed probed loaded "  # web.py and worker.py are tried, and web.py is loaded
    Extensions(_settings(tmp_path))
    assert trace.read_text() == "probed probed loaded loaded "  # nothing is tried anew while nothing has changed


def test_an_enabled_extension_does_what_it_is_for_until_it_is_disabled(tmp_path: Path) -> None:
    extensions = _installed(tmp_path, Hostile(name="film", web=GRAIN, worker=WORKER))
    changes: list[int] = []
    extensions.on_change(lambda: changes.append(extensions.version))
    card = extensions.enable("film")
    assert card.status is Status.ON and changes
    assert extensions.controls() == {"film": (Slider("amount", "Amount", 0, 1, 0.1, 0.5),)}
    assert extensions.worker_folders() == (str(tmp_path / "extensions" / "film"),)
    assert extensions.web.gather("prepare_request", request=GenerationRequest())[0].value == {"prompt": " 0.5"}
    assert extensions.context("film").settings["service"] == "here"
    extensions.disable("film")
    assert extensions.card("film").status is Status.OFF
    assert (extensions.controls(), extensions.worker_folders()) == ({}, ())
    assert not extensions.web.has("prepare_request")
    assert changes == sorted(set(changes))


def test_hook_register_controls(tmp_path: Path) -> None:
    extensions = _installed(tmp_path, Hostile(name="film", web=GRAIN))
    extensions.enable("film")
    (control,) = extensions.controls()["film"]
    assert extensions.card("film").to_json()["controls"] == [control.to_json()]


def test_hook_register_settings(tmp_path: Path) -> None:
    extensions = _installed(tmp_path, Hostile(name="film", web=GRAIN))
    extensions.enable("film")
    assert extensions.brings("film").settings == (Text("service", "Service", default="here"),)
    extensions.kept_settings("film").write({"service": "there"})
    assert extensions.context("film").settings["service"] == "there"
    assert dict(Extensions(_settings(tmp_path)).kept_settings("film")) == {"service": "there"}


def test_a_change_after_enabling_asks_again_and_is_not_loaded(tmp_path: Path) -> None:
    extensions = _installed(tmp_path, Hostile(name="film", web=GRAIN))
    extensions.enable("film")
    (tmp_path / "extensions" / "film" / "more.py").write_text("x = 1")
    assert Extensions(_settings(tmp_path)).card("film").status is Status.CHANGED
    extensions.refresh()
    assert extensions.card("film").status is Status.CHANGED
    assert not extensions.web.has("prepare_request")
    assert extensions.enable("film").status is Status.ON
    assert extensions.web.has("prepare_request")


def test_what_another_process_enabled_anew_is_loaded_anew(tmp_path: Path) -> None:
    extensions = _installed(tmp_path, Hostile(name="film", web=GRAIN))
    extensions.enable("film")
    web = tmp_path / "extensions" / "film" / "web.py"
    web.write_text(web.read_text().replace("{request.prompt}", "newer"))
    Extensions(_settings(tmp_path), watched=False, loads=False).enable("film")
    extensions.look_again()
    assert extensions.web.gather("prepare_request", request=GenerationRequest())[0].value == {"prompt": "newer 0.5"}


def test_a_worker_is_given_no_files_but_those_that_were_enabled(tmp_path: Path) -> None:
    extensions = _installed(tmp_path, Hostile(name="film", web=GRAIN, worker=WORKER))
    extensions.enable("film")
    (loadable,) = read_loadables(extensions.worker_folders(), tmp_path / "data")
    assert loadable.name == "film" and loadable.controls == extensions.controls()["film"]
    folders = extensions.worker_folders()
    (tmp_path / "extensions" / "film" / "worker.py").write_text("raise SystemExit")
    assert read_loadables(folders, tmp_path / "data") == ()


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("@hookimpl\ndef preprare_request():\n    pass", "no hook 'preprare_request'. Did you mean 'prepare_request'"),
        ("@hookimpl\ndef finish_image():\n    pass", "belongs into worker.py"),
        ("@hookimpl\ndef image_saved(picture):\n    pass", "picture"),
        ("@hookimpl\nasync def image_saved(image):\n    pass", "async def"),
        ("@hookimpl(wrapper=True)\ndef image_saved(image):\n    yield", "wrapper"),
        ("x = 1", "no hooks"),
        ("@hookimpl\ndef register_controls():\n    return ['slider']", "a str in its list"),
        ("@hookimpl\ndef register_tabs():\n    return [Tab(name='t', label='T', html='t.html')]", "assets/t.html"),
        ("@hookimpl\ndef register_routes():\n    return {}", "APIRouter"),
        ("import torch\n" + GRAIN, "imports torch"),
        ("import nothing_like_it", "nothing_like_it"),
        ("raise SystemExit(0)", "SystemExit"),
        ("def broken(:", "SyntaxError"),
        ("die('exit')", "ended its process"),
        ("die('segfault')", "signal 11"),
    ],
)
def test_what_is_wrong_when_it_is_tried_is_said_and_stops_nobody_else(tmp_path: Path, source: str, says: str) -> None:
    extensions = _installed(tmp_path, Hostile(name="bad", web=source), Hostile(name="film", web=GRAIN))
    with pytest.raises(ExtensionUnusable) as caught:
        extensions.enable("bad")
    card = extensions.card("bad")
    assert card.status is Status.FAULTY and says in card.problem and says in str(caught.value)
    assert says in extensions.log("bad")
    assert extensions.enable("film").status is Status.ON


def test_an_extension_that_hangs_while_it_is_tried_is_ended_with_its_children(tmp_path: Path) -> None:
    source = """
        import subprocess
        print("child", subprocess.Popen(["sleep", "600"]).pid, flush=True)
        hang("busy")
    """
    settings = _settings(tmp_path).model_copy(update={"extension_deadline_s": 3.0})
    Hostile(name="bad", web=source).write(tmp_path / "extensions")
    extensions = Extensions(settings)
    with pytest.raises(ExtensionUnusable, match="within 6 seconds"):
        extensions.enable("bad")
    child = int(extensions.log("bad").partition("child ")[2].split()[0])
    with contextlib.suppress(psutil.NoSuchProcess):
        assert psutil.Process(child).status() == psutil.STATUS_ZOMBIE


def test_what_is_printed_while_it_is_tried_is_in_the_log_and_nowhere_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    extensions = _installed(tmp_path, Hostile(name="bad", web="print('x' * 50_000 + 'the end')\nraise ValueError"))
    with pytest.raises(ExtensionUnusable):
        extensions.enable("bad")
    assert "the end" in extensions.log("bad") and len(extensions.log("bad")) < 22_000
    assert "the end" not in capfd.readouterr().out


def test_the_folder_of_the_start_and_the_environment_do_not_say_what_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "colorsys.py").write_text("raise SystemExit('imported from the wrong place')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    extensions = _installed(tmp_path, Hostile(name="film", web="import colorsys\n" + GRAIN))
    assert extensions.enable("film").status is Status.ON


def test_what_goes_wrong_before_an_extension_is_begun_is_no_fault_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extensions = _installed(tmp_path, Hostile(name="film", web=GRAIN))
    monkeypatch.setattr(probing, "_START", "raise SystemExit('no such module')")
    with pytest.raises(ExtensionUnusable, match="no fault of it"):
        extensions.enable("film")
    assert extensions.card("film").status is Status.OFF and extensions.card("film").problem == ""


def test_an_extension_for_a_later_version_is_not_run(tmp_path: Path) -> None:
    toml = '[extension]\nname = "later"\nversion = "1"\napi = 99\n'
    extensions = _installed(tmp_path, Hostile(name="later", web="raise SystemExit", toml=toml))
    assert extensions.card("later").status is Status.NEEDS_NEWER
    with pytest.raises(ExtensionUnusable, match="version 99"):
        extensions.enable("later")


def test_safe_mode_loads_none_and_keeps_what_was_decided(tmp_path: Path) -> None:
    _installed(tmp_path, Hostile(name="film", web=GRAIN)).enable("film")
    safe = Extensions(_settings(tmp_path), safe_mode=True)
    assert safe.card("film").status is Status.OFF and "safe mode" in safe.card("film").problem
    assert (safe.controls(), safe.web.names) == ({}, ())
    assert Extensions(_settings(tmp_path)).card("film").status is Status.ON


def test_two_starts_that_die_in_an_extension_switch_it_off_and_a_good_one_between_them_counts(tmp_path: Path) -> None:
    _installed(tmp_path, Hostile(name="film", web=GRAIN)).enable("film")
    start = (
        "import os, sys; from webui.extensions.extensions import Extensions; from pathlib import Path\n"
        "from webui.settings import Settings\n"
        "data, own = Path(sys.argv[1], 'data'), Path(sys.argv[1], 'extensions')\n"
        "extensions = Extensions(Settings(data_dir=data, extensions_dir=own))\n"
        "extensions.web.call('film', 'startup', lambda: os.kill(os.getpid(), 9))"
    )

    def die() -> None:
        assert subprocess.run([sys.executable, "-c", start, str(tmp_path)], check=False).returncode == -signal.SIGKILL

    die()
    Extensions(_settings(tmp_path)).close()
    die()
    assert Extensions(_settings(tmp_path)).card("film").status is Status.ON
    die()
    extensions = Extensions(_settings(tmp_path))
    assert extensions.card("film").status is Status.SWITCHED_OFF
    assert "died 2 times while it was in startup" in extensions.card("film").problem
    assert not extensions.web.has("prepare_request")
    assert extensions.enable("film").status is Status.ON


def test_two_workers_that_died_in_an_extension_switch_it_off(tmp_path: Path) -> None:
    extensions = _installed(tmp_path, Hostile(name="film", web=GRAIN, worker=WORKER))
    extensions.enable("film")
    call = Call(extension="film", hook="finish_image", started=0.0, process=1)
    assert not extensions.worker_crashed(call)
    assert extensions.worker_crashed(call)
    assert extensions.card("film").status is Status.SWITCHED_OFF and extensions.worker_folders() == ()
    assert not extensions.worker_crashed(Call(extension="../x", hook="", started=0.0, process=1))


def test_an_extension_that_hangs_in_the_server_is_switched_off_by_name(tmp_path: Path) -> None:
    hanging = "@hookimpl\ndef prepare_request():\n    hang('sleep')"
    settings = _settings(tmp_path).model_copy(update={"extension_deadline_s": 5.0})
    Hostile(name="slow", web=hanging).write(tmp_path / "extensions")
    Extensions(settings).enable("slow")
    extensions = Extensions(settings.model_copy(update={"extension_deadline_s": 0.2}))
    assert extensions.web.gather("prepare_request", request=GenerationRequest()) == []
    card = extensions.card("slow")
    assert card.status is Status.SWITCHED_OFF and "did not answer within" in card.problem
    assert card.faults[0].hook == "prepare_request"
    assert Extensions(settings).card("slow").status is Status.SWITCHED_OFF


def test_a_sampler_of_an_extension_that_is_on_is_a_name_that_requests_may_have(tmp_path: Path) -> None:
    worker = "@hookimpl\ndef register_samplers():\n    return [NewSampler(name='Mine', make=print)]"
    extensions = _installed(tmp_path, Hostile(name="mine", worker=worker))
    with pytest.raises(ValueError):
        GenerationRequest(sampler="Mine")
    extensions.enable("mine")
    assert GenerationRequest(sampler="Mine").sampler == "Mine"
    extensions.disable("mine")
    with pytest.raises(ValueError):
        GenerationRequest(sampler="Mine")


def test_what_one_extension_already_calls_so_another_one_may_not(tmp_path: Path) -> None:
    worker = "@hookimpl\ndef register_samplers():\n    return [NewSampler(name='Mine', make=print)]"
    extensions = _installed(tmp_path, *(Hostile(name=name, worker=worker) for name in ("aa", "bb")))
    extensions.enable("aa")
    card = extensions.enable("bb")
    assert card.status is Status.FAULTY and "Mine" in card.problem
    extensions.close()


def test_a_name_that_is_not_installed_is_told(tmp_path: Path) -> None:
    with pytest.raises(ExtensionNotFound):
        _installed(tmp_path).enable("nobody")


def test_two_instances_share_nothing(tmp_path: Path) -> None:
    one = _installed(tmp_path / "one", Hostile(name="film", web=GRAIN))
    two = _installed(tmp_path / "two", Hostile(name="film", web=GRAIN))
    one.enable("film")
    assert two.card("film").status is Status.OFF and not two.web.has("prepare_request")


def test_a_listener_that_fails_stops_nobody(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    extensions = _installed(tmp_path, Hostile(name="film", web=GRAIN))
    heard: list[bool] = []
    extensions.on_change(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    extensions.on_change(lambda: heard.append(True))
    with caplog.at_level(logging.CRITICAL):
        extensions.enable("film")
    assert heard
