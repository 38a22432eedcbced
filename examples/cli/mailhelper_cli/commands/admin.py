"""`mailhelper plugins` and `doctor`: what is installed, and whether it is well."""

from __future__ import annotations

from dataclasses import replace

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.examined import looked_at
from mailhelper_cli.failures import FAILED, advice_here
from mailhelper_cli.request import Command
from mailhelper_cli.values import plugin_value
from mailhelper_cli.workers import look_at_workers
from mailhelper_core import (
    BUILT_IN_PLUGINS,
    HealthItem,
    PluginInfo,
    Settings,
    installed_plugins,
)

PLUGIN_COLUMNS = ("name", "version", "provides", "problems")
ABSENT = "is named in the settings, but not installed"
KEPT_OUT = "is not loaded: MAILHELPER_PLUGINS does not name it"
# Without these no account can be read; a plugin that is ill keeps no server from being looked at.
_NEEDED = ("database", "key")
_ADD_ONE = "add one: `mailhelper account add imaps://imap.example.org --username NAME`"
_NO_ACCOUNT = HealthItem("accounts", ok=True, found="none yet", advice=_ADD_ONE)


@click.command("plugins", cls=Command)
@click.option("--load", is_flag=True, help="Import those that may load, and show what each contributes.")
@with_context
def plugins_command(context: Context, *, load: bool) -> None:
    """List installed plugins and whether they load; imports none unless --load is given."""
    installed, allowed = installed_plugins(), Settings.from_env().plugins
    kept_out = [one for one in installed if allowed is not None and one.name not in allowed]
    if load:
        found = [*context.helper.plugins, *kept_out]  # the first name what is allowed and absent
    else:
        others = sorted({*(allowed or ())} - {one.name for one in installed})
        found = [*installed, *map(_not_installed, others)]
    values = [plugin_value(one, loads=one not in kept_out and ABSENT not in one.problems) for one in found]
    rows = [
        (one.name, one.version, ", ".join(one.provides), KEPT_OUT if one in kept_out else "; ".join(one.problems))
        for one in found
    ]
    context.out.table({"plugins": values}, PLUGIN_COLUMNS, rows, empty="no plugin is installed")


def _not_installed(name: str) -> PluginInfo:
    if name in BUILT_IN_PLUGINS:
        return PluginInfo(name, built_in=True)
    return PluginInfo(name, problems=(ABSENT,))


@click.command("doctor", cls=Command)
@click.option("--offline", is_flag=True, help="Do not connect to mail servers.")
@click.option("--verify", is_flag=True, help="Compare everything stored with the servers.")
@click.option("--repair", is_flag=True, help="Bring together what --verify finds apart.")
@click.option("--deployment", is_flag=True, help="Look at the jobs of all owners, the broker and its workers too.")
@click.option("--celery", metavar="MODULE:NAME", default="", help="The same, of what install() answered your own app.")
@with_context
def doctor_command(
    context: Context, *, offline: bool, verify: bool, repair: bool, deployment: bool, celery: str
) -> None:
    """Look at database, key, plugins and accounts, and say what to do."""
    items = [item for item in context.helper.check().items if item.name != "accounts"]  # those of all owners
    if deployment or celery:
        items += [*context.helper.health().items[1:], *look_at_workers(celery)]
    if all(item.ok for item in items if item.name in _NEEDED):
        accounts = context.services.accounts.list()
        is_told = bool(accounts) or any(item.name == "accounts" for item in items)
        items += [] if is_told else [_NO_ACCOUNT]
        items += [] if offline else looked_at(context.services, accounts, verify=verify or repair, repair=repair)
    items = [item if item.ok else replace(item, advice=advice_here(item.found, item.advice)) for item in items]
    ok = all(item.ok for item in items)
    rows = [(item.name, "ok" if item.ok else "BAD", item.found, item.advice) for item in items]
    value = {"ok": ok, "items": [{"name": i.name, "ok": i.ok, "found": i.found, "advice": i.advice} for i in items]}
    context.out.table(value, ("name", "state", "found", "advice"), rows)
    click.get_current_context().exit(0 if ok else FAILED)
