"""What `helper.check()` and `ready()` look at: database, key, accounts, plugins, rules. It changes nothing."""

from __future__ import annotations

from collections.abc import Iterator

from mailhelper_core.app.plugin_set import PluginSet
from mailhelper_core.app.wiring import Wiring
from mailhelper_core.errors import MailHelperError, SchemaError
from mailhelper_core.model.extension import PluginInfo, Registry
from mailhelper_core.model.work.health import Health, HealthItem
from mailhelper_core.rules.prepare import KEPT, problem
from mailhelper_core.store import health
from mailhelper_core.store.mind import rules
from mailhelper_core.store.setup import plugin_tables
from mailhelper_core.store.unit_of_work import Store

# Rules that are named; a plugin that is missing can stop thousands.
MAX_NAMED = 10
# What to do about a plugin's tables. Those that a newer version of it has made are its author's to care for, as ours
# are ours: columns come first, and go a version later.
_ADVICE = {
    "missing": SchemaError.remedy,
    "behind": SchemaError.remedy,
    "newer": "Another version of this plugin has migrated them: give all programs that one.",
}


def look(wiring: Wiring) -> Health:
    """Look at everything; what is wrong is answered with advice."""
    database = health.database(wiring.store, wiring.settings.schema)
    items = [database]
    if database.ok:
        items += [health.key(wiring.store, wiring.keyring), health.accounts(wiring.store)]
        items += [_rules(wiring.store, wiring.registry)]
        items += [PluginSet(wiring.store, wiring.registry).item(), *_tables(wiring)]
    return Health((*items, *map(_plugin, wiring.plugins)))


def look_quickly(wiring: Wiring) -> Health:
    """Look at database and key: a few queries, however many owners, accounts and rules there are."""
    database = health.database(wiring.store, wiring.settings.schema)
    if not database.ok:
        return Health((database,))
    return Health((database, health.key(wiring.store, wiring.keyring, at_most=1)))


def _plugin(plugin: PluginInfo) -> HealthItem:
    count = len(plugin.provides)
    found = f"{count} provider{'' if count == 1 else 's'}"
    paused = [f"{name} is left alone for a minute after failures: see the log" for name in plugin.paused]
    return HealthItem(
        f"plugin {plugin.name}",
        ok=not (plugin.problems or paused),
        found=found,
        advice="; ".join((*plugin.problems, *paused, *plugin.warnings)),
    )


def _tables(wiring: Wiring) -> list[HealthItem]:
    """Name the plugins whose tables were never made, or by another version of them."""
    tables = [one.provider for one in wiring.registry.tables.values()]
    if not tables:
        return []
    try:
        found = plugin_tables(wiring.store, wiring.settings.schema, tables)
    except Exception as exc:  # noqa: BLE001 - the revisions are a plugin's own code
        return [HealthItem("tables of plugins", ok=False, found=type(exc).__name__, advice="Look at their revisions.")]
    return [
        HealthItem(f"tables {name}", ok=standing == "newer", found=standing, advice=_ADVICE.get(standing, ""))
        for name, standing in found.items()
        if standing != "current"
    ]


def _rules(store: Store, registry: Registry) -> HealthItem:
    """Name the rules that are switched on and cannot act, and those that were switched off for a reason.

    All is well all the same: these are their owners' affair, and no owner makes a process ill. What only a server can
    carry out is no fault of a rule either.
    """
    try:
        with store.read() as connection:
            every = list(rules.of_all_owners(connection))
    except MailHelperError as exc:
        return HealthItem("rules", ok=False, found=exc.code, advice=str(exc))
    broken = [
        f"{owner}/{rule.name}: {said}"
        for owner, rule in every
        if rule.enabled and (said := problem(rule, registry)) not in ("", KEPT)
    ]
    off = [f"{owner}/{rule.name}: {rule.disabled_reason}" for owner, rule in every if rule.disabled_reason]
    found = ", ".join(_counted(len(every), len(broken), len(off)))
    return HealthItem("rules", ok=True, found=found, advice="; ".join([*broken, *off][:MAX_NAMED]))


def _counted(every: int, broken: int, off: int) -> Iterator[str]:
    yield f"{every} in all"
    if broken:
        yield f"{broken} cannot act"
    if off:
        yield f"{off} switched off for a reason"
