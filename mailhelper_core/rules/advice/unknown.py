"""What rules ask for and nothing has: categories that no classifier gives, mailboxes, tags; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from mailhelper_core.model.extension import action_argument
from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.mind.tag import fold_tag
from mailhelper_core.model.rules.criteria import Is, leaves
from mailhelper_core.model.rules.rule import Finding
from mailhelper_core.model.rules.tagging import read_tag
from mailhelper_core.model.source.directory import ROLE_NAMES
from mailhelper_core.query.near import near_to
from mailhelper_core.rules.advice.known import Known
from mailhelper_core.rules.prepare import targets

# The names of mailboxes by account; None holds all.
Mailboxes = Mapping[int | None, Collection[str]]


def unknown(
    rules: Sequence[Known], categories: Collection[str], mailboxes: Mailboxes, tags: Collection[str] | None = None
) -> tuple[Finding, ...]:
    """Answer the rules that ask for a category that nothing gives and no mail has, or for a mailbox or tag that is not.

    Before the first sync no mailbox is known, and nothing is said of them; nor of tags where none are given.
    """
    active = [one for one in rules if one.rule.enabled]
    found = (*_categories(active, categories), *_mailboxes(active, mailboxes))
    return found if tags is None else (*found, *_tags(active, tags))


def _categories(rules: Sequence[Known], categories: Collection[str]) -> Iterator[Finding]:
    given = {fold(one): one for one in categories}
    for one, test in asked(rules, "category"):
        if fold(test.value) not in given:
            near = near_to(test.value, given)
            hint = f"; did you mean {near}?" if near else ""
            why = f"nothing gives the category {test.value[:40]!r}, and no mail has it{hint}"
            yield Finding("unknown", one.rule.name, message=why)


def _mailboxes(rules: Sequence[Known], mailboxes: Mailboxes) -> Iterator[Finding]:
    coming = {fold(name): name for name in _named(rules)}
    for one, test in asked(rules, "in"):
        there = {fold(name): name for name in mailboxes.get(one.rule.account_id, ())}
        known = {**{role: role for role in ROLE_NAMES}, "all": "all", **coming, **there}
        if there and fold(test.value) not in known:
            near = near_to(test.value, known)
            hint = f"; did you mean {near}?" if near else ""
            why = f"no account has the mailbox {test.value[:40]!r} now{hint}"
            yield Finding("unknown", one.rule.name, message=why)


def _tags(rules: Sequence[Known], tags: Collection[str]) -> Iterator[Finding]:
    made = (read_tag(action_argument(one)).name for known in rules for one in known.rule.then if one.name == "tag")
    there = {fold_tag(name): name for name in (*made, *tags)}
    for one, test in asked(rules, "tag"):
        if fold_tag(test.value) not in there:
            near = near_to(test.value, there)
            hint = f"; did you mean {near}?" if near else ""
            why = f"there is no tag {test.value[:40]!r}{hint}"
            yield Finding("unknown", one.rule.name, message=why)


def asked(rules: Sequence[Known], field: str) -> Iterator[tuple[Known, Is]]:
    """Yield the tests of a field for a whole value, each with its rule."""
    for one in rules:
        for test in leaves(one.criteria):
            if test.field == field and not test.prefix:
                yield one, test


def _named(rules: Sequence[Known]) -> Iterator[str]:
    """Yield the mailboxes that rules file into: they come to be."""
    for one in rules:
        for action in one.rule.then:
            yield from targets(action)
