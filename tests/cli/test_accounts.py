"""`webui accounts`, and the flags of `webui serve` that say who may come in."""

import io
from pathlib import Path

import pytest

from webui.access.account_file import AccountFile
from webui.access.roles import Role
from webui.cli.main import main


@pytest.fixture(autouse=True)
def _cheap(cheap_passwords: None) -> None:
    """The costs of hashes are looked at elsewhere."""


def _run(folder: Path, *arguments: str) -> int:
    return main(["accounts", *arguments, "--data-dir", str(folder)])


def _types(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_accounts_are_added_listed_and_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _types(monkeypatch, "open sesame\n")
    assert _run(tmp_path, "add", "ann") == 0
    _types(monkeypatch, "another\r\n")
    assert _run(tmp_path, "add", "bob", "--role", "admin") == 0
    kept = AccountFile(tmp_path).read()
    assert {name: each.role for name, each in kept.items()} == {"ann": Role.USER, "bob": Role.ADMIN}
    capsys.readouterr()
    assert _run(tmp_path, "list") == 0
    assert capsys.readouterr().out == "ann  (user)\nbob  (admin)\n"
    assert _run(tmp_path, "remove", "ann") == 0
    assert list(AccountFile(tmp_path).read()) == ["bob"]


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_at_a_terminal_the_password_is_asked_for_twice_and_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", _Terminal())
    typed = iter(["open sesame", "open sesam", "open sesame", "open sesame"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    assert _run(tmp_path, "add", "ann") == 2
    assert "differ" in capsys.readouterr().err
    assert _run(tmp_path, "add", "ann") == 0
    assert "sesam" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "typed", "says"),
    [
        (("add", "ann"), "\n", "password of ann is empty"),
        (("add", "a:b"), "open sesame\n", "no colon"),
        (("remove", "ann"), "", "no account ann"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...], typed: str, says: str,
) -> None:  # fmt: skip
    _types(monkeypatch, typed)
    assert _run(tmp_path, *arguments) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        (["--listen"], "needs a password, an account or a token"),
        (["--auth", "ann"], "NAME:PASSWORD"),
        (["--token-file", "/nowhere"], "cannot be read"),
    ],
)
def test_a_start_that_would_let_strangers_in_is_refused_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], says: str
) -> None:
    assert main(["serve", *flags, "--data-dir", str(tmp_path / "data")]) == 2
    told = capsys.readouterr().err
    assert says in told
    assert told.count("\n") == 1
    assert not (tmp_path / "data").exists()
