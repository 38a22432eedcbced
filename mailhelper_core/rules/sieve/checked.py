"""Imported rules under the eyes of all plugins: a mistake in one has its place in the script."""

from __future__ import annotations

from mailhelper_core.errors import InvalidError, SieveError
from mailhelper_core.model.extension import Registry
from mailhelper_core.rules.prepare import check
from mailhelper_core.rules.sieve.reading import Imported


def check_imported(found: Imported, registry: Registry) -> None:
    """Raise SieveError for a rule that could not act."""
    for rule, position in zip(found.rules, found.positions, strict=True):
        try:
            check(rule, registry)
        except InvalidError as exc:
            raise SieveError(str(exc), text=found.text, position=position, code=exc.code) from exc
