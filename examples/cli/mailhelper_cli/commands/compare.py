"""`mailhelper account verify` and `repair`: whether the store says what the server says."""

from __future__ import annotations

from dataclasses import asdict

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.failures import FAILED
from mailhelper_cli.notes import named_notes
from mailhelper_cli.output import counted
from mailhelper_cli.request import Command
from mailhelper_cli.sentences import sync_lines
from mailhelper_cli.values import account_value
from mailhelper_core import MailboxDifference


@click.command("verify", cls=Command)
@click.argument("account", required=False)
@with_context
def verify_command(context: Context, *, account: str | None) -> None:
    """Compare everything stored of ACCOUNT with its server; nothing changes."""
    found = context.account(account)
    seen = context.services.accounts.verify(found.id)
    names = {box.id: box.name for box in context.services.accounts.mailboxes(found.id)}
    differences = [(names.get(one.mailbox_id, "a mailbox that is gone"), one) for one in seen.differences]
    lines = [f"{counted(seen.messages, 'message')} in {counted(seen.mailboxes, 'mailbox', 'mailboxes')} compared"]
    lines += [f"{name}: {_difference(one)}" for name, one in differences]
    lines += [f"{name}: only at the server" for name in seen.not_stored]
    lines += [f"{name}: only in the store" for name in seen.not_listed]
    lines += ["all is the same" if seen.ok else "fetch what is new with `mailhelper sync`, then `account repair`"]
    value = {
        "account": account_value(found), "ok": seen.ok, "mailboxes": seen.mailboxes, "messages": seen.messages,
        "differences": [asdict(one) | {"mailbox": name} for name, one in differences],
        "not_stored": list(seen.not_stored), "not_listed": list(seen.not_listed),
    }  # fmt: skip
    context.out.result(value, *lines)
    click.get_current_context().exit(0 if seen.ok else FAILED)


@click.command("repair", cls=Command)
@click.argument("account", required=False)
@with_context
def repair_command(context: Context, *, account: str | None) -> None:
    """Fetch what is missing of ACCOUNT and forget what is too much; ids, tags and history stay."""
    found = context.account(account)
    report = context.services.accounts.repair(found.id)
    value = {"account": account_value(found), "report": report.as_dict()}
    context.out.result(value, *sync_lines(report), *named_notes(context, found, report.errors))


def _difference(one: MailboxDifference) -> str:
    counts = f"{one.missing} missing, {one.extra} too many, {one.differing} with other keywords, {one.other} other mail"
    counts += f", {one.short} cut short" if one.short else ""
    return f"could not be looked at ({one.code})" if one.code else counts
