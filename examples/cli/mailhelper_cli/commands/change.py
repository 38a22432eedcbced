"""`mailhelper changes`, `undo` and `replay`: what was decided, taking it back, and telling services of it again."""

from __future__ import annotations

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.output import counted
from mailhelper_cli.paging import after_option, limit_option
from mailhelper_cli.request import Command
from mailhelper_cli.sentences import note_line
from mailhelper_cli.values import change_value

COLUMNS = ("change", "when", "kind", "about", "by", "entries", "waiting", "failed", "state")


@click.command("changes", cls=Command)
@limit_option
@after_option
@with_context
def changes_command(context: Context, *, limit: int, after: str | None) -> None:
    """List what was decided, newest first; `undo CHANGE` takes one back."""
    page = context.services.changes(limit=limit, after=after)
    values = [change_value(change) for change in page]
    keys = ("id", "at", "kind", "note", "by", "entries", "waiting", "failed", "state")
    rows = [[value[key] for key in keys] for value in values]
    context.out.table({"changes": values, "next": page.next}, COLUMNS, rows, empty="nothing was changed yet")


@click.command("undo", cls=Command)
@click.argument("change", type=int)
@click.option("--no-deliver", is_flag=True, help="Leave the changes to the server for the next `run`.")
@with_context
def undo_command(context: Context, *, change: int, no_deliver: bool) -> None:
    """Take the change with the number CHANGE back; what was touched since is left alone."""
    report = context.services.undo(change)
    delivered = context.deliver(later=no_deliver)
    left = f", {report.left} left as touched since" if report.left else ""
    line = f"{counted(report.undone, 'change')} taken back{left}; {delivered.words()}"
    notes = map(note_line, (*report.errors, *delivered.errors))
    context.out.result({**report.as_dict(), **delivered.as_value()}, line, *notes)


@click.command("replay", cls=Command)
@click.argument("change", type=int)
@click.option("--failed", is_flag=True, help="Only what failed, and nothing that was delivered.")
@click.option("--no-deliver", is_flag=True, help="Leave it to the next `run`.")
@with_context
def replay_command(context: Context, *, change: int, failed: bool, no_deliver: bool) -> None:
    """Let plugins carry out again what they did in the change with the number CHANGE, such as calls of a service."""
    found = context.services.outbox.replay(change, failed=failed)
    delivered = context.deliver(later=no_deliver)
    line = f"{counted(len(found), 'deed')} of plugins asked for again; {delivered.words()}"
    value = {"entries": [one.id for one in found], **delivered.as_value()}
    context.out.result(value, line, *map(note_line, delivered.errors))
