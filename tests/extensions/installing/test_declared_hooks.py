from pathlib import Path

from tests.extensions.installing.made import write
from webui.extensions.installing.declared_hooks import declared_hooks


def test_hooks_are_read_however_they_are_marked(tmp_path: Path) -> None:
    web = (
        "import webui.extensions.api as api\nfrom webui.extensions.api import hookimpl\n"
        "@hookimpl\ndef startup(context): ...\n@api.hookimpl(tryfirst=True)\ndef register_tabs(): ...\n"
        "def helper(): ...\nraise SystemExit\n"
    )
    write(tmp_path, {"web.py": web, "worker.py": "x = 1"})
    assert declared_hooks(tmp_path) == ({"web": ["startup", "register_tabs"], "worker": []}, "")


def test_a_file_that_is_no_python_is_told_with_its_line(tmp_path: Path) -> None:
    write(tmp_path, {"web.py": "x = 1\ndef (:\n", "worker.py": "(" * 100_000})
    hooks, problem = declared_hooks(tmp_path)
    assert hooks == {}
    assert problem.startswith("web.py, line 2, is not Python")
    (tmp_path / "web.py").write_bytes(b"\0\xff")
    assert declared_hooks(tmp_path)[1].endswith(".")
