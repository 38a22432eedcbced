"""Queries as forms: a mistake names its place, and what is accepted can be written as text and read again."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import QueryError
from mailhelper_core.model.rules.criteria import Criteria, Is
from mailhelper_core.query.json import from_json
from mailhelper_core.query.read import MAX_DEPTH, MAX_LENGTH, read
from mailhelper_core.query.write import write


@pytest.mark.parametrize(
    ("test", "hint"),
    [
        ({"field": "dmarc", "value": "bad"}, "one of: pass"),
        ({"field": "language", "value": "German"}, "did you mean 'de'?"),
        ({"field": "attachment", "value": "pdf"}, "attachment:image/*"),
    ],
)
def test_a_slip_in_a_form_has_the_same_hint(test: object, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        from_json({"all": [test]})

    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("form", "where"),
    [
        ({"all": [{"field": "from", "value": "x"}, {"not": {"field": "fro", "value": "x"}}]}, "form.all[1].not"),
        ({"any": "x"}, "form.any"),
        ({"field": "from", "value": 3}, "form: 'value'"),
        ({"field": "from", "op": "?", "value": "x"}, "form: '?'"),
        ([], "form"),
        ({"all": [], "any": []}, "form"),
    ],
)
def test_a_mistake_in_a_form_names_its_place(form: object, where: str) -> None:
    with pytest.raises(QueryError) as caught:
        from_json(form)

    assert str(caught.value).startswith(where)


@pytest.mark.parametrize(
    "form",
    [
        {"all": [{"field": "subject", "value": f"{number} {'x' * 9_000}"} for number in range(150)]},
        {"field": "subject", "value": "a" + '"' * 6_000},
        {"any": [{"field": "from", "value": f"{number:060}"} for number in range(200)]},
    ],
)
def test_a_form_whose_query_would_be_too_long_is_refused(form: object) -> None:
    with pytest.raises(QueryError, match="form: as text, this query is too long") as caught:
        from_json(form)

    assert "10000 characters" in caught.value.hint


def test_the_longest_form_is_a_query_that_is_read() -> None:
    value = "x" * (MAX_LENGTH - len("subject:"))

    assert read(write(from_json({"field": "subject", "value": value}))) == Is("subject", ":", value)


def test_a_deep_form_is_refused() -> None:
    form: object = {"field": "any", "value": "a"}
    for _ in range(10_000):
        form = {"not": form}

    with pytest.raises(QueryError, match="too deeply"):
        from_json(form)


@pytest.mark.parametrize("kinds", [("not",), ("any", "all"), ("all", "not", "any"), ("not", "all")])
def test_the_deepest_form_is_a_query_that_is_read(kinds: tuple[str, ...]) -> None:
    forms: list[object] = [{"field": "any", "value": "a"}]
    for level in range(MAX_DEPTH + 2):
        kind, part = kinds[level % len(kinds)], forms[-1]
        forms.append({"not": part} if kind == "not" else {kind: [{"field": "any", "value": "b"}, part]})

    accepted = [tree for form in forms if (tree := _tree(form)) is not None]

    assert [read(write(tree)) for tree in accepted] == accepted
    assert MAX_DEPTH <= len(accepted) <= MAX_DEPTH + 1


def _tree(form: object) -> Criteria | None:
    try:
        return from_json(form)
    except QueryError:
        return None
