"""Wiring: what every service of one process shares."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from mailhelper_core.accounts.sources import RegistrySources
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.jobs.service import JobService
from mailhelper_core.model.extension import PluginInfo, Registry
from mailhelper_core.read.shown import ShownHtml
from mailhelper_core.search.meaning.cache import MatrixCache
from mailhelper_core.settings import Settings
from mailhelper_core.store.keyring import Keyring
from mailhelper_core.store.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Wiring:
    """The parts that MailHelper made once."""

    settings: Settings
    store: Store
    keyring: Keyring
    registry: Registry
    dispatcher: Dispatcher
    sources: RegistrySources
    jobs: JobService
    matrices: MatrixCache = field(default_factory=MatrixCache)
    shown: ShownHtml = field(default_factory=ShownHtml)

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        """What is loaded, and what of it this process leaves alone now."""
        return tuple(replace(one, paused=self.dispatcher.paused(one.name)) for one in self.registry.plugins)
