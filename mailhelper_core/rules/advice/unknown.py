"""What rules ask for and nothing has: categories, mailboxes, accounts, an own address of the account; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from mailhelper_core.model.extension import action_argument
from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.rules.criteria import Is, leaves
from mailhelper_core.model.rules.rule import Finding
from mailhelper_core.model.source.account import Account
from mailhelper_core.model.source.directory import ROLE_NAMES
from mailhelper_core.query.check import is_me
from mailhelper_core.rules.advice.analyze import Known
from mailhelper_core.rules.arguments import read_mailbox

# The names of mailboxes by account; None holds all.
Mailboxes = Mapping[int | None, Collection[str]]

_FILING = frozenset(("fileinto", "copy"))


@dataclass(frozen=True, slots=True, kw_only=True)
class There:
    """What an owner has that tests may name."""

    categories: Collection[str]  # those that classifiers give and that mail has
    mailboxes: Mailboxes
    accounts: Sequence[Account]


def unknown(rules: Sequence[Known], there: There) -> tuple[Finding, ...]:
    """Answer the rules that ask for what is not there: a category, mailbox, account, or `me` where nobody said who.

    Before the first sync no mailbox is known, and nothing is said of them.
    """
    active = [one for one in rules if one.rule.enabled]
    return (
        *_categories(active, there.categories),
        *_mailboxes(active, there.mailboxes),
        *_accounts(active, there.accounts),
        *_me(active, there.accounts),
    )


def _categories(rules: Sequence[Known], categories: Collection[str]) -> Iterator[Finding]:
    given = {fold(one): one for one in categories}
    for one, test in _asked(rules, "category"):
        if fold(test.value) not in given:
            near = _near(test.value, given)
            hint = f"; did you mean {near}?" if near else ""
            why = f"nothing gives the category {test.value[:40]!r}, and no mail has it{hint}"
            yield Finding("unknown", one.rule.name, message=why)


def _mailboxes(rules: Sequence[Known], mailboxes: Mailboxes) -> Iterator[Finding]:
    coming = {fold(name): name for name in _named(rules)}
    for one, test in _asked(rules, "in"):
        there = {fold(name): name for name in mailboxes.get(one.rule.account_id, ())}
        known = {**{role: role for role in ROLE_NAMES}, "all": "all", **coming, **there}
        if there and fold(test.value) not in known:
            near = _near(test.value, known)
            hint = f"; did you mean {near}?" if near else ""
            why = f"no account has the mailbox {test.value[:40]!r} now{hint}"
            yield Finding("unknown", one.rule.name, message=why)


def _accounts(rules: Sequence[Known], accounts: Sequence[Account]) -> Iterator[Finding]:
    known = {fold(one.name): one.name for one in accounts} | {str(one.id): str(one.id) for one in accounts}
    for one, test in _asked(rules, "account"):
        if accounts and fold(test.value) not in known:
            near = _near(test.value, known)
            hint = f"; did you mean {near}?" if near else ""
            why = f"there is no account {test.value[:40]!r}{hint}"
            yield Finding("unknown", one.rule.name, message=why)


def _me(rules: Sequence[Known], accounts: Sequence[Account]) -> Iterator[Finding]:
    for one in rules:
        if any(map(is_me, leaves(one.criteria))):
            nameless = [own for own in accounts if one.rule.account_id in (None, own.id) and not own.addresses]
            for account in nameless[:1]:
                why = f"no own address of account {account.id} is known, so 'me' is nobody there"
                hint = f"say it with accounts.update({account.id}, addresses=...)"
                yield Finding("unknown", one.rule.name, message=f"{why}; {hint}")


def _asked(rules: Sequence[Known], field: str) -> Iterator[tuple[Known, Is]]:
    for one in rules:
        for test in leaves(one.criteria):
            if test.field == field and not test.prefix:
                yield one, test


def _named(rules: Sequence[Known]) -> Iterator[str]:
    """Yield the mailboxes that rules file into: they come to be."""
    for one in rules:
        for action in one.rule.then:
            if action.name in _FILING:
                yield read_mailbox(action_argument(action))


def _near(value: str, known: Mapping[str, str]) -> str:
    close = get_close_matches(fold(value)[:100], known, 1)
    return known[close[0]] if close else ""
