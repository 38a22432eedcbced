"""`mailhelper plugins` and `doctor`: what is installed, and whether it is well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import click

from mailhelper_cli.context import Context, with_context
from mailhelper_cli.failures import FAILED, advice_here
from mailhelper_cli.request import Command
from mailhelper_cli.values import plugin_value
from mailhelper_cli.workers import look_at_workers
from mailhelper_core import (
    BUILT_IN_PLUGINS,
    Account,
    AccountCheck,
    HealthItem,
    PluginInfo,
    Settings,
    installed_plugins,
)

PLUGIN_COLUMNS = ("name", "version", "provides", "problems")
ABSENT = "is named in the settings, but not installed"
KEPT_OUT = "is not loaded: MAILHELPER_PLUGINS does not name it"
# What of a server's capabilities decides how it is asked: those of docs/reference/servers.md.
_TOLD = (
    "QRESYNC", "CONDSTORE", "LIST-STATUS", "ESEARCH", "SPECIAL-USE", "NAMESPACE", "MOVE", "UIDPLUS", "OBJECTID",
    "X-GM-EXT-1", "NOTIFY", "IDLE", "COMPRESS=DEFLATE", "LITERAL+", "LITERAL-", "SASL-IR", "ENABLE", "UNSELECT",
)  # fmt: skip
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
        items += [] if accounts else [_NO_ACCOUNT]
        items += [] if offline else _accounts(context, accounts, verify=verify or repair, repair=repair)
    items = [item if item.ok else replace(item, advice=advice_here(item.found, item.advice)) for item in items]
    ok = all(item.ok for item in items)
    rows = [(item.name, "ok" if item.ok else "BAD", item.found, item.advice) for item in items]
    value = {"ok": ok, "items": [{"name": i.name, "ok": i.ok, "found": i.found, "advice": i.advice} for i in items]}
    context.out.table(value, ("name", "state", "found", "advice"), rows)
    click.get_current_context().exit(0 if ok else FAILED)


def _accounts(context: Context, accounts: Sequence[Account], *, verify: bool, repair: bool) -> list[HealthItem]:
    items = []
    for account in accounts:
        check = context.services.accounts.check(account.id)
        items.append(HealthItem(f"account {account.name}", ok=check.ok, found=_seen(check), advice=check.advice))
        if check.ok and verify:
            items.append(_verified(context, account, repair=repair))
    return items


def _seen(check: AccountCheck) -> str:
    if not check.ok:
        return check.code
    able = ", ".join(name for name in _TOLD if name in check.capabilities) or "basic IMAP or files"
    left = "; ".join(f"{name}: {reason}" for name, reason in check.not_synced)
    roles = ", ".join(role for role, _ in check.roles)
    told = [f"{check.mailboxes} mailboxes ({roles})", f"{check.latency_ms:.0f} ms", able]
    refused = f"; named and refused by the server: {', '.join(check.refused)}" if check.refused else ""
    return ", ".join(told) + (f"; not synced: {left}" if left else "") + refused


def _verified(context: Context, account: Account, *, repair: bool) -> HealthItem:
    found = context.services.accounts.verify(account.id)
    if repair and not found.ok:
        context.services.accounts.repair(account.id)
        found = context.services.accounts.verify(account.id)
    counts = [
        sum(getattr(one, name) for one in found.differences)
        for name in ("missing", "extra", "differing", "other", "short")
    ]
    told = f"{found.messages} messages in {found.mailboxes} mailboxes"
    if not found.ok:
        told += "; {} missing, {} too many, {} with other keywords, {} other mail, {} cut short".format(*counts)
    told += "".join(f"; {name}: only at the server" for name in found.not_stored)
    told += "".join(f"; {name}: only in the store" for name in found.not_listed)
    advice = "" if found.ok else "Run `mailhelper sync`, then `mailhelper doctor --repair`."
    return HealthItem(f"store of {account.name}", ok=found.ok, found=told, advice=advice)
