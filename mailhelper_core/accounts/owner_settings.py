"""`ada.settings`: what an owner has set for all accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.owner import OwnerSettings, why_not_settings
from mailhelper_core.store.mind import owner_settings
from mailhelper_core.store.unit_of_work import OwnerStore


@dataclass(frozen=True, slots=True)
class OwnerSettingsService:
    """The settings of one owner."""

    owner: OwnerStore

    def get(self) -> OwnerSettings:
        """Answer what is set."""
        with self.owner.read() as uow:
            return owner_settings.get(uow)

    def update(self, *, time_zone: str | None = None, language: str | None = None) -> OwnerSettings:
        """Change what is given and answer all; raise InvalidError for an unknown time zone or language tag."""
        given = {"time_zone": time_zone, "language": language}
        with self.owner.begin() as uow:
            settings = replace(owner_settings.get(uow), **{k: v for k, v in given.items() if v is not None})
            if problem := why_not_settings(settings):
                raise InvalidError(problem[0].upper() + problem[1:] + ".", code="owner_settings")
            owner_settings.save(uow, settings)
        return settings
