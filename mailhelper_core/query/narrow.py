"""What a plugin condition says about its own matches in built-in words, so that the index can help."""

from __future__ import annotations

from mailhelper_core.errors import PluginError, QueryError
from mailhelper_core.model.rules.criteria import FIELDS, Criteria, Is, leaves
from mailhelper_core.query.check import check
from mailhelper_core.query.leaf import MatchContext

# A longer hint would cost more than it saves.
_MAX_TESTS = 20


def narrowed(leaf: Is, context: MatchContext) -> Criteria | None:
    """Answer the built-in criteria that every match of a plugin condition satisfies, None when it says nothing."""
    provided = context.registry.conditions.get(leaf.field)
    if leaf.field in FIELDS or provided is None or provided.provider.narrows is None:
        return None
    narrows, parse = provided.provider.narrows, provided.provider.argument
    try:
        criteria = context.dispatcher.call(provided.plugin, leaf.field, lambda: narrows(parse(leaf.value)))
    except PluginError:
        return None
    return criteria if _is_built_in(criteria) else None


def _is_built_in(criteria: Criteria) -> bool:
    tests = list(leaves(criteria))
    try:
        for test in tests:
            check(test, {})
    except QueryError:
        return False
    return len(tests) <= _MAX_TESTS
