"""The `mailhelper` command: knows its sub-commands by name, imports only the one that is called."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from importlib import import_module
from io import TextIOWrapper

import click

from mailhelper_cli.failures import INTERRUPTED, describe, explain
from mailhelper_cli.request import Group, Request, wants_json
from mailhelper_core import MailHelperError

# command -> (its module in mailhelper_cli.commands, its line in the help)
COMMANDS: dict[str, tuple[str, str]] = {
    "account": ("account", "Add, list, check and remove mail accounts."),
    "sync": ("journey", "Fetch what is new, changed or gone."),
    "run": ("journey", "Make the whole journey: sync, understand, rules, deliver."),
    "list": ("mail", "List the messages of a mailbox, the last received first."),
    "show": ("mail", "Show one message, and why it is where it is."),
    "thread": ("mail", "Show the conversation of a message."),
    "search": ("mail", "Find messages."),
    "index": ("index", "Compare the search index with the mail, or make it anew."),
    "move": ("deed", "Move messages into a mailbox."),
    "archive": ("deed", "Move messages into the archive."),
    "trash": ("deed", "Move messages into the trash; nothing is deleted for good."),
    "flag": ("deed", "Put a star, or another flag, on messages."),
    "unflag": ("deed", "Take it off."),
    "similar": ("mind", "List the messages that are most like one."),
    "summary": ("mind", "Say in a few sentences what a message says."),
    "reply": ("mind", "Draft a reply in your style; nothing is sent."),
    "egress": ("egress", "Decide what may leave for model providers, and see what has."),
    "tag": ("tag", "Create, list, assign and remove tags."),
    "rule": ("rule", "Add, list, plan and run rules."),
    "correct": ("opinion", "Say how messages are to be seen; it is learned from."),
    "reprocess": ("opinion", "Ask the classifiers about old mail again."),
    "changes": ("change", "List what was decided, newest first."),
    "outbox": ("outbox", "List what waits for a server, and what failed there."),
    "undo": ("change", "Take a change back, in the store and on the server."),
    "replay": ("change", "Let plugins carry out again what they did in a change."),
    "job": ("job", "Ask for work in the background, list it, end it."),
    "work": ("job", "Do the jobs of all owners until you stop it."),
    "watch": ("job", "Work, and listen to the servers."),
    "settings": ("settings", "Show and change where your days begin, and your language."),
    "plugins": ("admin", "List installed plugins; imports none."),
    "db": ("move", "Create, upgrade or copy the database."),
    "export": ("move", "Write all that is yours into one file."),
    "import": ("move", "Take in what `export` wrote."),
    "erase": ("move", "Forget all that is stored of you."),
    "doctor": ("admin", "Look at database, key, plugins and accounts."),
    "demo": ("demo", "Make the journey with generated mail, leaving nothing behind."),
}

# No name has these: control characters, and octets that are no text.
_NAMELESS = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")


class LazyGroup(Group):
    """Lists its commands from the table, and imports a command's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Answer the names in the order of a day's work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and answer one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"mailhelper_cli.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, help_) for name, (_, help_) in COMMANDS.items()])


@click.group(cls=LazyGroup)
@click.option(
    "--database", envvar="MAILHELPER_DATABASE_URL", help="Database URL.  [default: a file in your data folder]"
)
@click.option("--key-file", envvar="MAILHELPER_KEY_FILE", help="The key that seals passwords.")
@click.option("--owner", default="me", show_default=True, envvar="MAILHELPER_OWNER", help="Whose mail.")
@click.version_option(package_name="mailhelper")
@click.pass_context
def cli(ctx: click.Context, /, *, database: str | None, key_file: str | None, owner: str) -> None:
    """Your mail: synced, understood, sorted by your rules, and every step explained."""
    if not owner.strip() or _NAMELESS.search(owner):
        raise click.UsageError("--owner is the name of whose mail it is, such as `me`.")
    ctx.obj = Request(database, key_file, owner, as_json=ctx.obj)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer its exit code; an error is one line on standard error."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    as_json = wants_json(words)
    _replace_what_cannot_be_shown()
    try:
        code = cli.main(words, prog_name="mailhelper", standalone_mode=False, obj=as_json)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nmailhelper: stopped; what was committed stays", err=True)
        return INTERRUPTED
    except (MailHelperError, click.ClickException) as exc:
        explain(exc, as_json=as_json)
        return describe(exc).exit_code
    except OSError as exc:  # a disk that is full, whether the database lies there or what is printed
        error = MailHelperError(f"The system said: {exc.strerror or type(exc).__name__}.", code="system")
        explain(error, as_json=as_json)
        return describe(error).exit_code
    return code if isinstance(code, int) else 0


def _replace_what_cannot_be_shown() -> None:
    """Let a question mark stand for what a terminal's encoding lacks, and for octets of arguments that are no text."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
