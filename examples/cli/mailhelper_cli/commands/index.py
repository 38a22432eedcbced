"""`mailhelper index verify` and `rebuild`: whether the search index says what the texts say."""

from __future__ import annotations

from dataclasses import asdict

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.failures import FAILED
from mailhelper_cli.output import counted
from mailhelper_cli.progress import progress
from mailhelper_cli.request import Command, Group


@click.group("index", cls=Group)
def index_command() -> None:
    """Compare the search index with the mail, or make it anew."""


@index_command.command("verify", cls=Command)
@with_context
def verify_command(context: Context) -> None:
    """Compare the search index with the texts of all mail; nothing changes."""
    seen = context.services.searches.verify_index()
    lines = [f"{counted(seen.messages, 'message')} compared, {seen.missing} lost, {seen.stale} with other words"]
    lines += ["all is the same" if seen.ok else "make it anew with `mailhelper index rebuild`"]
    context.out.result(asdict(seen) | {"ok": seen.ok}, *lines)
    click.get_current_context().exit(0 if seen.ok else FAILED)


@index_command.command("rebuild", cls=Command)
@with_context
def rebuild_command(context: Context) -> None:
    """Index all mail anew; searches answer meanwhile, only slower."""
    with progress(silent=context.out.as_json) as on_step:
        indexed = context.services.searches.rebuild_index(progress=on_step)
    context.out.result({"indexed": indexed}, f"{counted(indexed, 'message')} indexed")
