"""`mailhelper list`, `show`, `thread` and `search`: reading."""

from __future__ import annotations

import sys
from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, get_args

import click
from rich.text import Text

from mailhelper_cli.context import Context, reading, with_context
from mailhelper_cli.output import counted
from mailhelper_cli.paging import after_option, limit_option
from mailhelper_cli.request import Command
from mailhelper_cli.sentences import hint_line
from mailhelper_cli.values import detail_value, message_value, timeline_value
from mailhelper_core import (
    Message,
    MessageDetail,
    NotFoundError,
    Page,
    SearchMode,
    TimelineEntry,
    priority_score,
    traffic_light,
)

Sort = Literal["newest", "oldest", "size", "priority", "sender", "relevance"]

CUT = ("from", "subject", "tags")
COLUMNS = ("id", "", "received", "from", "subject", "category", "tags")
# A query may begin with a dash, as in `-tag:done`.
QUERY_SETTINGS = {"ignore_unknown_options": True}


@click.command("list", cls=Command)
@click.argument("mailbox", default="inbox")
@limit_option
@after_option
@with_context
def list_command(context: Context, *, mailbox: str, limit: int, after: str | None) -> None:
    """List the messages of MAILBOX (a name, or a role such as inbox or junk), the last received first."""
    _require_mailbox(context, mailbox)
    quoted = mailbox.replace('"', '""')
    _print_page(context, context.services.search(f'in:"{quoted}"', limit=limit, after=after))


@click.command("search", cls=Command, context_settings=QUERY_SETTINGS)
@click.argument("query", nargs=-1, required=True)
@click.option("--sort", default="newest", show_default=True, type=click.Choice(get_args(Sort)))
@click.option("--by", default="words", show_default=True, type=click.Choice(get_args(SearchMode)), help="What ranks.")
@limit_option
@after_option
@with_context
def search_command(
    context: Context, *, query: tuple[str, ...], sort: Sort, by: SearchMode, limit: int, after: str | None
) -> None:
    """Find messages: words, from:bank, is:unread, older_than:30d, tag:bills, "urgency>=2", -category:newsletter ..."""
    text = " ".join(query)
    with reading(text):
        page = context.services.search(text, limit=limit, after=after, sort=sort, mode=by)
    _print_page(context, page, with_size=sort == "size")
    for note in page.notes:
        click.echo(f"by words alone: {note.message}", err=True)
    for hint in context.services.searches.hints(text):
        click.echo(hint_line(hint), err=True)


@click.command("show", cls=Command)
@click.argument("message", type=int)
@click.option("--why", is_flag=True, help="Show what happened to it, and why.")
@click.option("--raw", is_flag=True, help="Write the octets as the server sent them.")
@with_context
def show_command(context: Context, *, message: int, why: bool, raw: bool) -> None:
    """Show one message: header, text, attachments and what is thought of it."""
    if raw:
        _print_raw(context, message)
        return
    found = context.services.messages.get(message)
    timeline = context.services.messages.timeline(message) if why else ()
    value = detail_value(found)
    if why:
        value["timeline"] = [timeline_value(entry) for entry in timeline]
    happened = ["", *(_timeline_line(entry, context.out.time) for entry in timeline)] if why else []
    context.out.result(value, *_message_lines(found, context.out.time), *happened)


@click.command("thread", cls=Command)
@click.argument("message", type=int)
@with_context
def thread_command(context: Context, *, message: int) -> None:
    """Show the conversation that MESSAGE belongs to, oldest first."""
    found = context.services.messages.thread(message)
    context.out.table({"messages": [message_value(one) for one in found]}, COLUMNS, _rows(found), cut=CUT)


def _require_mailbox(context: Context, name: str) -> None:
    """Raise NotFoundError, with the names there are, unless an account has this mailbox."""
    accounts = context.services.accounts
    boxes = [box for account in context.accounts(None) for box in accounts.mailboxes(account.id)]
    if not boxes:
        raise NotFoundError("Nothing was fetched yet; do so with `mailhelper run`.")
    if not any(name.lower() in (box.name.lower(), box.role) for box in boxes):
        known = ", ".join(sorted({box.name for box in boxes}))
        raise NotFoundError(f"There is no mailbox {name!r}; there are {known}.", code="no_mailbox")


def _print_raw(context: Context, message: int) -> None:
    octets = context.services.messages.raw(message)
    if context.out.as_json:
        context.out.result({"id": message, "raw_base64": b64encode(octets).decode("ascii")})
    else:
        sys.stdout.buffer.write(octets)


def _print_page(context: Context, page: Page[Message], *, with_size: bool = False) -> None:
    value = {"messages": [message_value(message) for message in page], "next": page.next}
    if with_size:
        rows = [(*row, message.size) for row, message in zip(_rows(page), page, strict=True)]
        context.out.table(value, (*COLUMNS, "size"), rows, cut=CUT)
    else:
        context.out.table(value, COLUMNS, _rows(page), cut=CUT)


def _rows(messages: Iterable[Message]) -> list[tuple[object, ...]]:
    return [
        (
            message.id,
            _mark(message),
            message.received_at,
            message.from_.name or message.from_.addr_spec,
            Text(message.subject, style="" if message.is_seen else "bold"),
            message.category,
            message.tag_names,
        )
        for message in messages
    ]


def _mark(message: Message) -> Text:
    if not (message.urgency and message.importance):
        return Text()
    light = traffic_light(priority_score(message.urgency, message.importance))
    return Text({"red": "!!", "yellow": "!", "green": ""}[light], style=light)


def _message_lines(message: MessageDetail, time: Callable[[datetime], str]) -> list[str]:
    fields = {
        "From": str(message.from_),
        "To": ", ".join(map(str, message.to)),
        "Cc": ", ".join(map(str, message.cc)),
        "Sent": time(message.sent_at) if message.sent_at else "unknown",
        "Received": time(message.received_at),
        "Subject": message.subject,
        "In": ", ".join(message.mailboxes),
        "Tags": ", ".join(sorted(message.tag_names)),
        "Thought": _thought(message),
        "Attached": ", ".join(
            f"{a.filename or a.media_type} ({counted(a.size, 'octet')})" for a in message.attachments
        ),
        "Problems": ", ".join(message.problems),
    }
    header_only = message.parse_status == "headers_only"
    text = (
        f"(only the header is here; `mailhelper show {message.id} --raw` fetches it)" if header_only else message.text
    )
    return [*(f"{name + ':':<9} {value}" for name, value in fields.items() if value), "", text]


def _thought(message: Message) -> str:
    levels = (("urgency", message.urgency), ("importance", message.importance))
    return ", ".join([message.category or "undecided", *(f"{name} {level}" for name, level in levels if level)])


def _timeline_line(entry: TimelineEntry, time: Callable[[datetime], str]) -> str:
    reasons = f": {'; '.join(entry.reasons)}" if entry.reasons else ""
    return f"{time(entry.at)} {entry.kind:<10} {entry.what} (by {entry.by}){reasons}"
