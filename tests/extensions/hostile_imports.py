"""Extensions that are found out when they are to be enabled: what they bring is looked at in a process of its own."""

from tests.extensions.hostile import Hostile, implementing

CHOICES = "[str(number) for number in range(1_000_000)]"
GOOD_HOOK = """
@hookimpl
def register_controls():
    return [Slider(name="amount", label="Amount", minimum=0, maximum=1, step=0.1, default=0.5)]
"""


def _returns(hook: str, value: str, *, side: str = "web", name: str, says: str) -> Hostile:
    source = f"@hookimpl\ndef {hook}():\n    return {value}\n"
    return Hostile(name=name, says=says, **{side: source})


REFUSED = (
    Hostile(name="raises_web", web="raise ValueError('boom at import')", says="boom at import"),
    Hostile(name="exits_web", web="sys.exit(3)", says="exit|ended"),
    Hostile(name="exits_with_zero", web="sys.exit(0)", says="exit|ended"),
    Hostile(name="leaves_web", web="os._exit(0)", says="exit|ended"),
    Hostile(name="leaves_in_hook", web=implementing("web", "os._exit(0)", only=["register_controls"]), says="ended"),
    Hostile(name="crashes_web", web="ctypes.string_at(0)", says="crash|signal|segmentation"),
    Hostile(name="kills_its_group", web="os.killpg(os.getpgid(0), 9)", says="kill|signal"),
    Hostile(name="interrupts", web="raise KeyboardInterrupt", says="KeyboardInterrupt"),
    Hostile(name="own_base_exception", web="class Odd(BaseException): pass\nraise Odd('odd')", says="odd"),
    Hostile(name="recursion", web="def again(): again()\nagain()", says="recursion"),
    Hostile(name="syntax_error", web="def this is not Python", says="syntax|SyntaxError"),
    Hostile(name="null_bytes", web=b"x = 1\0", says="null|source"),
    Hostile(name="not_utf8", web=b"x = '\xff\xfe'\n", says="utf-8|decode|Non-UTF-8"),
    Hostile(
        name="unspeakable",
        web="class Odd(Exception):\n    def __str__(self): raise RuntimeError('no')\n    __repr__ = __str__\nraise Odd",
        says="Odd",
    ),
    Hostile(name="talks_too_long", web="raise ValueError('long ' * 500_000)", says="long long"),
    Hostile(name="half_characters", web="raise ValueError('half \\ud800 character')", says="half . character"),
    Hostile(name="markup_in_errors", web="raise ValueError('<img src=x onerror=alert(1)>')", says="<img src=x"),
    Hostile(
        name="misspelt",
        worker=implementing("worker", "return image", only=["finish_image"]).replace("finish_image", "finnish_image"),
        says="finnish_image.*finish_image",
    ),
    Hostile(name="wrong_arguments", worker="@hookimpl\ndef finish_image(picture):\n    pass", says="picture"),
    Hostile(
        name="wraps_others",
        worker="@hookimpl(wrapper=True)\ndef finish_image(image):\n    return (yield)",
        says="wrap",
    ),
    Hostile(name="wrong_side", web="@hookimpl\ndef wrap_prediction(prediction): pass", says="wrap_prediction.*worker"),
    Hostile(name="imports_torch", web=f"import torch\n{GOOD_HOOK}", says="torch"),
    Hostile(name="hides_itself", web="sys.modules[__name__] = None\nraise ValueError('hidden')", says="hidden"),
    Hostile(name="getattr_raises", web="def __getattr__(name): raise SystemExit(name)", says="hooks"),
    _returns("register_controls", "[1, 2]", name="numbers", says="register_controls"),
    _returns("register_controls", "iter(int, 1)", name="without_end", says="register_controls"),
    _returns("register_controls", "[Switch(name='../x', label='x')]", name="odd_control", says="name"),
    _returns("register_controls", "[Switch(name='a', label='x')] * 2", name="twice_the_same", says="twice|two"),
    _returns("register_controls", f"[Choice(name='a', label='x', choices={CHOICES})]", name="a_million", says="choice"),
    _returns(
        "register_controls",
        "[Slider(name='a', label='x', minimum=0, maximum=float('inf'), step=1, default=0)]",
        name="endless_slider", says="finite|infinit|maximum|number",
    ),
    _returns(
        "register_controls",
        "[Slider(name='a', label='x', minimum=0, maximum=1, step=0, default=5)]",
        name="nonsense_slider", says="step|default",
    ),
    _returns("register_tabs", "[Tab(name='a', label='x', html='../../x.html')]", name="tab_outside", says="assets"),
    _returns("register_tabs", "[{'name': 'a'}]", name="tab_as_dict", says="register_tabs"),
    _returns(
        "register_themes", "[Theme(name='a', label='x', light={'--dk-x': 'red;} body{display:none'})]",
        name="theme_breaks_out", says="value",
    ),
    _returns("register_settings", "None, None", name="settings_none", says="register_settings"),
    _returns("register_samplers", "['Euler']", side="worker", name="sampler_word", says="register_samplers"),
    _returns(
        "register_schedules", "[NewSchedule(name='Karras', sigmas=lambda *all: [1, 0])]", side="worker",
        name="known_schedule", says="Karras",
    ),
    _returns("register_prompt_syntax", "[print]", side="worker", name="syntax_function", says="register_prompt_syntax"),
)  # fmt: skip
"""Enabling these must be refused with a sentence, and nothing else may happen."""

