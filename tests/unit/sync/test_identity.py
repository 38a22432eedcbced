"""Which stored message a new uid is: the server's identity, a unique key, or its digest later."""

from __future__ import annotations

from mailhelper_core.model.source.held import HeldMessage
from mailhelper_core.model.source.remote import RemoteMetadata
from mailhelper_core.sync.identity import Arrival, identify, is_other

KEY = b"k" * 16
ORPHAN = HeldMessage(7, KEY, 100)
ELSEWHERE = HeldMessage(7, KEY, 100, is_placed=True)
HERE = HeldMessage(7, KEY, 100, is_here=True, is_placed=True)


def arrival(uid: int, key: bytes, size: int, *, remote_id: str = "", has_message_id: bool = True) -> Arrival:
    metadata = RemoteMetadata(uid, frozenset(), None, size, b"", remote_id=remote_id)
    return Arrival(metadata, key, has_message_id)


def test_a_message_that_lost_its_place_is_found_again() -> None:
    assert identify([arrival(1, KEY, 100)], [ORPHAN]) == {1: 7}
    assert identify([arrival(1, KEY, 100, has_message_id=False)], [ORPHAN]) == {1: 7}


def test_a_copy_in_another_mailbox_is_found_by_its_message_id() -> None:
    assert identify([arrival(1, KEY, 100)], [ELSEWHERE]) == {1: 7}


def test_without_a_message_id_a_copy_is_compared_by_digest() -> None:
    assert identify([arrival(1, KEY, 100, has_message_id=False)], [ELSEWHERE]) == {}


def test_a_second_message_in_the_same_mailbox_is_compared_by_digest() -> None:
    assert identify([arrival(1, KEY, 100)], [HERE]) == {}


def test_another_size_is_another_message() -> None:
    assert identify([arrival(1, KEY, 101)], [ORPHAN]) == {}


def test_size_breaks_the_tie_between_two_stored_messages() -> None:
    assert identify([arrival(1, KEY, 100)], [ORPHAN, HeldMessage(8, KEY, 200)]) == {1: 7}


def test_two_equal_stored_messages_are_ambiguous() -> None:
    assert identify([arrival(1, KEY, 100)], [ORPHAN, HeldMessage(8, KEY, 100)]) == {}


def test_two_equal_arrivals_are_ambiguous() -> None:
    assert identify([arrival(1, KEY, 100), arrival(2, KEY, 100)], [ORPHAN]) == {}


def test_the_identity_of_the_server_decides() -> None:
    stored = HeldMessage(7, KEY, 5, remote_id="M1", is_here=True, is_placed=True)

    assert identify([arrival(1, KEY, 100, remote_id="M1")], [stored]) == {1: 7}


def test_an_identity_that_the_server_gives_to_different_mail_does_not_decide() -> None:
    stored = HeldMessage(7, b"other", 100, remote_id="M1", message_id="a@x")
    same = HeldMessage(8, KEY, 100, remote_id="M1")

    assert identify([arrival(1, KEY, 100, remote_id="M1")], [stored]) == {}
    assert identify([arrival(1, KEY, 100, remote_id="M1")], [same, stored]) == {1: 8}


def test_another_identity_of_the_server_forbids_a_match() -> None:
    stored = HeldMessage(7, KEY, 100, remote_id="M1")

    assert identify([arrival(1, KEY, 100, remote_id="M2")], [stored]) == {}


def test_a_key_of_nobody_is_new() -> None:
    assert identify([arrival(1, b"new", 100)], [ORPHAN]) == {}


def named(size: int, message_id: bytes) -> Arrival:
    return Arrival(RemoteMetadata(1, frozenset(), None, size, b""), b"o" * 16, bool(message_id), message_id)


def test_at_its_place_a_message_is_itself_by_key_or_by_its_name_and_size() -> None:
    stored = HeldMessage(7, KEY, 100, message_id="a@x")

    assert not is_other(arrival(1, KEY, 101), stored)
    assert not is_other(named(100, b"<a@x>"), stored)
    assert is_other(named(101, b"<a@x>"), stored)
    assert is_other(named(100, b"<b@x>"), stored)
    assert is_other(named(100, b""), HeldMessage(7, KEY, 100))
