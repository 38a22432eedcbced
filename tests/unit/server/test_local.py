"""Uids and header fields of mail in files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.server import local
from mailhelper_core.server.local import MAX_SECONDS, deciding_fields, header_block, with_uids

IDENTITIES = st.dictionaries(st.binary(min_size=1), st.integers(-1, MAX_SECONDS + 10), max_size=30)


@given(IDENTITIES, st.randoms(use_true_random=False))
def test_uids_follow_from_the_messages_alone(identities: dict[bytes, int], random: object) -> None:
    rows = [(identity, seconds, identity) for identity, seconds in identities.items()]
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    first, second = with_uids(rows), with_uids(shuffled)

    assert first == second
    assert sorted(first.values()) == sorted(identities)
    assert all(0 < uid < 2**63 for uid in first)


@given(IDENTITIES, st.data())
def test_uids_stay_when_others_go(identities: dict[bytes, int], data: st.DataObject) -> None:
    rows = [(identity, seconds, identity) for identity, seconds in identities.items()]
    kept = [row for row in rows if data.draw(st.booleans())]

    before, after = with_uids(rows), with_uids(kept)

    assert before.items() >= after.items()


def test_messages_that_meet_in_one_uid_get_uids_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_HASH_BITS", 6)

    found = with_uids((bytes([number]), 0, number) for number in range(40))

    assert sorted(found.values()) == list(range(40))


def test_newer_messages_have_larger_uids() -> None:
    found = with_uids((str(day).encode(), day * 86_400, day) for day in range(0, 20_000, 500))

    assert [day for _, day in sorted(found.items())] == list(range(0, 20_000, 500))


def test_deciding_fields_are_those_an_imap_server_gives() -> None:
    head = b"Received: x\nSUBJECT: folded\n  line\nX-From: no\nFrom: ada\nDate : now\n\n"

    assert deciding_fields(head) == b"SUBJECT: folded\r\n  line\r\nFrom: ada\r\nDate : now\r\n\r\n"


@given(st.binary())
def test_header_block_is_a_beginning(raw: bytes) -> None:
    assert raw.startswith(header_block(raw))
