"""A mailbox as it was seen last, and sets of uids."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.model.source.remote import RemoteStatus

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
SEEN = RemoteStatus(messages=3, uid_next=10, uid_validity=77, highest_mod_seq=500)
HELD = HeldMailbox(1, 1, "INBOX", seen=SEEN, flags_scanned_at=NOW - timedelta(minutes=1))

uid_sets = st.frozensets(st.integers(min_value=1, max_value=40), max_size=25)


def some_of(numbers: frozenset[int]) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.sampled_from(sorted(numbers))) if numbers else st.just(frozenset())
