"""Copies are found again by what they are, and each only once."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.actions.ledger import retry_wait
from mailhelper_core.actions.locate import Sought, find_arrivals
from mailhelper_core.mime.identity import header_fields, match_key
from mailhelper_core.model.source.remote import RemoteMetadata
from mailhelper_core.store.work.delivery import Identity

AT = datetime(2026, 3, 1, tzinfo=UTC)


def header(name: str) -> bytes:
    return f"Message-ID: <{name}@example.org>\r\nSubject: {name}\r\n\r\n".encode()


def seen(uid: int, name: str, *, at: datetime = AT, size: int = 100) -> RemoteMetadata:
    return RemoteMetadata(uid, frozenset(), at, size, header(name))


def sought(id_: int, name: str, *, from_uid: int = 1, size: int = 100) -> Sought:
    key = match_key(header_fields(header(name)), AT)
    return Sought(id_, Identity(key, f"{name}@example.org", size, is_gone=False), from_uid)


def test_message_is_found_by_its_match_key() -> None:
    assert find_arrivals([sought(7, "b")], [seen(1, "a"), seen(2, "b")], ()) == {7: 2}


def test_copy_with_a_new_internal_date_is_found_by_message_id_and_size() -> None:
    later = datetime(2026, 3, 9, tzinfo=UTC)

    assert find_arrivals([sought(7, "a")], [seen(4, "a", at=later)], ()) == {7: 4}
    assert find_arrivals([sought(7, "a")], [seen(4, "a", at=later, size=99)], ()) == {}


def test_what_was_there_before_is_no_arrival() -> None:
    assert find_arrivals([sought(7, "a", from_uid=5)], [seen(4, "a")], ()) == {}


def test_place_of_another_message_is_no_arrival() -> None:
    assert find_arrivals([sought(7, "a")], [seen(4, "a")], {4}) == {}


names = st.sampled_from("abc")


@given(st.lists(names, max_size=6), st.lists(names, max_size=6), st.sets(st.integers(1, 6)))
def test_each_uid_is_given_once_and_each_message_is_what_it_was(
    wanted: list[str], there: list[str], taken: set[int]
) -> None:
    found = find_arrivals(
        [sought(n, name) for n, name in enumerate(wanted)], [seen(n, name) for n, name in enumerate(there, 1)], taken
    )

    assert len(set(found.values())) == len(found)
    assert taken.isdisjoint(found.values())
    assert all(wanted[n] == there[uid - 1] for n, uid in found.items())
    free = [name for n, name in enumerate(there, 1) if n not in taken]
    assert len(found) == sum(min(wanted.count(name), free.count(name)) for name in "abc")


@given(st.integers(0, 1000), st.floats(0, 1))
def test_backoff_grows_and_stays_below_two_days(attempts: int, jitter: float) -> None:
    seconds = retry_wait(attempts, jitter)

    assert 30 <= seconds <= 92_160
    assert retry_wait(attempts + 1, jitter) >= seconds
