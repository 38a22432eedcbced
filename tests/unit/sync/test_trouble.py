"""Mailboxes and messages in trouble: suspected, tried in turn, tried again, and settled in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.source.held import MAX_STRIKES, HeldMailbox, Suspect
from mailhelper_core.model.source.remote import RemoteMailbox, RemoteMetadata
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.sync.identity import Arrival
from mailhelper_core.sync.plan import accuse, awaited, halves, is_first_of_day, standing, take_turns
from tests.unit.sync.held import HELD, NOW, some_of, uid_sets


def arrivals(*uids: int) -> list[Arrival]:
    return [Arrival(RemoteMetadata(uid, frozenset(), None, 9, b""), b"") for uid in uids]


@pytest.mark.parametrize(
    ("came", "suspects"),
    [((), [7, 8, 9]), ((7,), [8, 9]), ((7, 8, 9), [4, 5, 6]), ((7, 9, 4), [5, 6]), ((7, 8, 9, 4, 5, 6, 1, 2, 3), [])],
    ids=["nothing came", "in the first group", "between two", "one is gone", "all came"],
)
def test_what_was_on_its_way_when_the_connection_broke(came: tuple[int, ...], suspects: list[int]) -> None:
    groups = [arrivals(7, 8, 9), arrivals(4, 5, 6), arrivals(1, 2, 3)]

    assert awaited(groups, set(range(1, 10)) - set(came)) == suspects


@st.composite
def mailboxes_in_trouble(draw: st.DrawFn) -> list[tuple[HeldMailbox, RemoteMailbox]]:
    suspects = st.none() | st.builds(Suspect, st.sampled_from([0, 0, 7]), st.integers(1, 6))
    found = draw(st.lists(suspects, max_size=6))
    return [
        (replace(HELD, id=number, name=str(number), suspect=suspect), RemoteMailbox(str(number), "/"))
        for number, suspect in enumerate(found)
    ]


@given(mailboxes_in_trouble(), st.booleans())
def test_every_mailbox_has_its_turn(wanted: list[tuple[HeldMailbox, RemoteMailbox]], retries: bool) -> None:
    turns = take_turns(wanted, retries=retries)

    assert sorted((*turns.first, *turns.last, *turns.left_out), key=lambda one: one[0].id) == wanted
    assert [one for one in wanted if one in turns.first] == list(turns.first)
    assert not any(held.is_suspected for held, _ in turns.first)
    assert all(held.is_given_up for held, _ in turns.left_out)
    strikes = [held.suspect.strikes for held, _ in turns.last if held.suspect]
    assert (len(strikes), strikes) == (len(turns.last), sorted(strikes))
    if retries or not turns.first:
        assert turns.left_out == ()


@given(st.integers(1, 5), st.integers(1, 30))
def test_each_of_several_broken_mailboxes_is_tried_again(broken: int, days: int) -> None:
    trouble = {number: MAX_STRIKES for number in range(broken)}
    tried = set()
    for _ in range(days):
        boxes = [replace(HELD, id=one, name=str(one), suspect=Suspect(0, n)) for one, n in trouble.items()]
        wanted = [(one, RemoteMailbox(one.name, "/")) for one in (*boxes, replace(HELD, id=99))]
        first = take_turns(wanted, retries=True).last[0][0].id  # it breaks the connection, so no other follows
        trouble[first] += 1
        tried.add(first)

    assert len(tried) == min(broken, days)


@pytest.mark.parametrize(
    ("last_success", "retries"),
    [(None, True), (NOW, False), (NOW - timedelta(hours=24), True), (NOW.replace(hour=0, minute=0), False)],
)
def test_what_was_given_up_is_tried_again_once_a_day(last_success: datetime | None, retries: bool) -> None:
    assert is_first_of_day(last_success, NOW) is retries


@given(uid_sets)
def test_halves_are_the_whole(uids: frozenset[int]) -> None:
    parts = halves(UidSet.of(uids))

    assert UidSet.of(uid for part in parts for uid in part) == UidSet.of(uids)
    assert sum(map(len, parts)) == len(uids)
    assert all(parts)
    if len(uids) > 1:
        assert abs(len(parts[0]) - len(parts[1])) <= 1


@given(uid_sets, st.data())
def test_however_many_messages_are_awkward_all_are_settled(uids: frozenset[int], data: st.DataObject) -> None:
    broken = data.draw(some_of(uids))
    not_given = data.draw(some_of(uids)) - broken
    # A message that was not given may wait already when others, which break the connection, come.
    missing, suspect = UidSet.of(uids), Suspect(min(not_given), 1) if not_given else None
    for _ in range((3 + MAX_STRIKES) * (len(broken) + len(not_given) + 1)):
        suspect = standing(suspect, missing)
        missing, suspect = one_sync(missing, suspect, broken, not_given)

    assert missing == NO_UIDS


def one_sync(
    missing: UidSet, suspect: Suspect | None, broken: frozenset[int], not_given: frozenset[int]
) -> tuple[UidSet, Suspect | None]:
    """Fetch in the order of a sync until the connection breaks."""
    held, held_back = suspect, missing & UidSet.of(not_given)
    alone = UidSet.of([held.uid] if held else [])
    others = missing - alone
    for part in (alone, others) if held and held.goes_first else (others, alone):
        for uid in part:
            is_settled = held is not None and held.uid == uid and held.is_convicted
            if uid in broken and not is_settled:
                return missing, accuse(held, UidSet.of([uid]))
            if uid not in not_given:
                missing -= UidSet.of([uid])
        if held and part == alone:
            insisted = replace(held, strikes=held.strikes + 1)
            is_open = held.uid in not_given and not insisted.is_convicted
            suspect = insisted if is_open else None
            missing = missing if is_open else missing - alone
            held = held if is_open else None
        elif held is None and held_back:
            suspect = accuse(None, held_back)
    return missing, suspect


def test_a_mailbox_s_own_suspicion_yields_to_a_message_s() -> None:
    before = Suspect(0, 2)

    assert accuse(before, UidSet.of([0])) == Suspect(0, 3)
    assert accuse(before, UidSet.of([7, 9])) == Suspect(7, 1)
    assert accuse(Suspect(9, 2), UidSet.of([7])) == Suspect(9, 2, goes_first=True)
    assert accuse(Suspect(9, 2, goes_first=True), UidSet.of([7])) == Suspect(7, 1)
    assert accuse(Suspect(9, 2), UidSet.of([0])) == Suspect(0, 1)
    assert standing(before, UidSet.of([7])) is None
