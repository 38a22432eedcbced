"""PluginSettings: what an owner sets for plugins; each value is read by the plugin before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from mailhelper_core.errors import InvalidError, NotFoundError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.model.setting import Setting
from mailhelper_core.store.keyring import Keyring
from mailhelper_core.store.plugins import settings
from mailhelper_core.store.unit_of_work import OwnerStore

# A template or a list of domains fits.
MAX_CHARACTERS = 100_000


@guarded
@dataclass(frozen=True, slots=True)
class PluginSettings:
    """The settings of one owner. Calls raise NotFoundError for a plugin that has none."""

    owner: OwnerStore
    registry: Registry
    keyring: Keyring

    def schema(self, plugin: str) -> tuple[Setting, ...]:
        """Answer what can be set for a plugin, in its own order."""
        found = self.registry.settings_of(plugin)
        if not found:
            raise NotFoundError(f"There is no plugin {plugin[:40]!r} with settings here.", code="plugin_not_found")
        return found

    def get(self, plugin: str) -> dict[str, str]:
        """Answer what the owner has set, as it was written; a secret that is set is shown as dots."""
        self.schema(plugin)
        with self.owner.read() as uow:
            found = settings.stored(uow).get(plugin, {})
        return {name: "••••" if one.sealed else one.value for name, one in found.items()}

    def set(self, plugin: str, values: Mapping[str, str | None]) -> None:
        """Set some values, all or none; None takes one back to its default.

        Raises InvalidError for an unknown name and for a value that the plugin refuses.
        """
        schema = {one.name: one for one in self.schema(plugin)}
        wanted = {name: _read(plugin, schema, name, text) for name, text in values.items()}
        with self.owner.begin() as uow:
            for name, text in wanted.items():
                sealer = self.keyring.sealer() if schema[name].secret and text is not None else None
                settings.write(uow, plugin, name, text, sealer=sealer)


def _read(plugin: str, schema: Mapping[str, Setting], name: str, text: object) -> str | None:
    if name not in schema:
        near = get_close_matches(name[:40], schema, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(schema)}."
        raise InvalidError(f"Plugin {plugin!r} has no setting {name[:40]!r}; {hint}", code="plugin_setting")
    if text is None:
        return None
    if not isinstance(text, str):
        # What it is stays unsaid: it may be a secret.
        advice = f"give a str, as its owner would write it, not {type(text).__name__}"
        raise _refused(plugin, name, advice)
    if len(text) > MAX_CHARACTERS:
        raise _refused(plugin, name, f"at most {MAX_CHARACTERS} characters")
    try:
        schema[name].parse(text)
    except KeyboardInterrupt:
        raise
    except BaseException as exc:
        if schema[name].secret:  # what was raised may quote it: int() does
            raise _refused(plugin, name, "the plugin cannot read it") from None
        reason = str(exc) if isinstance(exc, ValueError) else f"the plugin raised {type(exc).__name__}"
        raise _refused(plugin, name, reason) from exc
    return clean_text(text)


def _refused(plugin: str, name: str, reason: str) -> InvalidError:
    return InvalidError(f"{name} of plugin {plugin!r} is refused: {reason}", code="plugin_setting")
