"""The mail store: uids, mod-sequences, the expunge log, and what a session is told."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.testing.mailstore.keywords import KeywordPolicy, TooManyKeywordsError
from mailhelper_core.testing.mailstore.mailbox import Mailbox
from mailhelper_core.testing.mailstore.store import MailboxError, MailStore
from mailhelper_core.testing.protocol.view import View

NOW = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)


def inbox(size: int = 0, policy: KeywordPolicy | None = None) -> Mailbox:
    box = MailStore({"ada": "secret"}, keywords=policy, clock=lambda: NOW).user("ada").mailbox("INBOX")
    for _ in range(size):
        box.append(b"Subject: x\r\n\r\n")
    return box


def test_uids_are_never_given_twice() -> None:
    box = inbox(3)

    box.expunge([3])

    assert box.append(b"") == 4


def test_a_message_without_a_date_has_the_clocks() -> None:
    assert inbox(1).messages[0].internal_date == NOW


def test_every_change_has_its_mod_sequence_and_no_change_has_none() -> None:
    box = inbox(3)
    before = box.highest_mod_seq

    box.add_flags([1, 2], ["\\Seen"])
    box.add_flags([1], ["\\Seen"])
    box.expunge([9])

    assert box.highest_mod_seq == before + 1
    assert [message.uid for message in box.changed_since(before)] == [1, 2]


def test_the_log_of_expunges_answers_since_when() -> None:
    box = inbox(5)
    box.expunge([1])
    between = box.highest_mod_seq
    box.expunge([3, 4])

    assert box.vanished_since(between, range(1, 6)) == [3, 4]
    assert box.vanished_since(0, [1, 3]) == [1, 3]


def test_moving_keeps_flags_date_and_identity() -> None:
    user = MailStore({"ada": "secret"}).user("ada")
    source, target = user.mailbox("INBOX"), user.mailbox("Archive")
    uid = source.append(b"Subject: x\r\n\r\n", flags=["\\Seen", "$Work"], internal_date=NOW)
    content = source.messages[0].content

    pairs = source.move([uid, 99], target)

    moved = target.messages[0]
    assert (source.uids, pairs) == ([], {uid: moved.uid})
    assert (moved.flags, moved.internal_date, moved.content.email_id) == ({"\\Seen", "$Work"}, NOW, content.email_id)


def test_renumbering_keeps_the_messages_under_new_uids() -> None:
    box = inbox(3)
    box.expunge([1])
    before = box.uid_validity

    box.renumber()

    assert (box.uids, box.uid_next) == ([1, 2], 3)
    assert box.uid_validity > before


def test_keywords_compare_without_case_and_keep_their_first_spelling() -> None:
    box = inbox(1)

    box.add_flags([1], ["$Work", "\\SEEN"])
    box.add_flags([1], ["$WORK"])

    assert box.messages[0].flags == {"$Work", "\\Seen"}


def test_a_full_mailbox_takes_only_keywords_it_knows() -> None:
    box = inbox(1, KeywordPolicy(at_most=1))
    box.add_flags([1], ["$One"])

    with pytest.raises(TooManyKeywordsError):
        box.add_flags([1], ["$Two"])
    box.set_flags([1], ["$one"])

    assert box.messages[0].flags == {"$One"}


def test_a_mailbox_comes_back_with_another_uid_validity() -> None:
    user = MailStore({"ada": "secret"}).user("ada")
    before = user.create("Work").uid_validity

    user.delete("Work")

    assert user.create("Work").uid_validity != before


@pytest.mark.parametrize(("name", "code"), [("INBOX", "CANNOT"), ("Nowhere", "NONEXISTENT")])
def test_what_cannot_be_deleted_says_why(name: str, code: str) -> None:
    with pytest.raises(MailboxError) as caught:
        MailStore({"ada": "secret"}).user("ada").delete(name)

    assert caught.value.code == code


def test_renaming_inbox_moves_its_messages_out() -> None:
    user = MailStore({"ada": "secret"}).user("ada")
    user.mailbox("INBOX").append(b"")

    user.rename("INBOX", "Old")

    assert (user.mailbox("INBOX").uids, user.mailbox("Old").uids) == ([], [1])


def test_listeners_hear_of_changes_until_they_leave() -> None:
    heard: list[str] = []
    store = MailStore({"ada": "secret"})
    box = store.user("ada").create("Box")
    leave = store.listen(lambda: heard.append("change"))

    box.append(b"")
    leave()
    box.append(b"")

    assert heard == ["change"]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append")),
        st.tuples(st.just("expunge"), st.integers(1, 12)),
        st.tuples(st.just("flag"), st.integers(1, 12), st.booleans()),
        st.tuples(st.just("look"), st.booleans()),
    ),
    max_size=40,
)


@given(STEPS)
def test_a_client_that_follows_the_news_knows_the_mailbox(steps: list[tuple]) -> None:
    """Sequence numbers, totals and flags told to a session always add up to the truth."""
    box = inbox(4)
    view = View(box, read_only=False)
    known = {uid: frozenset[str]() for uid in box.uids}
    order = list(known)
    for kind, *values in [*steps, ("look", True)]:
        if kind == "append":
            box.append(b"")
        elif kind == "expunge":
            box.expunge(values)
        elif kind == "flag":
            (box.add_flags if values[1] else box.remove_flags)(values[:1], ["\\Seen"])
        else:
            follow(view, known, order, expunges=values[0])

    assert order == box.uids
    assert {uid: known[uid] for uid in order} == {message.uid: message.flags for message in box.messages}


def follow(view: View, known: dict[int, frozenset[str]], order: list[int], *, expunges: bool) -> None:
    news = view.changes(expunges=expunges)
    for number, uid in news.expunged:
        assert order.pop(number - 1) == uid
    if news.exists is not None:
        for uid in view.uids[len(order) :]:  # what a client fetches when the total grows
            order.append(uid)
            message = view.mailbox.get(uid)
            known[uid] = message.flags if message else frozenset()
        assert len(order) == news.exists
    for number, message in news.changed:
        assert order[number - 1] == message.uid
        known[message.uid] = message.flags
