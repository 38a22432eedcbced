"""Queries that name a tag, and the same once it has another name: only those tests are written anew; pure."""

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


def names_tag(text: str, name: str) -> bool:
    """Say whether a query asks for a tag by its name; one that cannot be read may do so."""
    try:
        tests = tests_in(text)
    except QueryError:
        return True
    return any(_asks_for(leaf, fold_tag(name)) for _, _, leaf in tests)


def _asks_for(leaf: Is, name: str) -> bool:
    if leaf.prefix:  # asks for every tag that begins so
        return False
    is_suggested = leaf.field == "suggested" and read_suggested(leaf.value)[0] == name
    return is_suggested or (leaf.field == "tag" and fold_tag(leaf.value) == name)


def _named(leaf: Is, was: str, became: str) -> Is:
    if not _asks_for(leaf, was):
        return leaf
    if leaf.field == "tag":
        return replace(leaf, value=became)
    if fold_tag(leaf.value) != was:
        return replace(leaf, value=f"{became}@{leaf.value.rpartition('@')[2]}")
    reads_as_bound = read_suggested(became)[0] != fold_tag(became)
    return replace(leaf, value=f"{became}@0" if reads_as_bound else became)
