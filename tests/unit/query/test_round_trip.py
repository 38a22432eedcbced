"""Query text, tree and JSON say the same: properties."""

from __future__ import annotations

import json
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import QueryError
from mailhelper_core.model.extension import Condition, Provided
from mailhelper_core.model.rules.criteria import EVERYTHING, Criteria, Is, simplify
from mailhelper_core.query.json import from_json, to_json
from mailhelper_core.query.read import read
from mailhelper_core.query.write import write
from tests.unit.query.strategies import criteria

CONDITIONS = {"longer-than": Provided("test", Condition("longer-than", lambda _message, _argument: True))}

hostile = st.text(st.sampled_from('aB"(): *-~<>=\\\t\nÄ中ORAND')) | st.text()
leaves = st.one_of(
    st.builds(Is, st.just("any"), st.just(":"), hostile.map(lambda text: f"x{text}"), prefix=st.booleans()),
    st.builds(Is, st.just("any"), st.just(":"), hostile.map(lambda text: f"{text}x")),
    st.builds(Is, st.just("subject"), st.just("="), hostile),
    st.builds(Is, st.just("tag"), st.just(":"), hostile.map(lambda text: f"{text}*x"), prefix=st.booleans()),
    st.builds(Is, st.just("header"), st.just("="), hostile, st.sampled_from(("X-A", "x_b.c"))),
    st.builds(Is, st.just("longer-than"), st.just(":"), hostile),
)


def _forms(part: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    keys = st.sampled_from(("all", "any", "not", "field", "op", "value", "prefix", "x"))
    return st.lists(part, max_size=3) | st.dictionaries(keys, part, max_size=3)


@given(criteria() | criteria(leaves))
def test_reading_what_was_written_answers_the_same_tree(tree: Criteria) -> None:
    assert read(write(tree), CONDITIONS) == simplify(tree)


@given(criteria() | criteria(leaves))
def test_json_answers_the_same_tree(tree: Criteria) -> None:
    form = json.loads(json.dumps(to_json(tree)))

    assert from_json(form, CONDITIONS) == simplify(tree)


@given(criteria())
def test_canonical_text_is_stable(tree: Criteria) -> None:
    text = write(tree)

    assert write(read(text)) == text
    assert simplify(simplify(tree)) == simplify(tree)


@given(hostile | st.text(st.sampled_from('from:subject" ()-*<>=~ORANDNOT \n1d'), max_size=40))
def test_any_text_is_read_or_refused_with_its_position(text: str) -> None:
    answer = _tree_or_error(lambda: read(text, CONDITIONS))

    if isinstance(answer, QueryError):
        assert 0 <= answer.position <= len(text)
        assert answer.hint
    else:
        assert read(write(answer), CONDITIONS) == answer


@given(st.recursive(st.none() | st.text(max_size=3) | st.integers(), lambda part: _forms(part), max_leaves=8))
def test_any_json_is_read_or_refused(form: object) -> None:
    answer = _tree_or_error(lambda: from_json(form))

    if isinstance(answer, QueryError):
        assert answer.hint
    else:
        assert from_json(to_json(answer)) == answer


def test_everything_is_the_empty_text() -> None:
    assert write(EVERYTHING) == ""
    assert read("  \n ") == EVERYTHING


def _tree_or_error(read_it: Callable[[], Criteria]) -> Criteria | QueryError:
    try:
        return read_it()
    except QueryError as error:
        return error
