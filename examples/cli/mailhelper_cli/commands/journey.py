"""`mailhelper sync` and `mailhelper run`: the first step of the journey, or all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.failures import describe, explain
from mailhelper_cli.notes import named_notes
from mailhelper_cli.progress import OnStep, progress
from mailhelper_cli.request import Command
from mailhelper_cli.sentences import run_lines, sync_lines
from mailhelper_cli.values import Value
from mailhelper_core import Account, ErrorNote, MailHelperError, RunReport, SyncReport

R = TypeVar("R", SyncReport, RunReport)

_account_option = click.option("--account", help="Account by number or name; by default all.")
_most_option = click.option(
    "--max-messages", type=click.IntRange(min=1), help="Fetch at most so many, the newest first; the rest comes later."
)


@click.command("sync", cls=Command)
@_account_option
@_most_option
@with_context
def sync_command(context: Context, *, account: str | None, max_messages: int | None) -> None:
    """Fetch what is new, changed or gone."""

    def sync(one: Account, on_step: OnStep | None) -> SyncReport:
        return context.services.sync(one.id, max_messages=max_messages, progress=on_step)

    _each(context, context.accounts(account), sync, sync_lines)


@click.command("run", cls=Command)
@_account_option
@_most_option
@with_context
def run_command(context: Context, *, account: str | None, max_messages: int | None) -> None:
    """Deliver what waits, sync, understand, let the rules act, deliver again."""

    def run(one: Account, on_step: OnStep | None) -> RunReport:
        return context.services.run(one.id, max_messages=max_messages, progress=on_step)

    _each(context, context.accounts(account), run, run_lines)


def _each(
    context: Context,
    accounts: tuple[Account, ...],
    work: Callable[[Account, OnStep | None], R],
    lines: Callable[[R], list[str]],
) -> None:
    """Work on every account: a failure is said at once, costs the others nothing, and decides the exit code."""
    done: list[Value] = []
    failed = 0
    for account in accounts:
        entry: Value = {"id": account.id, "name": account.name, "report": None, "error": None}
        done.append(entry)
        try:
            with progress(silent=context.out.as_json) as on_step:
                report: R = work(account, on_step)
        except MailHelperError as exc:
            failed = failed or describe(exc).exit_code
            entry["error"] = asdict(describe(exc))
            explain(exc, as_json=context.out.as_json, where=account.name)
            continue
        entry["report"] = report.as_dict()
        _say(context, account, lines(report), report.errors)
    context.out.result({"accounts": done})
    click.get_current_context().exit(failed)


def _say(context: Context, account: Account, lines: list[str], errors: tuple[ErrorNote, ...]) -> None:
    context.out.say(f"{account.name}: " + "\n  ".join([*lines, *named_notes(context, account, errors)]))
