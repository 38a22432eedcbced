"""`mailhelper outbox`: what waits for a server, and what never got there; docs/reference/delivery.md says why."""

from __future__ import annotations

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.output import counted
from mailhelper_cli.paging import after_option
from mailhelper_cli.request import Command
from mailhelper_cli.sentences import operation_words
from mailhelper_cli.values import Value, operation_value
from mailhelper_core import Change, ChangeEntry, advice_for

COLUMNS = ("state", "change", "message", "what", "code", "advice")
FAILED = ("conflicted", "dead")
# code of an entry that a server did not carry out -> what to do
ADVICE = {
    "changed_since": "the message changed after this was decided: decide again, if it still holds",
    "gone": "the message is nowhere on the server: nothing to do",
    "not_permanent": "the mailbox keeps no such keyword: a tag does the same without the server",
    "read_only": "the mailbox cannot be written: ask whoever owns it",
    "no_permission": "the mailbox cannot be written: ask whoever owns it",
    "unconfirmed": "the server said OK three times and did nothing: ask who runs it",
    "last_place": "undoing the copy would have removed the message: nothing to do",
    "effect_refused": "the plugin's service will never take this: mend what it refuses, then `mailhelper replay`",
    "unsure": "the copy may be another mail, so nothing was removed: look into both mailboxes",
    "untold": "the server lists the message and tells nothing of it: look there with another program",
    "cannot_undo": "the plugin cannot take back what it did: take it back by hand",
}
GIVEN_UP = "could not be delivered for days: decide again"


@click.command("outbox", cls=Command)
@click.option(
    "--changes", "limit", default=200, show_default=True, type=click.IntRange(1, 1000),
    help="In how many of the last changes to look for what failed.",
)  # fmt: skip
@after_option
@with_context
def outbox_command(context: Context, *, limit: int, after: str | None) -> None:
    """List what waits for a server, the oldest first, then what failed or conflicted, the newest first."""
    page = context.services.changes(limit=limit, after=after)
    where = {entry.id: change for change in page for entry in change}
    waiting = () if after else context.services.outbox.pending()
    failed = [entry for change in page for entry in change if entry.state in FAILED and not entry.undone]
    values = [_value(entry, where.get(entry.id)) for entry in (*waiting, *failed)]
    rows = [_row(entry, value) for entry, value in zip((*waiting, *failed), values, strict=True)]
    context.out.table({"entries": values, "next": page.next}, COLUMNS, rows, empty="nothing waits, and nothing failed")
    if (total := context.waiting() if waiting else 0) > len(waiting) and not context.out.as_json:
        click.echo(f"{counted(total - len(waiting), 'more operation')} waiting behind these", err=True)


def advice_of(entry: ChangeEntry) -> str:
    """Say in one line what to do about an entry that is not delivered."""
    if entry.state == "dead":
        return GIVEN_UP
    if entry.state in FAILED:
        return ADVICE.get(entry.error_code, "")
    known = advice_for(entry.error_code)
    return known or ("it is tried again by itself" if entry.attempts else "`mailhelper run` carries it there")


def _value(entry: ChangeEntry, change: Change | None) -> Value:
    return {
        "id": entry.id, "change": change.id if change else None, "message_id": entry.operation.message_id,
        "operation": operation_value(entry.operation), "state": entry.state, "error_code": entry.error_code,
        "attempts": entry.attempts, "advice": advice_of(entry),
    }  # fmt: skip


def _row(entry: ChangeEntry, value: Value) -> tuple[object, ...]:
    words = operation_words(entry.operation)
    return (entry.state, value["change"], entry.operation.message_id, words, entry.error_code, value["advice"])
