"""MailHelper: one per process; holds the database, the plugins and the clock, and opens nothing when made."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mailhelper_core.accounts.sources import RegistrySources
from mailhelper_core.accounts.tokens import TokenDesk
from mailhelper_core.ai.providers.configured import ConfiguredProviders
from mailhelper_core.app import admin, moving
from mailhelper_core.app.admin import AdminServices
from mailhelper_core.app.built_in import BUILT_IN
from mailhelper_core.app.check import look, look_quickly
from mailhelper_core.app.contents import open_contents
from mailhelper_core.app.jobs import JobFunctions
from mailhelper_core.app.owner import OwnerServices
from mailhelper_core.app.plugin_set import PluginSet
from mailhelper_core.app.wiring import Wiring
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.dispatch import logger as call_log
from mailhelper_core.errors import ConfigError
from mailhelper_core.herald import Herald
from mailhelper_core.jobs.runner import Runner
from mailhelper_core.jobs.service import JobService
from mailhelper_core.logs import show
from mailhelper_core.model.extension import PluginInfo, Registry
from mailhelper_core.model.transfer import ArchiveReport, CopyReport
from mailhelper_core.model.work.health import Health
from mailhelper_core.model.work.news import Metric
from mailhelper_core.model.work.report import IsCancelled, OnProgress
from mailhelper_core.plugins.load import load
from mailhelper_core.settings import Settings
from mailhelper_core.store import setup
from mailhelper_core.store.handed import Connection, Engine
from mailhelper_core.store.keyring import Keyring
from mailhelper_core.store.unit_of_work import Store
from mailhelper_core.watch.service import WatchService


class MailHelper:
    """The mail engine of one process. Thread-safe; may live at module level; holds no database session."""

    def __init__(
        self,
        database: str | Settings | None = None,
        *,
        engine: Engine | None = None,
        plugins: Sequence[object] = (),
        key: str | bytes | None = None,
        key_file: str | Path | None = None,
        clock: Callable[[], datetime] | None = None,
        runner: Runner | None = None,
    ) -> None:
        """Take a database URL, Settings or the host's own engine; by default the environment's settings.

        runner passes jobs on to those who work; without one they wait for a worker on the same database.

        Raises ConfigError for what cannot work. Nothing is opened before first use.
        """
        settings = _settings(database, key_file)
        where = engine if engine is not None else settings.database_url
        store = Store.open(where, clock=clock, schema=settings.schema, pool_size=settings.pool_size)
        keyring = Keyring(key if key is not None else settings.key, setup.key_path(store, settings.key_file))
        built_in = {**BUILT_IN, "providers": ConfiguredProviders(settings.providers_file)}
        registry = load(built_in, plugins, allowed=settings.plugins, public_hosts_only=settings.public_hosts_only)
        dispatcher = _dispatcher(store, registry, trace=settings.trace_plugins)
        tables = tuple(one.provider for one in registry.tables.values())
        store.prepare = lambda joined: setup.prepare(store, keyring, settings.schema, tables, joined=joined)
        store.sealer, store.contents = keyring.sealer, open_contents(settings.contents, registry, dispatcher)
        sources = RegistrySources(
            store, registry, keyring, settings.server_timeout_seconds, settings.public_hosts_only,
            TokenDesk(dispatcher), dispatcher,
        )  # fmt: skip
        self.jobs = JobService(store, settings, runner)
        self._wiring = Wiring(settings, store, keyring, registry, dispatcher, sources, self.jobs)
        functions = JobFunctions(self._wiring, self.jobs.submit)
        self._plugin_set = PluginSet(store, registry)
        self.jobs.works = self._plugin_set.noting(functions.by_kind())
        self.jobs.look = functions.has_news
        self.admin = AdminServices(store)
        self._watch = WatchService(store, functions.listen, functions.heard)

    def for_owner(self, owner: str, actor: str = "", *, connection: Connection | None = None) -> OwnerServices:
        """Answer the services of one owner: the host's own key for a user or team, a str.

        With `connection`, the host's open connection on the same database, short calls join its transaction.
        """
        return OwnerServices(self._wiring, self._wiring.store.for_owner(owner, actor=actor, connection=connection))

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        """What is loaded, with versions, contributions, problems, and what this process leaves alone for now."""
        return self._wiring.plugins

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._wiring.settings

    def migrate(self) -> str:
        """Create or upgrade the schema in one transaction and answer its revision; then the tables of plugins.

        Raises PluginError at the end when those of a plugin could not be made; everything else is done then.
        """
        setup.require_folder(self._wiring.store)
        self._wiring.keyring.create()
        tables = tuple(one.provider for one in self._wiring.registry.tables.values())
        return setup.migrate(self._wiring.store, self._wiring.settings.schema, tables)

    def check(self) -> Health:
        """Look at database, key, rules and plugins; problems are answered with advice, and nothing is made.

        Rules that cannot act are named and leave `ok` as it is: they are their owners' to mend.
        """
        return look(self._wiring)

    def ready(self) -> Health:
        """Look whether this process can work: the database answers, and the key opens a secret that is stored.

        For load balancers, which ask often; nothing that an owner has saved makes it fail.
        """
        return look_quickly(self._wiring)

    def health(self) -> Health:
        """Look whether work is done: the database answers, no job or poll waits long, most servers are there."""
        return admin.look(self._wiring.store, self._wiring.settings.schema)

    def rotate_keys(self) -> int:
        """Seal every secret with a new key and answer how many; the key file is replaced."""
        return self._wiring.keyring.rotate(self._wiring.store)

    def copy_to(
        self,
        url: str,
        *,
        progress: OnProgress | None = None,
        cancel: IsCancelled | None = None,
        dry_run: bool = False,
    ) -> CopyReport:
        """Copy the whole database into an empty one, compare row by row, and leave the copy ready to be worked with.

        Killed or cancelled, the next call goes on. Stop all workers first: BusyError says that one still works. The
        key file stays as it is: give it to whoever uses the copy. Raises ConflictError "target_used" for a target that
        holds mail, "copy_differs" for a source that changed meanwhile.
        """
        return moving.copy(self._wiring, url, progress=progress, cancel=cancel, dry_run=dry_run)

    def import_archive(
        self, path: str | Path, *, owner: str | None = None, progress: OnProgress | None = None
    ) -> ArchiveReport:
        """Take in what `ada.export` wrote, for its owner or for another who has nothing here yet.

        Accounts that had a password wait for it: state `needs_auth`. Raises InvalidError for a damaged archive, and
        "archive_message" for too large a message, ConflictError "owner_used".
        """
        return moving.take_in(self._wiring, path, owner=owner, progress=progress)

    def watch(self, stop: Callable[[], bool]) -> None:
        """Listen to the servers of all accounts until `stop` says so, and submit `run` for what they tell.

        Servers that cannot push are polled by ticks, as are mailboxes beyond what one connection hears.
        """
        self._watch.watch(stop)

    def close(self) -> None:
        """End jobs of this process after their batch, close pooled connections; a host's engine is left alone."""
        self.jobs.stop()
        self._plugin_set.leave()
        self._wiring.store.close()

    def __enter__(self) -> MailHelper:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _dispatcher(store: Store, registry: Registry, *, trace: bool) -> Dispatcher:
    """Make the dispatcher, and let observers hear of commits and of providers that fail."""

    def notice(plugin: str, provider: str, code: str) -> None:
        labels = (("plugin", plugin), ("provider", provider), ("code", code))
        store.tell([Metric("plugin_failures", 1, labels=labels)])

    if trace:
        show(call_log)
    dispatcher = Dispatcher(notice=notice, trace=trace)
    if registry.observers:
        store.observe = Herald(registry.observers, dispatcher).tell
    return dispatcher


def _settings(database: str | Settings | None, key_file: str | Path | None) -> Settings:
    if isinstance(database, str):
        settings = replace(Settings.from_env(), database_url=database)
    elif isinstance(database, Settings):
        settings = database
    elif database is None:
        settings = Settings.from_env()
    else:
        raise ConfigError(f"MailHelper takes a URL or Settings, not {type(database).__name__}.")
    return replace(settings, key_file=key_file) if key_file else settings
