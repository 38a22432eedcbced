"""Match types (RFC 5228 2.7.1, 5231, regex): keys against the values that a test found."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mailhelper_core.sieve.language.check import Call
from mailhelper_core.sieve.run import Run
from mailhelper_core.sieve.unit import Unit
from mailhelper_core.sieve.values.compare import COMPARATORS, DEFAULT, RELATIONS, Comparator, relates
from mailhelper_core.sieve.values.glob import compile_glob
from mailhelper_core.sieve.values.octets import is_whole, to_octets

# Do the values match one of the keys? May set the match variables of the run.
Match = Callable[[Run, Sequence[str]], bool]
ReadKeys = Callable[[Sequence[str]], Sequence[str]]
Find = Callable[[str], Sequence[str] | None]
_KINDS = ("is", "contains", "matches", "regex", "count", "value")


def compile_match(
    call: Call,
    keys: Sequence[str],
    unit: Unit,
    *,
    sets_groups: bool = True,
    read_keys: ReadKeys | None = None,
    default: str = DEFAULT,
) -> Match:
    """Answer the matcher that the tags of a call ask for, with these keys. Raises SieveError."""
    kind = next((name for name in _KINDS if name in call.tags), "is")
    name = _comparator_name(call, kind, unit, default)
    build = _bind(kind, name, call, unit, sets_groups=sets_groups and unit.has_variables)
    texts, fixed = unit.texts(keys, call.span)
    read = read_keys or tuple
    if fixed is not None:
        return build(read(fixed))
    return lambda run, values: build(read(texts(run)))(run, values)


def _comparator_name(call: Call, kind: str, unit: Unit, default: str) -> str:
    name = next(iter(call.tag_strings("comparator")), default)
    comparator = COMPARATORS.get(name)
    if comparator is None:
        raise unit.error("there is no such comparator", f"known are {', '.join(COMPARATORS)}", call.span)
    if name == "i;ascii-numeric" and f"comparator-{name}" not in unit.checker.required:
        raise unit.error(f"{name!r} was not required", f'write require "comparator-{name}"; at the top', call.span)
    if not comparator.has_substrings and kind in ("contains", "matches", "regex"):
        raise unit.error(f"{name!r} cannot look inside a text", f"use it without :{kind}", call.span)
    return name


def _bind(kind: str, name: str, call: Call, unit: Unit, *, sets_groups: bool) -> Callable[[Sequence[str]], Match]:
    comparator = COMPARATORS[name]
    match kind:
        case "is":
            return lambda keys: _is(comparator, keys)
        case "contains":
            return lambda keys: _contains(comparator, keys)
        case "matches":
            return lambda keys: _finds([compile_glob(key, name) for key in keys], sets_groups=sets_groups)
        case "regex":
            _check_regexes(call, unit)
            return lambda keys: _finds(_regexes(keys, unit, name), sets_groups=sets_groups)
    relation = _relation(call, kind, unit)
    related = _count if kind == "count" else _value
    return lambda keys: related(comparator, relation, keys)


def _is(comparator: Comparator, keys: Sequence[str]) -> Match:
    fold, wanted = comparator.fold, frozenset(map(comparator.fold, keys))
    return lambda _, values: any(fold(value) in wanted for value in values)


def _contains(comparator: Comparator, keys: Sequence[str]) -> Match:
    fold = comparator.fold if all(map(is_whole, keys)) else lambda text: comparator.fold(to_octets(text))
    wanted = tuple(map(fold, keys))

    def holds(_: Run, values: Sequence[str]) -> bool:
        for value in values:
            folded = fold(value)
            for key in wanted:
                if key in folded:
                    return True
        return False

    return holds


def _finds(finders: Sequence[Find], *, sets_groups: bool) -> Match:
    def holds(run: Run, values: Sequence[str]) -> bool:
        for value in values:
            for find in finders:
                groups = find(value)
                if groups is not None:
                    if sets_groups:
                        run.groups = groups
                    return True
        return False

    return holds


def _regexes(keys: Sequence[str], unit: Unit, name: str) -> list[Find]:
    """A key that came from a variable and is no expression matches nothing."""
    found: list[Find] = []
    for key in keys:
        try:
            found.append(unit.regex(key, ignore_case=name == DEFAULT))
        except ValueError:
            continue
    return found


def _check_regexes(call: Call, unit: Unit) -> None:
    _, fixed = unit.texts(call.strings(len(call.places) - 1), call.span)
    for key in fixed or ():
        try:
            unit.regex(key, ignore_case=True)
        except ValueError as exc:
            raise unit.error("this regular expression cannot be read", str(exc)[:200], call.span) from exc


def _relation(call: Call, kind: str, unit: Unit) -> str:
    relation = call.tag_strings(kind)[0]
    if relation not in RELATIONS:
        raise unit.error(f"':{kind}' knows no such relation", f"one of {', '.join(RELATIONS)}", call.span)
    return relation


def _count(comparator: Comparator, relation: str, keys: Sequence[str]) -> Match:
    wanted = tuple(map(comparator.key, keys))

    def holds(_: Run, values: Sequence[str]) -> bool:
        count = comparator.key(str(len(values)))
        return any(relates(relation, count, key) for key in wanted)

    return holds


def _value(comparator: Comparator, relation: str, keys: Sequence[str]) -> Match:
    wanted, sort_key = tuple(map(comparator.key, keys)), comparator.key
    return lambda _, values: any(relates(relation, sort_key(value), key) for value in values for key in wanted)
