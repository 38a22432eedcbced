"""Which mailboxes an account's policy lets in, and which names in it stand for nothing; pure."""

from __future__ import annotations

from collections.abc import Collection

from mailhelper_core.model.source.account import AccountPolicy

INBOX = "INBOX"


def is_wanted(name: str, policy: AccountPolicy) -> bool:
    """Say whether a mailbox is synced: named by `include` (when there is any) and not by `exclude`."""
    included = not policy.include or any(_matches(name, pattern) for pattern in policy.include)
    return included and not any(_matches(name, pattern) for pattern in policy.exclude)


def named_in_vain(policy: AccountPolicy, names: Collection[str]) -> list[int]:
    """Answer which names of `include`, counted from 1, no mailbox has; a pattern may stand for none."""
    return [
        number
        for number, pattern in enumerate(policy.include, start=1)
        if "*" not in pattern and not any(_matches(name, pattern) for name in names)
    ]


def why_not(name: str, policy: AccountPolicy) -> str:
    """Answer why a mailbox is not synced: `excluded`, `not_included`, empty when it is."""
    if any(_matches(name, pattern) for pattern in policy.exclude):
        return "excluded"
    return "" if is_wanted(name, policy) else "not_included"


def _matches(name: str, pattern: str) -> bool:
    """Compare with a pattern: `*` stands for anything, all else for itself; INBOX has no case (RFC 9051 5.1)."""
    name, pattern = (INBOX if text.upper() == INBOX else text for text in (name, pattern))
    head, *middle = pattern.split("*")
    if not middle:
        return name == pattern
    tail = middle.pop()
    at, end = len(head), len(name) - len(tail)
    if at > end or not name.startswith(head) or not name.endswith(tail):
        return False
    for part in middle:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
