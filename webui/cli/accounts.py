"""`webui accounts`: who may log in."""

import argparse
import getpass
import sys
from typing import TYPE_CHECKING, Any

from webui.errors import StartFailed
from webui.settings import load_settings

if TYPE_CHECKING:
    from webui.access.account_file import AccountFile


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = commands.add_parser("accounts", help="say who may log in")
    actions = command.add_subparsers(required=True, metavar="ACTION", parser_class=type(command))
    actions.add_parser("list", parents=[folders], help="list the accounts").set_defaults(run=run_list)
    adding = actions.add_parser("add", parents=[folders], help="add an account, or give one another password")
    adding.add_argument("name", metavar="NAME")
    adding.add_argument(
        "--role", choices=["admin", "user"], default="user",
        help="admin may do everything; user makes pictures and sees the own ones (default)",
    )  # fmt: skip
    adding.set_defaults(run=run_add)
    removing = actions.add_parser("remove", parents=[folders], help="remove an account; its pictures stay")
    removing.add_argument("name", metavar="NAME")
    removing.set_defaults(run=run_remove)


def run_list(options: argparse.Namespace) -> int:
    """Prints names and roles."""
    for name, kept in sorted(_file(options).read().items()):
        print(f"{name}  ({kept.role.name.lower()})")
    return 0


def run_add(options: argparse.Namespace) -> int:
    """Asks for a password, or reads a line with it, and keeps its hash.

    Raises:
        StartFailed: the name or the password cannot be used, or the file cannot be read or written.
    """
    from webui.access.account_file import check_account

    file, password = _file(options), _password()
    check_account(options.name, password)
    known = options.name in file.read()
    file.add(options.name, options.role, password)
    print(f"{options.name} has a new password." if known else f"{options.name} may log in now.")
    return 0


def run_remove(options: argparse.Namespace) -> int:
    """Takes an account away; a running server logs it out.

    Raises:
        StartFailed: there is none of that name, or the file cannot be read or written.
    """
    _file(options).remove(options.name)
    print(f"{options.name} may not log in any more.")
    return 0


def _file(options: argparse.Namespace) -> "AccountFile":
    from webui.access.account_file import AccountFile

    return AccountFile(load_settings(data_dir=options.data_dir).data_dir)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("The same again: ") != password:
        raise StartFailed("The two passwords differ.", hint="Try again.", field="password")
    return password
