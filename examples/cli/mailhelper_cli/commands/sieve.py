"""`mailhelper rule import` and `rule export`: rules from a Sieve script, and as one."""

from __future__ import annotations

from pathlib import Path

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.output import counted
from mailhelper_cli.request import Command
from mailhelper_cli.values import loss_value, rule_value
from mailhelper_core import SieveLoss


@click.command("import", cls=Command)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--overwrite", is_flag=True, help="Change rules of the same names instead of adding others.")
@click.option("--look", is_flag=True, help="Only show what would come of it.")
@click.option("--apart", is_flag=True, help="Make a rule of each block, also where together they would end otherwise.")
@with_context
def import_command(context: Context, *, file: Path, overwrite: bool, look: bool, apart: bool) -> None:
    """Read the Sieve script FILE into rules; all of them are saved, or none."""
    text = file.read_text(encoding="utf-8")
    rules = context.services.rules
    there = {rule.name for rule in rules.list()}
    taken = sum(rule.name in there for rule in rules.import_sieve(text, save=False, apart=apart).rules)
    report = rules.import_sieve(text, overwrite=overwrite, save=not look, apart=apart)
    value = {"rules": list(map(rule_value, report.rules)), "losses": list(map(loss_value, report.losses))}
    done = "would come of it" if look else "saved"
    beside = [_BESIDE.format(counted(taken, "of these names", "of these names"))] if taken and not overwrite else []
    context.out.result(value, f"{counted(len(report.rules), 'rule')} {done}", *beside, *map(_line, report.losses))


@click.command("export", cls=Command)
@with_context
def export_command(context: Context) -> None:
    """Print the rules as a Sieve script; what it does not say goes to standard error."""
    export = context.services.rules.export_sieve()
    value = {"script": export.text, "losses": list(map(loss_value, export.losses))}
    context.out.result(value)
    if not context.out.as_json:
        click.echo(export.text, nl=False)
        for loss in export.losses:
            click.echo(_line(loss), err=True)


def _line(loss: SieveLoss) -> str:
    where = f" (line {loss.line})" if loss.line else ""
    return f"{loss.rule}{where}: {loss.what} is {_KINDS[loss.kind]}: {loss.why}"


_BESIDE = "{} had a rule before, which stays beside the new one: both act; --overwrite changes the old one instead"
_KINDS = {"near": "said nearly", "kept": "kept, not done", "left_out": "left out"}
