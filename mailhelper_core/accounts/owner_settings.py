"""`ada.settings`: what an owner has set for all accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.owner import OwnerSettings, why_not_settings
from mailhelper_core.store.mind import owner_settings, schedules, shared
from mailhelper_core.store.unit_of_work import OwnerStore


@guarded
@dataclass(frozen=True, slots=True)
class OwnerSettingsService:
    """The settings of one owner."""

    owner: OwnerStore

    def get(self) -> OwnerSettings:
        """Answer what is set."""
        with self.owner.read() as uow:
            return owner_settings.get(uow)

    def update(
        self,
        *,
        time_zone: str | None = None,
        language: str | None = None,
        tag_errors: float | None = None,
        shares_learning: bool | None = None,
    ) -> OwnerSettings:
        """Change what is given and answer all; raise InvalidError for what does not exist.

        Who no longer shares what is learned has taken it back at once: what others know without it is what they know.
        """
        with self.owner.begin() as uow:
            before = owner_settings.get(uow)
            settings = replace(
                before,
                time_zone=before.time_zone if time_zone is None else time_zone,
                language=before.language if language is None else language,
                tag_errors=before.tag_errors if tag_errors is None else float(tag_errors),
                shares_learning=before.shares_learning if shares_learning is None else shares_learning,
            )
            if problem := why_not_settings(settings):
                raise InvalidError(problem[0].upper() + problem[1:] + ".", code="owner_settings")
            owner_settings.save(uow, settings)
            if settings.time_zone != before.time_zone:
                schedules.count_anew(uow)
            if not settings.shares_learning:
                shared.withdraw(uow)
        return settings
