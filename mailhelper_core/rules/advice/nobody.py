"""What rules ask for and nobody is: an account that is not there, `me` where no own address is known; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailhelper_core.model.mail.words import fold
from mailhelper_core.model.rules.criteria import leaves
from mailhelper_core.model.rules.rule import Finding
from mailhelper_core.model.source.account import Account
from mailhelper_core.query.check import is_me
from mailhelper_core.query.near import near_to
from mailhelper_core.rules.advice.known import Known
from mailhelper_core.rules.advice.unknown import asked


def nobody(rules: Sequence[Known], accounts: Sequence[Account]) -> tuple[Finding, ...]:
    """Answer the rules that ask for an account that is not there, or for `me` where an account has no own address.

    Before the first account nothing is said.
    """
    active = [one for one in rules if one.rule.enabled]
    return (*_accounts(active, accounts), *_me(active, accounts)) if accounts else ()


def _accounts(rules: Sequence[Known], accounts: Sequence[Account]) -> Iterator[Finding]:
    names = {fold(one.name): one.name for one in accounts}
    for one, test in asked(rules, "account"):
        value = fold(test.value)
        if value not in names and value not in {str(account.id) for account in accounts}:
            near = near_to(test.value, names)
            hint = f"; did you mean {near}?" if near else ""
            yield Finding("unknown", one.rule.name, message=f"there is no account {test.value[:40]!r}{hint}")


def _me(rules: Sequence[Known], accounts: Sequence[Account]) -> Iterator[Finding]:
    for one in rules:
        if any(map(is_me, leaves(one.criteria))):
            unsaid = [own.id for own in accounts if one.rule.account_id in (None, own.id) and not own.addresses]
            for account_id in unsaid[:1]:
                why = f"no own address of account {account_id} is known, so 'me' is nobody there"
                said = f"{why}; say it with accounts.update({account_id}, addresses=...)"
                yield Finding("unknown", one.rule.name, message=said)
