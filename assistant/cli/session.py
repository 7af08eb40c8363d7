"""Options that say who asks and for when; shared by the commands that answer."""

import argparse
import getpass
from datetime import datetime

from assistant.app import App
from assistant.tools.periods import moment


def add_who(parser: argparse.ArgumentParser) -> None:
    """--user and --role."""
    parser.add_argument("--user", default=None, help="who asks (default: the name you are logged in with)")
    parser.add_argument("--role", default="administrator", help="role of the user (default: administrator)")


def add_when(parser: argparse.ArgumentParser) -> None:
    """--at and --lang."""
    parser.add_argument(
        "--at", metavar="TIME", help="answer as of this time, ISO or in words (default: the records' latest)"
    )
    parser.add_argument("--lang", choices=("en", "zh"), help="language of the answer (default: the question's)")


def user_of(arguments: argparse.Namespace) -> str:
    """The user's name; `local` where the system knows none."""
    if arguments.user:
        return str(arguments.user)
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "local"


def at_of(arguments: argparse.Namespace, app: App) -> datetime | None:
    """The clock that --at names, words resolved against the records' clock; None if it was not given."""
    if not arguments.at:
        return None
    return moment(arguments.at, app.store.clock() or datetime.now().replace(microsecond=0))
