"""A query once a tag has another name: only the tests that name it are written anew; pure."""

from __future__ import annotations

from dataclasses import replace

from mailhelper_core.errors import QueryError
from mailhelper_core.model.mind.tag import fold_tag, read_suggested
from mailhelper_core.model.rules.criteria import Is
from mailhelper_core.query.read import MAX_LENGTH, tests_in
from mailhelper_core.query.write import write_test


def query_with_tag(text: str, was: str, became: str) -> str:
    """Answer a query that asks for a tag by its new name; one that cannot be read, or would be too long, as it is."""
    try:
        tests = tests_in(text)
    except QueryError:
        return text
    written = text
    for start, end, leaf in reversed(tests):
        named = _named(leaf, fold_tag(was), became)
        if named != leaf:
            written = written[:start] + write_test(named) + written[end:]
    return written if len(written) <= MAX_LENGTH else text


def _named(leaf: Is, was: str, became: str) -> Is:
    if leaf.prefix:  # asks for every tag that begins so
        return leaf
    if leaf.field == "tag" and fold_tag(leaf.value) == was:
        return replace(leaf, value=became)
    if leaf.field == "suggested" and read_suggested(leaf.value)[0] == was:
        if fold_tag(leaf.value) != was:
            return replace(leaf, value=f"{became}@{leaf.value.rpartition('@')[2]}")
        reads_as_bound = read_suggested(became)[0] != fold_tag(became)
        return replace(leaf, value=f"{became}@0" if reads_as_bound else became)
    return leaf