SLOW = (
    Hostile(name="sleeps", web="hang('sleep')", says="second"),
    Hostile(name="is_busy", worker="hang('busy')", says="second"),
    Hostile(name="holds_the_lock", web="hang('regex')", says="second"),
    Hostile(
        name="will_not_stop",
        web="import signal\nfor each in (2, 15):\n    signal.signal(each, signal.SIG_IGN)\nhang('sleep')",
        says="second",
    ),
    Hostile(name="sleeps_in_a_hook", web=implementing("web", "hang('sleep')", only=["register_tabs"]), says="second"),
    Hostile(
        name="child_holds_the_pipe",
        web="import subprocess\nsubprocess.Popen(['sleep', '317'])\nhang('sleep')",
        says="second",
    ),
)
"""These are given up after the deadline."""

HARMLESS = (
    Hostile(name="talks_much", web=f"print('words ' * 2_000_000)\nsys.stderr.write('w' * 2_000_000)\n{GOOD_HOOK}"),
    Hostile(name="forges_the_answer", web=f"print('{{\"brings\": {{}}}}', flush=True)\n{GOOD_HOOK}"),
    Hostile(name="closes_output", web=f"sys.stdout.close()\nsys.stderr.close()\nos.closerange(0, 3)\n{GOOD_HOOK}"),
    Hostile(
        name="starts_threads",
        web=f"for _ in range(20):\n    threading.Thread(target=time.sleep, args=(300,)).start()\n{GOOD_HOOK}",
    ),
    Hostile(name="starts_children", web=f"import subprocess\nCHILD = subprocess.Popen(['sleep', '20'])\n{GOOD_HOOK}"),
    Hostile(name="hangs_at_exit", web=f"import atexit\natexit.register(time.sleep, 300)\n{GOOD_HOOK}"),
    Hostile(
        name="moves_away",
        web=f"import tempfile\nos.chdir(tempfile.mkdtemp())\nos.rmdir(os.getcwd())\n{GOOD_HOOK}",
    ),
    Hostile(name="empties_environment", web=f"os.environ.clear()\n{GOOD_HOOK}"),
    Hostile(
        name="takes_signals",
        web=f"""
import signal
if threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
{GOOD_HOOK}""",
    ),
    Hostile(
        name="loud_logger",
        web=f"import logging\nlogging.disable(logging.CRITICAL)\nlogging.getLogger().handlers.clear()\n{GOOD_HOOK}",
    ),
    Hostile(name="low_recursion", web=f"if lies(): sys.setrecursionlimit(sys.getrecursionlimit())\n{GOOD_HOOK}"),
    Hostile(
        name="evil_tab",
        web=implementing(
            "web", "return [Tab(name='evil', label='<b>Evil</b>', html='tab.html', script='tab.js')]",
            only=["register_tabs"],
        ),
        files={
            "assets/tab.html": "<script src='https://evil.invalid/x.js'></script><img src='https://evil.invalid/y.png'>",
            "assets/tab.js": "import 'https://evil.invalid/z.js';",
        },
    ),
)  # fmt: skip
"""These behave badly in ways that need not stop them: they can be enabled, and the server and its end do not suffer."""
