"""`mailhelper correct` and `reprocess`: say what a message is, and let classifiers look again."""

from __future__ import annotations

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.output import counted
from mailhelper_cli.progress import progress
from mailhelper_cli.request import Command
from mailhelper_cli.sentences import change_line, note_line
from mailhelper_core import CATEGORIES

# What `opinions.of` names as the one who said it, for the owner's own word.
OWNER = "owner"

_level = click.IntRange(1, 3)


@click.command("correct", cls=Command)
@click.argument("messages", nargs=-1, required=True, type=int)
@click.option("--category", help=f"One of {', '.join(CATEGORIES)}, or your own.")
@click.option("--spam/--no-spam", default=None, help="It is spam, or is not.")
@click.option("--urgency", type=_level, help="From 1, it can wait, to 3.")
@click.option("--importance", type=_level, help="From 1 to 3.")
@with_context
def correct_command(
    context: Context,
    *,
    messages: tuple[int, ...],
    category: str | None,
    spam: bool | None,
    urgency: int | None,
    importance: int | None,
) -> None:
    """Say how MESSAGES are to be seen: it holds at once, against every classifier, and is learned from."""
    if (category, spam, urgency, importance) == (None,) * 4:
        raise click.UsageError("Say at least one of --category, --spam, --no-spam, --urgency and --importance.")
    before = _own_words(context, messages)
    change = context.services.opinions.correct(
        messages, category=category, spam=spam, urgency=urgency, importance=importance
    )
    after = _own_words(context, messages)
    count = sum(before[id_] != after[id_] for id_ in after)
    value = {"change": change.id if count else None, "corrected": count}
    context.out.result(value, change_line("your word stands for", change, count))


@click.command("reprocess", cls=Command)
@click.option("--account", help="Account by number or name; by default all.")
@with_context
def reprocess_command(context: Context, *, account: str | None) -> None:
    """Ask the classifiers again about all mail: after a plugin came, went or has a new version."""
    account_id = context.account(account).id if account else None
    context.services.reprocess(account_id)
    with progress(silent=context.out.as_json) as on_step:
        report = context.services.process(account_id, progress=on_step)
    line = f"{counted(report.processed, 'message')} understood, {counted(report.opinions, 'opinion')}"
    context.out.result(report.as_dict(), line, *map(note_line, report.errors))


def _own_words(context: Context, messages: tuple[int, ...]) -> dict[int, set[tuple[str, str]]]:
    """Answer what the owner said about messages so far: question and answer."""
    held = context.services.opinions.of(messages)
    return {id_: {(one.kind, one.value) for one in said if one.said_by == OWNER} for id_, said in held.items()}
