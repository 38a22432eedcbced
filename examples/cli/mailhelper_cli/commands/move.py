"""`mailhelper db`, `export`, `import` and `erase`: the whole database, or all that is one owner's."""

from __future__ import annotations

import click

import mailhelper_core
from mailhelper_cli.context import Context, with_context
from mailhelper_cli.progress import progress
from mailhelper_cli.request import Command, Group
from mailhelper_core import ArchiveReport, CopyReport, SchemaError


@click.group("db", cls=Group)
def db_command() -> None:
    """Create, upgrade or copy the database."""


@db_command.command("upgrade")
@with_context
def upgrade(context: Context) -> None:
    """Bring the schema to the newest revision, in one transaction."""
    revision = context.helper.migrate()
    context.out.result({"revision": revision}, f"the database is at {revision}")


@db_command.command("copy")
@click.argument("source")
@click.argument("target")
@click.option("--dry-run", is_flag=True, help="Count what there is to copy; write nothing.")
@with_context
def copy(context: Context, source: str, target: str, *, dry_run: bool) -> None:
    """Copy the whole database SOURCE into the empty database TARGET, both given by URL.

    Stop all workers first. Interrupted, the same call goes on. Rows are compared on both sides at the end. The key
    file is not copied: give the same --key-file to whoever uses the copy.
    """
    with mailhelper_core.MailHelper(source) as helper, progress(silent=context.out.as_json) as told:
        _require_database(helper)
        report = helper.copy_to(target, progress=told, dry_run=dry_run)
    context.out.result(_copied(report), _sentence(report))


@click.command("export", cls=Command)
@click.argument("path", type=click.Path())
@with_context
def export_command(context: Context, path: str) -> None:
    """Write all that is yours into the new file PATH, a ZIP that any program can read; passwords stay behind."""
    with progress(silent=context.out.as_json) as told:
        report = context.services.export(path, progress=told)
    said = f"{report.contents} mails and {report.rows} rows are in {path}; it is not encrypted"
    context.out.result(_archived(report), said + _lost(report))


@click.command("import", cls=Command)
@click.argument("path", type=click.Path())
@with_context
def import_command(context: Context, path: str) -> None:
    """Take in what `export` wrote, as the mail of --owner, who has none here yet."""
    with progress(silent=context.out.as_json) as told:
        report = context.helper.import_archive(path, owner=context.owner, progress=told)
    said = f"{report.contents} mails came for {report.owner}; now `mailhelper account password`"
    context.out.result(_archived(report), said + _lost(report))


@click.command("erase", cls=Command)
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_context
def erase_command(context: Context, *, yes: bool) -> None:
    """Forget all that is stored of --owner, for good; mail servers keep everything."""
    if not yes:
        click.confirm(f"Forget everything of {context.owner}? There is no way back", abort=True, err=True)
    report = context.services.erase()
    value = {"messages": report.messages, "rows": report.rows, "is_wiped": report.is_wiped}
    hint = "" if report.is_wiped else "; the database's files forget it at VACUUM FULL"
    context.out.result(value, f"{report.messages} messages and {report.rows} other rows are gone{hint}")


def _require_database(helper: mailhelper_core.MailHelper) -> None:
    """Raise SchemaError for a SQLite file that does not exist: a name that was mistyped would make an empty one."""
    # Not `check`, which opens every secret and reads every rule: the copy needs neither.
    database = next(item for item in helper.ready().items if item.name == "database")
    if database.found == "database_missing":
        raise SchemaError("There is no database at SOURCE; nothing was copied.", code=database.found)


def _archived(report: ArchiveReport) -> dict[str, object]:
    return {"owner": report.owner, "rows": report.rows, "contents": report.contents, "lost": report.lost}


def _lost(report: ArchiveReport) -> str:
    return f"; {report.lost} more are lost where raw mail lies, and left out" if report.lost else ""


def _copied(report: CopyReport) -> dict[str, object]:
    tables = [{"table": one.table, "rows": one.rows, "digest": one.digest} for one in report.tables]
    numbers = {"rows": report.rows, "copied": report.copied, "verified": report.verified, "dry_run": report.dry_run}
    return {**numbers, "tables": tables}


def _sentence(report: CopyReport) -> str:
    if report.dry_run:
        return f"{report.rows} rows in {len(report.tables)} tables would be copied"
    return f"{report.copied} rows copied, {report.verified} compared: all equal"
