"""`mailhelper plugins`, `db` and `doctor`: what is installed, and whether it is well."""

from __future__ import annotations

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.failures import FAILED
from mailhelper_cli.request import Command, Group
from mailhelper_cli.values import plugin_value
from mailhelper_core import HealthItem, installed_plugins


@click.command("plugins", cls=Command)
@click.option("--load", is_flag=True, help="Import them, and show what each contributes.")
@with_context
def plugins_command(context: Context, *, load: bool) -> None:
    """List installed plugins; imports none unless --load is given."""
    found = context.helper.plugins if load else installed_plugins()
    rows = [(p.name, p.version, ", ".join(p.provides), "; ".join(p.problems)) for p in found]
    value = {"plugins": [plugin_value(plugin) for plugin in found]}
    context.out.table(value, ("name", "version", "provides", "problems"), rows, empty="no plugin is installed")


@click.group("db", cls=Group)
def db_command() -> None:
    """Create or upgrade the database."""


@db_command.command("upgrade")
@with_context
def upgrade(context: Context) -> None:
    """Bring the schema to the newest revision, in one transaction."""
    revision = context.helper.migrate()
    context.out.result({"revision": revision}, f"the database is at {revision}")


@click.command("doctor", cls=Command)
@click.option("--offline", is_flag=True, help="Do not connect to mail servers.")
@with_context
def doctor_command(context: Context, *, offline: bool) -> None:
    """Look at database, key, plugins and accounts, and say what to do."""
    items = list(context.helper.check().items)
    if all(item.ok for item in items) and not offline:
        items += _accounts(context)
    ok = all(item.ok for item in items)
    rows = [(item.name, "ok" if item.ok else "BAD", item.found, item.advice) for item in items]
    value = {"ok": ok, "items": [{"name": i.name, "ok": i.ok, "found": i.found, "advice": i.advice} for i in items]}
    context.out.table(value, ("name", "state", "found", "advice"), rows)
    click.get_current_context().exit(0 if ok else FAILED)


def _accounts(context: Context) -> list[HealthItem]:
    items = []
    for account in context.services.accounts.list():
        check = context.services.accounts.check(account.id)
        found = f"{check.mailboxes} mailboxes, {check.latency_ms:.0f} ms" if check.ok else check.code
        items.append(HealthItem(f"account {account.name}", ok=check.ok, found=found, advice=check.advice))
    return items
