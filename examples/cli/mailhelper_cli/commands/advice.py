"""`mailhelper rule check`, `suggest`, `waiting`, `approve`, `reject`: what you may want to know or say about rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.output import counted
from mailhelper_cli.request import Command
from mailhelper_cli.sentences import note_line, undo_line
from mailhelper_cli.values import change_value, rule_actions, suggestion_value
from mailhelper_core import ChangeEntry

# error_code of an entry that was approved and not done -> why
LEFT = {
    "changed_since": "the message was moved since the rule asked",
    "decided_since": "you decided about it since the rule asked",
    "mailbox_gone": "the mailbox is gone from the server",
}


@click.command("check", cls=Command)
@with_context
def check_command(context: Context) -> None:
    """Say what is wrong with the rules: dead, shadowed, looping, conflicting, unknown, costly, broken."""
    findings = context.services.rules.analyze()
    rows = [(one.rule, one.kind, one.other, one.message) for one in findings]
    value = {"findings": [asdict(one) for one in findings]}
    context.out.table(value, ("rule", "kind", "other", "what"), rows, empty="nothing is wrong with the rules")


@click.command("suggest", cls=Command)
@click.option("--days", type=click.IntRange(min=1), default=180, show_default=True, help="How far to look back.")
@with_context
def suggest_command(context: Context, *, days: int) -> None:
    """List rules that do what you did by hand, the best supported first."""
    found = context.services.rules.suggest(days=days)
    rows = [
        (one.rule.when, "; ".join(rule_actions(one.rule)), f"{one.support} of {one.total}", one.reason) for one in found
    ]
    value = {"suggestions": list(map(suggestion_value, found))}
    context.out.table(value, ("when", "then", "support", "why"), rows, empty="nothing you did by hand is a habit yet")


@click.command("waiting", cls=Command)
@with_context
def waiting_command(context: Context) -> None:
    """List what rules that ask want to do; `rule approve CHANGE` lets it happen."""
    changes = context.services.rules.proposed()
    rows = [(change.id, change.created_at, change.note, len(change)) for change in changes]
    value = {"changes": list(map(change_value, changes))}
    context.out.table(value, ("change", "when", "rule", "entries"), rows, empty="no rule waits for your word")


@click.command("approve", cls=Command)
@click.argument("change", type=int)
@click.option("--no-deliver", is_flag=True, help="Leave the changes to the server for the next `run`.")
@with_context
def approve_command(context: Context, *, change: int, no_deliver: bool) -> None:
    """Let happen what a rule asked for in CHANGE, on the messages as they are now; what was touched since is left."""
    approved = context.services.rules.approve(change)
    delivered = context.deliver(later=no_deliver)
    left = [one for one in approved if one.state == "cancelled"]
    done = len(approved) - len(left)
    line = f"{counted(done, 'change')}, {delivered.words()}" + (f"; {undo_line(approved.id)}" if done else "")
    value = {"change": change_value(approved), "left": len(left), **delivered.as_value()}
    context.out.result(value, line, *_left_lines(left), *map(note_line, delivered.errors))


@click.command("reject", cls=Command)
@click.argument("change", type=int)
@with_context
def reject_command(context: Context, *, change: int) -> None:
    """Refuse what a rule asked for in CHANGE; it never asks again for these messages."""
    rejected = context.services.rules.reject(change)
    line = f"{rejected.note} does nothing to these messages, and asks no more"
    context.out.result({"change": change_value(rejected)}, line)


def _left_lines(left: Sequence[ChangeEntry]) -> list[str]:
    """Say what was asked for and not done, once for each reason."""
    counts = Counter(one.error_code for one in left)
    return [f"{counted(number, 'change')} left out: {LEFT.get(code, code)}" for code, number in counts.items()]


COMMANDS = (check_command, suggest_command, waiting_command, approve_command, reject_command)
