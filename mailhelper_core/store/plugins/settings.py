"""What owners set for plugins: written as text, secrets sealed, and handed to providers in their Context."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from secrets import token_hex

from sqlalchemy import Connection, delete, insert, select, update

from mailhelper_core.errors import ConfigError, PluginError
from mailhelper_core.model.extension import Context, ContextOf, Registry
from mailhelper_core.model.setting import read_settings
from mailhelper_core.store import tables as t
from mailhelper_core.store.mind import owner_settings
from mailhelper_core.store.plugins.tables import plugin_transaction
from mailhelper_core.store.sealed import Sealer
from mailhelper_core.store.unit_of_work import OwnerStore, Store, UnitOfWork

_s = t.plugin_settings.c


@dataclass(frozen=True, slots=True)
class Stored:
    """One value as it lies in the database."""

    value: str
    sealed: bytes | None
    secret_id: str


def stored(uow: UnitOfWork) -> dict[str, dict[str, Stored]]:
    """Answer what the owner has set, by plugin and name."""
    found: dict[str, dict[str, Stored]] = defaultdict(dict)
    for row in uow.execute(select(t.plugin_settings).where(_s.owner_id == uow.owner_id)):
        found[row.plugin][row.name] = Stored(row.value, row.sealed, row.secret_id)
    return found


def write(uow: UnitOfWork, plugin: str, name: str, text: str | None, *, sealer: Sealer | None = None) -> None:
    """Set one value, sealed where a sealer is given; None takes it back."""
    uow.lock_owner()  # who clicks twice has two requests, and both would find it not set
    uow.execute(delete(t.plugin_settings).where(_s.owner_id == uow.owner_id, _s.plugin == plugin, _s.name == name))
    if text is None:
        return
    secret_id = token_hex(16) if sealer else ""
    sealed = sealer.seal(text, secret_id) if sealer else None
    values = {"value": "" if sealer else text, "sealed": sealed, "secret_id": secret_id, "updated_at": uow.now}
    uow.execute(insert(t.plugin_settings).values(owner_id=uow.owner_id, plugin=plugin, name=name, **values))


def texts(store: Store, found: Mapping[str, Stored]) -> dict[str, str]:
    """Answer values as their owner gave them. Raises ConfigError when a secret cannot be opened."""
    return {name: _text(store, one) for name, one in found.items()}


def contexts(owner: OwnerStore, uow: UnitOfWork, registry: Registry) -> ContextOf:
    """Answer what the providers of each plugin may know, read once for many calls.

    What is answered raises PluginError for a plugin whose secret cannot be opened: all others go on without it.
    """
    found = stored(uow) if registry.settings else {}
    language, known = owner_settings.get(uow).language, dict[str, Context]()

    def of(plugin: str) -> Context:
        if plugin not in known:
            values = read_settings(plugin, registry.settings_of(plugin), _opened(owner.store, plugin, found))
            begin = partial(plugin_transaction, owner.store) if registry.tables_of(plugin) else None
            known[plugin] = Context(
                owner.owner, language, settings=values, begin=begin, public_hosts_only=registry.public_hosts_only
            )
        return known[plugin]

    return of


def _opened(store: Store, plugin: str, found: Mapping[str, Mapping[str, Stored]]) -> dict[str, str]:
    try:
        return texts(store, found.get(plugin, {}))
    except ConfigError as exc:
        problem = f"A secret that was set for plugin {plugin!r} cannot be opened: {exc}"
        raise PluginError(problem, plugin=plugin, provider="settings", code=exc.code) from exc


def reseal(connection: Connection, sealer: Sealer) -> int:
    """Seal every secret with the sealer's first key and answer how many."""
    rows = connection.execute(select(t.plugin_settings).where(_s.sealed.is_not(None))).all()
    for row in rows:
        sealed = sealer.seal(sealer.open(row.sealed, row.secret_id), row.secret_id)
        mine = (_s.owner_id == row.owner_id, _s.plugin == row.plugin, _s.name == row.name)
        connection.execute(update(t.plugin_settings).where(*mine).values(sealed=sealed))
    return len(rows)


def _text(store: Store, one: Stored) -> str:
    if one.sealed is None:
        return one.value
    if store.sealer is None:
        raise ConfigError("No key opens the secrets of plugins here.", code="key")
    return store.sealer().open(one.sealed, one.secret_id)
