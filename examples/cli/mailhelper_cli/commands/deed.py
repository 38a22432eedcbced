"""`mailhelper move`, `archive`, `trash`, `flag` and `unflag`: what you do to messages, here and on the server."""

from __future__ import annotations

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.output import counted
from mailhelper_cli.request import Command
from mailhelper_cli.sentences import NOTHING_TO_CHANGE, note_line, undo_line
from mailhelper_core import Change

_messages = click.argument("messages", nargs=-1, required=True, type=int)
_later = click.option("--no-deliver", is_flag=True, help="Leave it to the server for the next `run`.")
_keyword = click.option("--keyword", default="\\Flagged", show_default=True, help="Another, such as '\\Seen' or $Todo.")


@click.command("move", cls=Command)
@click.argument("mailbox")
@_messages
@_later
@with_context
def move_command(context: Context, *, mailbox: str, messages: tuple[int, ...], no_deliver: bool) -> None:
    """Move MESSAGES into MAILBOX, by name or by role; one that the server does not have is made."""
    name, is_new = _mailbox(context, mailbox)
    change = context.services.messages.move(messages, name)
    _tell(context, change, f"moved to {name}{', which is made' if is_new else ''}", later=no_deliver)


@click.command("archive", cls=Command)
@_messages
@_later
@with_context
def archive_command(context: Context, *, messages: tuple[int, ...], no_deliver: bool) -> None:
    """Move MESSAGES into the archive."""
    _tell(context, context.services.messages.archive(messages), "moved to the archive", later=no_deliver)


@click.command("trash", cls=Command)
@_messages
@_later
@with_context
def trash_command(context: Context, *, messages: tuple[int, ...], no_deliver: bool) -> None:
    """Move MESSAGES into the trash; nothing is deleted for good."""
    _tell(context, context.services.messages.trash(messages), "moved to the trash", later=no_deliver)


@click.command("flag", cls=Command)
@_messages
@_keyword
@_later
@with_context
def flag_command(context: Context, *, messages: tuple[int, ...], keyword: str, no_deliver: bool) -> None:
    """Put a star, or another flag of IMAP, on MESSAGES."""
    change = context.services.messages.add_keyword(messages, keyword)
    _tell(context, change, f"marked {keyword}", later=no_deliver)


@click.command("unflag", cls=Command)
@_messages
@_keyword
@_later
@with_context
def unflag_command(context: Context, *, messages: tuple[int, ...], keyword: str, no_deliver: bool) -> None:
    """Take the star, or another flag of IMAP, off MESSAGES."""
    change = context.services.messages.remove_keyword(messages, keyword)
    _tell(context, change, f"no longer marked {keyword}", later=no_deliver)


def _mailbox(context: Context, name: str) -> tuple[str, bool]:
    """Answer the mailbox that a name or a role means, and whether there is none of that name yet."""
    accounts = context.services.accounts
    boxes = [box for account in accounts.list() for box in accounts.mailboxes(account.id)]
    by_role = {box.name for box in boxes if box.role == name.lower()}
    if any(box.name == name for box in boxes):
        return name, False
    return (by_role.pop(), False) if len(by_role) == 1 else (name, True)


def _tell(context: Context, change: Change, done: str, *, later: bool) -> None:
    touched = len({entry.operation.message_id for entry in change})
    delivered = context.deliver(later=later or not touched)
    value = {"change": change.id if touched else None, "entries": len(change), **delivered.as_value()}
    line = f"{counted(touched, 'message')} {done}; {delivered.words()}; {undo_line(change.id)}"
    context.out.result(value, line if touched else NOTHING_TO_CHANGE, *map(note_line, delivered.errors))
