"""What a plugin condition says about its own matches in built-in words, so that the index can help."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core.errors import PluginError, QueryError
from mailhelper_core.model.rules.criteria import FIELDS, AllOf, AnyOf, Criteria, Is, Not, leaves
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.query.check import check
from mailhelper_core.query.leaf import MatchContext
from mailhelper_core.query.read import MAX_DEPTH, read

# A longer hint would cost more than it saves.
_MAX_TESTS = 20


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Built-in criteria that every match satisfies, None where nothing is known; and why, where the plugin failed."""

    criteria: Criteria | None = None
    failure: ErrorNote | None = None


def narrowed(leaf: Is, context: MatchContext) -> Criteria | None:
    """Answer the built-in criteria that every match of a plugin condition satisfies, None when it says nothing."""
    return narrowing(leaf, context).criteria


def narrowing(leaf: Is, context: MatchContext) -> Narrowing:
    """Ask a plugin condition what its matches have in common; a failure costs no more than this."""
    provided = context.registry.conditions.get(leaf.field)
    if leaf.field in FIELDS or provided is None or provided.provider.narrows is None:
        return Narrowing()
    narrows, parse = provided.provider.narrows, provided.provider.argument
    # Counted apart from the condition, which can be asked without it.
    name = f"{leaf.field}.narrows"
    try:
        answer = context.dispatcher.call(provided.plugin, name, lambda: narrows(parse(leaf.value)))
        try:
            criteria = _read(answer)
        except QueryError as exc:
            problem = f"answered a query that cannot be read: {exc.args[0]}"
            raise context.dispatcher.reject(provided.plugin, name, problem) from exc
        except TypeError:
            problem = f"answered {type(answer).__name__}, not a query"
            raise context.dispatcher.reject(provided.plugin, name, problem) from None
    except PluginError as exc:
        return Narrowing(failure=ErrorNote.of(f"condition:{leaf.field}", exc))
    is_short = criteria is not None and len(list(leaves(criteria))) <= _MAX_TESTS
    return Narrowing(criteria if is_short else None)


def _read(answer: object) -> Criteria | None:
    """Answer what a plugin wrote as criteria. Raises TypeError or QueryError for what is none, or asks plugins."""
    if answer is None:
        return None
    if isinstance(answer, str):
        return read(answer)
    if not _is_criteria(answer):
        raise TypeError
    for test in leaves(answer):  # type: ignore[arg-type]
        check(test, {})
    return answer  # type: ignore[return-value]


def _is_criteria(value: object, depth: int = 0) -> bool:
    match value:
        case Is(field, operator, text, name, prefix):
            return all(isinstance(one, str) for one in (field, operator, text, name)) and isinstance(prefix, bool)
        case Not(part):
            return depth < MAX_DEPTH and _is_criteria(part, depth + 1)
        case AllOf(parts) | AnyOf(parts):
            is_group = depth < MAX_DEPTH and isinstance(parts, tuple)
            return is_group and all(_is_criteria(part, depth + 1) for part in parts)
    return False
