"""What the owner says against the moves of rules, told from what was decided and where the message lies now."""

from __future__ import annotations

import pytest

from mailhelper_core.model.mail.message import Place
from mailhelper_core.model.source.directory import Directory, Mailbox
from mailhelper_core.model.work.inverse import inverse
from mailhelper_core.model.work.operation import MoveMessage
from mailhelper_core.model.work.overlay import View, apply
from mailhelper_core.rules.turned_back import owners_word
from mailhelper_core.store.work.outbox import DecidedBy, OutboxRow

ROLES = {"INBOX": "inbox", "Archive": "archive", "A": "", "B": "", "All": "all"}


def directory(*names: str) -> Directory:
    return Directory(tuple(Mailbox(number, 1, name, "/", ROLES[name]) for number, name in enumerate(names, 1)))


def view(where: Directory, *names: str) -> View:
    return View(tuple(Place(where.find(name).mailbox_id, name, ROLES[name], frozenset()) for name in names))


def decided(where: Directory, begin: View, *moves: tuple[DecidedBy, str]) -> list[OutboxRow]:
    """The rows of moves, one behind the other; those of rules are of the revisions 1, 2 ..."""
    rows, now = [], begin
    for number, (by, to) in enumerate(moves, 1):
        move = MoveMessage(1, role="archive") if to == "archive" else MoveMessage(1, to)
        back = inverse(now, move, where)
        now = apply(now, move, where) or now
        rows.append(OutboxRow(number, 1, 1, move, back, decided_by=by, revision_id=number if by == "rule" else None))
    return rows


@pytest.mark.parametrize(
    ("moves", "lies", "back", "moved_on"),
    [
        ([("rule", "A")], "A", set(), set()),
        ([("rule", "A")], "INBOX", {1}, set()),
        ([("rule", "A")], "B", set(), {1}),
        ([("rule", "A"), ("rule", "B")], "B", set(), set()),
        ([("rule", "A"), ("rule", "B")], "INBOX", {1, 2}, set()),
        ([("rule", "A"), ("rule", "B")], "A", {2}, set()),
        ([("rule", "A"), ("rule", "B")], "Archive", set(), {1, 2}),
        ([("rule", "A"), ("owner", "B")], "B", set(), {1}),
        ([("rule", "A"), ("owner", "INBOX"), ("rule", "B")], "B", {1}, set()),
        ([("rule", "A"), ("owner", "INBOX"), ("owner", "A")], "A", set(), set()),
        ([("owner", "A"), ("rule", "B")], "INBOX", set(), {2}),
        ([("rule", "A"), ("owner", "B"), ("rule", "Archive")], "Archive", set(), {1}),
    ],
)
def test_the_last_move_is_compared_with_where_the_message_lies(
    moves: list[tuple[DecidedBy, str]], lies: str, back: set[int], moved_on: set[int]
) -> None:
    where = directory("INBOX", "Archive", "A", "B")

    word = owners_word(decided(where, view(where, "INBOX"), *moves), view(where, lies), where)

    assert (word.turned_back, word.moved_on) == (back, moved_on)


@pytest.mark.parametrize(
    ("lies", "back", "moved_on"),
    [(["All"], set(), set()), (["All", "INBOX"], {1}, set()), (["All", "A"], set(), {1}), ([], set(), set())],
)
def test_a_label_that_was_taken_off_is_told_from_one_that_is_back(
    lies: list[str], back: set[int], moved_on: set[int]
) -> None:
    where = directory("INBOX", "A", "All")
    rows = decided(where, view(where, "INBOX", "All"), ("rule", "archive"))

    word = owners_word(rows, view(where, *lies), where)

    assert (word.turned_back, word.moved_on) == (back, moved_on)


@pytest.mark.parametrize(
    ("before", "lies", "back", "moved_on"),
    [
        (["All", "INBOX"], ["All", "A"], set(), set()),
        (["All", "INBOX"], ["All", "A", "INBOX"], set(), set()),  # it bears what was put on, and another label
        (["All", "INBOX"], ["All", "INBOX"], {1}, set()),
        (["All", "INBOX"], ["All", "B"], set(), {1}),
        (["All", "INBOX"], ["All"], set(), {1}),
        (["All", "INBOX", "A"], ["All", "A"], set(), set()),
        (["All", "INBOX", "A"], ["All", "A", "INBOX"], {1}, set()),
        (["All", "INBOX", "A"], ["All", "B"], set(), {1}),
    ],
)
def test_a_label_is_put_on_and_the_inbox_left(
    before: list[str], lies: list[str], back: set[int], moved_on: set[int]
) -> None:
    where = directory("INBOX", "A", "B", "All")
    rows = decided(where, view(where, *before), ("rule", "A"))

    word = owners_word(rows, view(where, *lies), where)

    assert (word.turned_back, word.moved_on) == (back, moved_on)
