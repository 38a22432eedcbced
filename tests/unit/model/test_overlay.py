"""Properties of the one function that says what a message looks like after an operation."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.mail.message import Mailbox, MessageTag, Place
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.inverse import inverse, is_in_force
from mailhelper_core.model.work.operation import (
    AddKeyword,
    AddTag,
    CopyMessage,
    DropCopy,
    MoveMessage,
    Operation,
    RemoveKeyword,
    RemoveTag,
    SetPriority,
)
from mailhelper_core.model.work.overlay import View, apply

NAMES = ("INBOX", "Archive", "Finance", "Trash")
ROLES = {"INBOX": "inbox", "Archive": "archive", "Trash": "trash"}
WHERE = Directory.of([Mailbox(n, 1, name, "/", ROLES.get(name, "")) for n, name in enumerate(NAMES, 1)])
KEYWORDS = ("\\Seen", "\\Flagged", "$Work")

keywords = st.frozensets(st.sampled_from(KEYWORDS))
places = st.lists(st.sampled_from(NAMES), unique=True, min_size=1).flatmap(
    lambda names: st.tuples(
        *(
            st.builds(Place, st.just(NAMES.index(n) + 1), st.just(n), st.just(ROLES.get(n, "")), keywords, st.just(1))
            for n in names
        )
    )
)
levels = st.none() | st.integers(1, 3)
views = st.builds(
    View,
    places,
    st.lists(st.sampled_from(("bills", "Work")), unique=True).map(lambda names: tuple(map(MessageTag, names))),
    levels,
    levels,
)
mailbox_ids = st.integers(0, 4)
operations: st.SearchStrategy[Operation] = st.one_of(
    st.builds(AddKeyword, st.just(1), st.sampled_from(KEYWORDS), mailbox_ids),
    st.builds(RemoveKeyword, st.just(1), st.sampled_from(KEYWORDS), mailbox_ids),
    st.builds(MoveMessage, st.just(1), st.sampled_from(NAMES), source_id=mailbox_ids),
    st.builds(MoveMessage, st.just(1), role=st.sampled_from(("trash", "archive", "inbox"))),
    st.builds(CopyMessage, st.just(1), st.sampled_from(NAMES)),
    st.builds(DropCopy, st.just(1), st.sampled_from(NAMES)),
    st.builds(AddTag, st.just(1), st.sampled_from(("bills", "BILLS", "new"))),
    st.builds(RemoveTag, st.just(1), st.sampled_from(("bills", "work"))),
    st.builds(SetPriority, st.just(1), levels, levels),
)


def shown(view: View) -> object:
    places = sorted((place.mailbox, sorted(place.keywords)) for place in view.places)
    return places, sorted(tag.name.lower() for tag in view.tags), view.urgency, view.importance


@given(views, operations)
def test_inverse_restores_what_was_shown(view: View, operation: Operation) -> None:
    after = apply(view, operation, WHERE)
    if after is None or isinstance(operation, DropCopy):  # the copy's own keywords are gone with it
        return

    back = after
    for one in inverse(view, operation, WHERE):
        back = apply(back, one, WHERE) or back

    assert shown(back) == shown(view)


@given(views, operations)
def test_operation_twice_changes_nothing_the_second_time(view: View, operation: Operation) -> None:
    after = apply(view, operation, WHERE)
    if after is None or (isinstance(operation, MoveMessage) and operation.source_id):
        return

    assert apply(after, operation, WHERE) is None


@given(views, operations)
def test_operation_is_in_force_after_it_was_applied(view: View, operation: Operation) -> None:
    after = apply(view, operation, WHERE)

    assert after is None or is_in_force(after, operation, WHERE)


@given(views, operations)
def test_message_never_loses_its_last_place(view: View, operation: Operation) -> None:
    after = apply(view, operation, WHERE)

    assert after is None or after.places


def test_archive_on_a_server_of_labels_takes_the_label_off() -> None:
    inbox, everything = Place(1, "INBOX", "inbox", frozenset(), 1), Place(2, "All Mail", "all", frozenset(), 9)
    where = Directory.of([Mailbox(1, 1, "INBOX", "/", "inbox"), Mailbox(2, 1, "All Mail", "/", "all")])

    after = apply(View((inbox, everything)), MoveMessage(1, role="archive"), where)

    assert after is not None
    assert after.places == (everything,)


LABELS = Directory.of([*WHERE.mailboxes, Mailbox(9, 1, "All Mail", "/", "all")])
ALL_MAIL = Place(9, "All Mail", "all", frozenset(), 9)
labelled = views.map(lambda view: replace(view, places=(ALL_MAIL, *view.places)))


@given(labelled, operations)
def test_labels_are_taken_off_and_put_on_and_all_mail_keeps_all(view: View, operation: Operation) -> None:
    after = apply(view, operation, LABELS)
    if after is None or isinstance(operation, DropCopy):
        return

    names = [place.mailbox for place in after.places]
    back = after
    for one in inverse(view, operation, LABELS):
        back = apply(back, one, LABELS) or back

    assert len(names) == len(set(names))
    assert "All Mail" in names
    assert is_in_force(after, operation, LABELS)
    assert sorted(place.mailbox for place in back.places) == sorted(place.mailbox for place in view.places)
    if not (isinstance(operation, MoveMessage) and operation.source_id):
        assert apply(after, operation, LABELS) is None


@pytest.mark.parametrize(
    ("lies", "to", "then"),
    [
        (["All Mail", "INBOX", "Finance"], "Finance", ["All Mail", "Finance"]),
        (["All Mail", "Finance", "Work"], "Finance", None),
        (["All Mail", "work"], "Finance", ["All Mail", "Finance"]),
        (["INBOX", "Finance"], "Finance", None),
    ],
)
def test_what_bears_a_label_leaves_the_inbox_for_it(lies: list[str], to: str, then: list[str] | None) -> None:
    names = ("INBOX", "Finance", "Work", "work", "All Mail")
    roles = {"INBOX": "inbox", "All Mail": "all"}
    where = Directory.of([Mailbox(n, 1, name, "/", roles.get(name, "")) for n, name in enumerate(names, 1)])
    view = View(tuple(Place(names.index(n) + 1, n, roles.get(n, ""), frozenset(), 1) for n in lies))

    after = apply(view, MoveMessage(1, to), where)

    assert (after and [place.mailbox for place in after.places]) == then


def test_new_mailbox_of_a_role_goes_below_inbox_where_all_others_are() -> None:
    where = Directory.of([Mailbox(1, 1, "INBOX", ".", "inbox"), Mailbox(2, 1, "INBOX.Sent", ".", "sent")])

    assert where.find_role("trash").mailbox == "INBOX.Trash"
