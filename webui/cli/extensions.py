"""`webui extensions`: what extensions there are, and bringing, enabling, updating and removing them."""

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from webui.cli.extension_flags import add_folder_flag
from webui.cli.extension_offers import asked, print_difference, print_offer
from webui.settings import Settings, load_settings

if TYPE_CHECKING:
    from webui.extensions.cards import Card
    from webui.extensions.extensions import Extensions
    from webui.extensions.installing.installer import Installer


def add_command(commands: "argparse._SubParsersAction[Any]", folders: argparse.ArgumentParser) -> None:
    """Adds the sub-command to the parser."""
    command = commands.add_parser("extensions", help="install extensions, and switch them on and off")
    actions = command.add_subparsers(required=True, metavar="ACTION", parser_class=type(command))
    places = argparse.ArgumentParser(add_help=False, parents=[folders])
    add_folder_flag(places)
    listing = actions.add_parser("list", parents=[places], help="list the installed extensions")
    listing.add_argument("--json", action="store_true", help="print JSON")
    listing.add_argument("--index", action="store_true", help="list what can be installed by name instead")
    listing.set_defaults(run=run_list)
    _add_installing(actions, places)
    for name, run, about in (
        ("enable", run_enable, "try an extension out, and switch it on"),
        ("disable", run_disable, "switch an extension off"),
        ("rollback", run_rollback, "bring back what the last update replaced"),
    ):
        action = actions.add_parser(name, parents=[places], help=about)
        action.add_argument("name", metavar="NAME")
        action.set_defaults(run=run)
    removing = actions.add_parser("remove", parents=[places], help="remove an extension with all that belongs to it")
    removing.add_argument("name", metavar="NAME")
    removing.add_argument("--keep-data", action="store_true", help="leave what it has saved in its data folder")
    removing.set_defaults(run=run_remove)
    new = actions.add_parser("new", parents=[places], help="write a new extension, with tests, to begin from")
    new.add_argument("name", metavar="NAME", help="lower case letters, digits and _")
    new.set_defaults(run=run_new)


def _add_installing(actions: "argparse._SubParsersAction[Any]", places: argparse.ArgumentParser) -> None:
    install = actions.add_parser(
        "install", parents=[places], help="fetch an extension, show what it would bring, and put it into its folder"
    )
    install.add_argument(
        "source", metavar="SOURCE", help="https address of a git repository (#branch), zip file, folder, or a name"
    )
    install.add_argument("--replace", action="store_true", help="also where an extension of that name is installed")
    update = actions.add_parser("update", parents=[places], help="show what is new, and take it")
    update.add_argument("name", metavar="NAME")
    for action, run in ((install, run_install), (update, run_update)):
        action.add_argument("--yes", action="store_true", help="do not ask")
        action.set_defaults(run=run)


def run_list(options: argparse.Namespace) -> int:
    """Prints the installed extensions, or those of the index, one a line or all as JSON."""
    extensions = _extensions(options)
    if options.index:
        installer = _installer(extensions)
        entries, problems = installer.index()
        told = [entry.to_json(installed=installer.is_installed(entry.name)) for entry in entries]
        lines = [f"{each['name']}  ({'installed' if each['installed'] else each['source']})" for each in told]
        print("\n".join(problems), file=sys.stderr, end="\n" if problems else "")
    else:
        told = [card.to_json() for card in extensions.cards()]
        lines = [_line(card) for card in extensions.cards()] or ["There are no extensions yet."]
    print(json.dumps(told, indent=1) if options.json else "\n".join(lines))
    return 0


def run_install(options: argparse.Namespace) -> int:
    """Shows what an extension would bring, asks, and installs it. It is not enabled by that."""
    extensions = _extensions(options)
    installer = _installer(extensions)
    offer = installer.look(options.source, tell=_tell)
    try:
        print_offer(offer)
        if not options.yes and not asked(f"Install {offer.name}?"):
            return 0
        name = installer.install(offer, replace=options.replace, tell=_tell)
    finally:
        installer.forget(offer.id)
    print(f"{name} is installed, and off. Switch it on with: webui extensions enable {name}")
    return 0


def run_update(options: argparse.Namespace) -> int:
    """Shows what is new in an extension, asks, and takes it."""
    extensions = _extensions(options)
    installer = _installer(extensions)
    found = installer.fetch_update(options.name, tell=_tell)
    try:
        if found.nothing:
            print(f"{options.name} is the newest already.")
            return 0
        print_difference(found)
        if not options.yes and not asked(f"Take this update of {options.name}?"):
            return 0
        installer.take_update(found.id, tell=_tell)
    finally:
        installer.forget(found.id)
    _print_status(extensions, options.name)
    return 0


def run_enable(options: argparse.Namespace) -> int:
    """Shows what an extension brings, tries it out in a process of its own, and switches it on."""
    extensions = _extensions(options)
    installer = _installer(extensions)
    print_offer(installer.installed(options.name), sys.stderr)
    installer.enable(options.name, tell=_tell)
    _print_status(extensions, options.name)
    return 0


def run_disable(options: argparse.Namespace) -> int:
    """Switches an extension off."""
    extensions = _extensions(options)
    extensions.disable(options.name)
    _print_status(extensions, options.name)
    return 0


def run_rollback(options: argparse.Namespace) -> int:
    """Brings back what the last update replaced."""
    extensions = _extensions(options)
    _installer(extensions).rollback(options.name)
    _print_status(extensions, options.name)
    return 0


def run_remove(options: argparse.Namespace) -> int:
    """Removes an extension."""
    _installer(_extensions(options)).remove(options.name, keep_data=options.keep_data)
    print(f"{options.name} is removed.")
    return 0


def run_new(options: argparse.Namespace) -> int:
    """Writes a new extension into the extensions folder."""
    from webui.extensions.template import write_extension

    folder = _settings(options).extensions_dir
    print(write_extension(folder, options.name))
    return 0


def _settings(options: argparse.Namespace) -> Settings:
    return load_settings(
        extra_models_dirs=tuple(options.models_dir), data_dir=options.data_dir, extensions_dir=options.extensions_dir
    )


def _extensions(options: argparse.Namespace) -> "Extensions":
    """The extensions, none of them loaded: a command that installs one must not run another."""
    from webui.extensions.extensions import Extensions

    return Extensions(_settings(options), watched=False, loads=False)


def _installer(extensions: "Extensions") -> "Installer":
    from webui.extensions.installing.installer import Installer

    return Installer(extensions)


def _print_status(extensions: "Extensions", name: str) -> None:
    print(_line(extensions.card(name)))


def _line(card: "Card") -> str:
    version = f"{card.manifest.version}, " if card.manifest else ""
    return f"{card.name}  ({version}{card.status.value.replace('_', ' ')})" + (
        f"  {card.problem}" if card.problem else ""
    )


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)
