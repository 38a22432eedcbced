"""The criteria tree as JSON for forms: {"all": [...]}, {"any": [...]}, {"not": ...} or one test as an object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast, get_args

from mailhelper_core.errors import QueryError
from mailhelper_core.model.rules.criteria import AllOf, AnyOf, Criteria, Is, Not, Operator, simplify
from mailhelper_core.query.check import Conditions, canonical, check
from mailhelper_core.query.read import MAX_DEPTH, MAX_LENGTH, MAX_TESTS, read
from mailhelper_core.query.write import write

Json = dict[str, object]

_OPERATORS = get_args(Operator)
_TEST_KEYS = {"field": str, "op": str, "value": str, "name": str, "prefix": bool}


def to_json(criteria: Criteria) -> Json:
    """Answer the tree as JSON-ready values; `name` and `prefix` of a test stand only where they say something."""
    return _to_json(simplify(criteria))


def from_json(value: object, conditions: Conditions | None = None) -> Criteria:
    """Answer the tree of a form, whose text `read` reads. Raises QueryError that names the place: all[2].not."""
    found = simplify(_Form(conditions or {}).criteria(value, "form", 0))
    try:
        read(write(found), conditions)  # a form of good parts may be too long or too deep as a whole
    except QueryError as exc:
        raise QueryError(f"form: as text, {exc.args[0]}", hint=exc.hint) from exc
    return found


def _to_json(criteria: Criteria) -> Json:
    match criteria:
        case AllOf(parts):
            return {"all": [_to_json(part) for part in parts]}
        case AnyOf(parts):
            return {"any": [_to_json(part) for part in parts]}
        case Not(part):
            return {"not": _to_json(part)}
        case Is(field, operator, value, name, prefix):
            test: Json = {"field": field, "op": operator, "value": value}
            return test | ({"name": name} if name else {}) | ({"prefix": True} if prefix else {})


class _Form:
    def __init__(self, conditions: Conditions) -> None:
        self.conditions = conditions
        self.tests = 0

    def criteria(self, value: object, where: str, depth: int) -> Criteria:
        if depth > MAX_DEPTH:
            raise QueryError("this form is nested too deeply", hint=f"at most {MAX_DEPTH} levels")
        if not isinstance(value, Mapping):
            raise QueryError(f"{where} is no object", hint='{"all": [...]}, {"any": [...]}, {"not": ...} or a test')
        if "field" in value:
            return self.test(value, where)
        if len(value) != 1 or not value.keys() <= {"all", "any", "not"}:
            raise QueryError(f"{where} is no group and no test", hint='one key: "all", "any", "not"; or "field"')
        if "not" in value:
            return Not(self.criteria(value["not"], f"{where}.not", depth + 1))
        kind = "all" if "all" in value else "any"
        parts = self.parts(value[kind], f"{where}.{kind}", depth)
        return AllOf(parts) if kind == "all" else AnyOf(parts)

    def parts(self, value: object, where: str, depth: int) -> tuple[Criteria, ...]:
        if not isinstance(value, list | tuple) or len(value) > MAX_TESTS:
            raise QueryError(f"{where} is no list of parts", hint=f"a list of at most {MAX_TESTS}")
        return tuple(self.criteria(part, f"{where}[{index}]", depth + 1) for index, part in enumerate(value))

    def test(self, value: Mapping[str, object], where: str) -> Is:
        self.tests += 1
        if self.tests > MAX_TESTS:
            raise QueryError("this form has too many tests", hint=f"at most {MAX_TESTS}")
        leaf = canonical(_leaf(value, where))
        try:
            check(leaf, self.conditions)
        except QueryError as exc:
            raise QueryError(f"{where}: {exc.args[0]}", hint=exc.hint) from exc
        return leaf


def _leaf(value: Mapping[str, object], where: str) -> Is:
    for key, item in value.items():
        kind = _TEST_KEYS.get(key)
        if kind is None or not isinstance(item, kind) or (isinstance(item, str) and len(item) > MAX_LENGTH):
            raise QueryError(f"{where}: {str(key)[:40]!r} is wrong", hint=f"a test has {', '.join(_TEST_KEYS)}")
    operator = value.get("op", ":")
    if operator not in _OPERATORS:
        raise QueryError(f"{where}: {str(operator)[:10]!r} is no operator", hint=f"one of: {' '.join(_OPERATORS)}")
    return Is(
        str(value["field"]),
        cast("Operator", operator),
        str(value.get("value", "")),
        str(value.get("name", "")),
        value.get("prefix") is True,
    )
