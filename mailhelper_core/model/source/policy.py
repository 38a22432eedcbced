"""What a policy may say, which mailboxes it lets in, and which names in it stand for nothing; pure."""

from __future__ import annotations

from collections.abc import Collection

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.source.account import MAX_POLL_SECONDS, MAX_SIZE_CAP_BYTES, MIN_POLL_SECONDS, AccountPolicy

INBOX = "INBOX"


def check_policy(policy: AccountPolicy) -> None:
    """Raise InvalidError for what no sync could go by, such as no time between two polls; the message says what may be.

    A window of more days than there are is one without an end, and a date is as old as somebody likes.
    """
    problem = _problem(policy)
    if problem:
        raise InvalidError(f"A policy's {problem}.", code="policy")


def _problem(policy: AccountPolicy) -> str:
    if not (_is_int(policy.poll_seconds) and MIN_POLL_SECONDS <= policy.poll_seconds <= MAX_POLL_SECONDS):
        between = f"from {MIN_POLL_SECONDS} to {MAX_POLL_SECONDS}"
        return f"poll_seconds is a whole number {between}; a paused account is not polled at all"
    if policy.window_days is not None and not (_is_int(policy.window_days) and policy.window_days >= 1):
        return "window_days is a whole number from 1 on, or None for all mail"
    if not (_is_int(policy.size_cap_bytes) and 0 <= policy.size_cap_bytes <= MAX_SIZE_CAP_BYTES):
        return "size_cap_bytes is a whole number from 0 on, below 2**63"
    if policy.since is not None and policy.since.utcoffset() is None:
        return "since is aware, such as datetime(2024, 1, 1, tzinfo=UTC)"
    if not (_are_names(policy.include) and _are_names(policy.exclude)):
        return 'include and exclude are tuples of names, such as ("INBOX",)'
    return ""


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _are_names(names: object) -> bool:
    return isinstance(names, tuple | list) and all(isinstance(name, str) for name in names)


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
