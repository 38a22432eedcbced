"""One test of what the header says about the kind of mail, as SQL: the column of facts, looked into."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import not_, or_

from mailhelper_core.model.mail.words import words
from mailhelper_core.model.rules.criteria import FIELDS, Is, is_presence
from mailhelper_core.store import tables as t
from mailhelper_core.store.search.bounds import Bounds, Condition, at_most, exact, there_is
from mailhelper_core.store.search.compare import (
    Text,
    any_fact,
    fact,
    folded_equal,
    folded_prefix,
    has_words,
    is_present,
)
from mailhelper_core.store.search.lookup import Lookup

_m = t.messages.c
# Facts of another name than their field.
_NAMES = {"calendar": "calendar_method"}


def of_text(dialect: str, value: Text, leaf: Is) -> Bounds:
    """Answer the bounds of a test of a text column that the index does not hold."""
    if is_presence(leaf):
        return is_present(value)
    if FIELDS[leaf.field].type == "words" and leaf.operator == ":":
        return at_most(has_words(dialect, value, words(leaf.value)))
    return folded_prefix(dialect, value, leaf.value) if leaf.prefix else folded_equal(dialect, value, leaf.value)


def _fact(leaf: Is, lookup: Lookup) -> Bounds:
    return of_text(lookup.dialect, fact(lookup.dialect, _NAMES.get(leaf.field, leaf.field)), leaf)


def _in_reply_to(leaf: Is, lookup: Lookup) -> Bounds:
    bare = Is(leaf.field, leaf.operator, leaf.value.strip("<>"), prefix=leaf.prefix)
    return _fact(bare, lookup)


def _problem(leaf: Is, lookup: Lookup) -> Bounds:
    return any_fact(lookup.dialect, "problems", lambda value: of_text(lookup.dialect, value, leaf))


def _reply_to_differs(leaf: Is, lookup: Lookup) -> Bounds:
    differs = _is_so(lookup.dialect, "reply_to_differs", answer=True)
    return exact(differs if leaf.value == "yes" else not_(differs))  # what is not so is not stored


def _spam_flag(leaf: Is, lookup: Lookup) -> Bounds:
    return exact(_is_so(lookup.dialect, "spam_flag", answer=leaf.value == "yes"))


def _is_so(dialect: str, name: str, *, answer: bool) -> Condition:
    said = ("false", "true")[answer] if dialect == "postgresql" else int(answer)
    return fact(dialect, name) == said


def _has(leaf: Is, lookup: Lookup) -> Bounds:
    if leaf.value == "attachment":
        return exact(_m.has_attachments.is_(True))
    if leaf.value == "tag":
        return exact(there_is(t.message_tags, t.message_tags.c.message_id == _m.id))
    if leaf.value == "list":
        return exact(_is_list(lookup.dialect))
    name = {"unsubscribe": "list_unsubscribe", "calendar": "calendar_method"}[leaf.value]
    return exact(fact(lookup.dialect, name) != "")


def _is_list(dialect: str) -> Condition:
    return or_(_m.list_id != "", fact(dialect, "list_post") != "")


def _is(leaf: Is, lookup: Lookup) -> Bounds:
    dialect = lookup.dialect
    if leaf.value == "automatic":
        return exact(fact(dialect, "auto_submitted").not_in(("", "no")))
    many = fact(dialect, "precedence").in_(("bulk", "list", "junk"))
    return exact(or_(_is_list(dialect), fact(dialect, "list_unsubscribe") != "", many))


FACT_TESTS: dict[str, Callable[[Is, Lookup], Bounds]] = {
    "is": _is,
    "has": _has,
    "dmarc": _fact,
    "spf": _fact,
    "dkim": _fact,
    "mailer": _fact,
    "precedence": _fact,
    "auto_submitted": _fact,
    "calendar": _fact,
    "in_reply_to": _in_reply_to,
    "problem": _problem,
    "reply_to_differs": _reply_to_differs,
    "spam_flag": _spam_flag,
}
