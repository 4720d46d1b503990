"""Accounts: their file, their passwords, and who they are."""

import json
import os
import stat
from pathlib import Path

import pytest

from webui.access.account_file import FILE, AccountFile
from webui.access.accounts import Accounts
from webui.access.principal import Principal
from webui.access.roles import Role
from webui.errors import StartFailed


@pytest.fixture(autouse=True)
def _cheap(cheap_passwords: None) -> None:
    """The costs of hashes are looked at in `test_passwords.py`."""


@pytest.fixture
def file(tmp_path: Path) -> AccountFile:
    return AccountFile(tmp_path)


def test_an_account_is_kept_by_its_hash_for_its_owner_alone(file: AccountFile) -> None:
    file.add("ann", "user", "open sesame")
    assert stat.S_IMODE(os.stat(file.path).st_mode) == 0o600
    text = file.path.read_text(encoding="utf-8")
    assert "open sesame" not in text
    (row,) = json.loads(text)["accounts"]
    assert row["hash"].startswith("$argon2id$")
    assert (row["name"], row["role"]) == ("ann", "user")


def test_the_right_password_is_needed(file: AccountFile) -> None:
    file.add("ann", "user", "open sesame")
    accounts = Accounts(file, {"root": "toor"})
    found = accounts.check("ann", "open sesame")
    assert found is not None
    assert found.principal == Principal(Role.USER, "account:ann", "ann")
    for name, password in (("ann", "open"), ("ann", ""), ("bob", "open sesame"), ("", ""), ("ann", "toor")):
        assert accounts.check(name, password) is None
    given = accounts.check("root", "toor")
    assert given is not None
    assert given.principal == Principal(Role.ADMIN, "", "root")  # administrators own what the house owns


def test_a_password_for_any_name_is_an_administrators(file: AccountFile) -> None:
    file.add("ann", "user", "open sesame")
    accounts = Accounts(file, any_name="swordfish")
    for name in ("", "anybody"):
        found = accounts.check(name, "swordfish")
        assert found is not None
        assert found.role is Role.ADMIN
    assert accounts.check("ann", "swordfish") is None  # this name has another one


def test_what_was_right_lately_is_known_at_once_until_the_password_changes(file: AccountFile) -> None:
    file.add("ann", "user", "open sesame")
    accounts = Accounts(file)
    assert accounts.known("ann", "open sesame") is None
    assert accounts.check("ann", "open sesame")
    assert accounts.known("ann", "open sesame")
    assert accounts.known("ann", "open") is None
    file.add("ann", "user", "another")
    assert accounts.known("ann", "open sesame") is None
    assert accounts.check("ann", "open sesame") is None


def test_accounts_are_found_while_the_server_runs(file: AccountFile) -> None:
    accounts = Accounts(AccountFile(file.path.parent))
    assert not accounts.exist
    file.add("ann", "admin", "open sesame")
    assert accounts.exist
    found = accounts.check("ann", "open sesame")
    assert found is not None
    proof = accounts.proof_of(found.principal)
    assert proof
    file.add("ann", "admin", "open sesame")
    assert accounts.proof_of(found.principal) not in ("", proof)
    file.add("ann", "user", "open sesame")
    assert not accounts.proof_of(found.principal)  # what was an administrator is one no longer
    file.remove("ann")
    assert not accounts.exist


@pytest.mark.parametrize("content", ["{", "[]", '{"accounts": [{"name": "ann"}]}', '{"accounts": [{}]}', '{"a": 1}'])
def test_a_broken_file_is_told_at_the_start_and_lets_nobody_in_later(tmp_path: Path, content: str) -> None:
    file = AccountFile(tmp_path)
    file.add("ann", "admin", "open sesame")
    accounts = Accounts(AccountFile(tmp_path))
    file.path.unlink()
    file.path.write_text(content)
    with pytest.raises(StartFailed, match="accounts"):
        Accounts(AccountFile(tmp_path))
    assert accounts.exist  # else whoever is at this machine would need no login
    assert accounts.check("ann", "open sesame")


@pytest.mark.parametrize("name", ["", " ann", "ann ", "a:b", "a/b", "a\\b", "a\nb", "a\x7fb", "n" * 65])
def test_names_that_cannot_be_are_refused(file: AccountFile, name: str) -> None:
    with pytest.raises(StartFailed, match="name"):
        file.add(name, "user", "open sesame")


@pytest.mark.parametrize("name", ["a", "Ann Example", "ann@example.org", "Åsa", "名前", "n" * 64])
def test_names_of_people_are_taken(file: AccountFile, name: str) -> None:
    file.add(name, "user", "open sesame")
    assert list(AccountFile(file.path.parent).read()) == [name]


@pytest.mark.parametrize("password", ["", "p" * 1025])
def test_passwords_that_cannot_be_are_refused(file: AccountFile, password: str) -> None:
    with pytest.raises(StartFailed, match="password of ann"):
        file.add("ann", "user", password)


def test_removing_who_is_not_there_is_told(file: AccountFile) -> None:
    with pytest.raises(StartFailed, match="no account ann"):
        file.remove("ann")


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StartFailed, match="cannot be written"):
        AccountFile(tmp_path / "file").add("ann", "user", "open sesame")
    (tmp_path / FILE).mkdir()
    with pytest.raises(StartFailed, match="cannot be read"):
        AccountFile(tmp_path).read()
