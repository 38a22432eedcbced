"""The planner: which look a mailbox needs, what follows from it, and that applying it converges."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.source.held import MAX_STRIKES, NEVER_SEEN, HeldMailbox, HeldUids, Suspect
from mailhelper_core.model.source.remote import RemoteMailbox, RemoteMetadata, RemoteStatus, SessionInfo
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.sync.identity import Arrival
from mailhelper_core.sync.plan import (
    Changes,
    MailboxPlan,
    Rhythm,
    ServerView,
    accuse,
    after_look,
    awaited,
    halves,
    is_believable,
    plan_changes,
    plan_mailbox,
    renumbered,
    retries_given_up,
    standing,
    take_turns,
    unrecorded,
    with_window,
)

NOW = datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
SCAN_EVERY = timedelta(minutes=15)
SEEN = RemoteStatus(messages=3, uid_next=10, uid_validity=77, highest_mod_seq=500)
QRESYNC = SessionInfo(frozenset(), has_mod_seq=True, has_resync=True)
CONDSTORE = SessionInfo(frozenset(), has_mod_seq=True)
NEITHER = SessionInfo(frozenset())
HELD = HeldMailbox(1, 1, "INBOX", seen=SEEN, flags_scanned_at=NOW - timedelta(minutes=1))

uid_sets = st.frozensets(st.integers(min_value=1, max_value=40), max_size=25)


def plan(status: RemoteStatus, held: HeldMailbox, info: SessionInfo) -> MailboxPlan:
    return plan_mailbox(status, held, info, Rhythm(NOW, SCAN_EVERY))


def without_mod_seq(held: HeldMailbox) -> HeldMailbox:
    return replace(held, seen=replace(held.seen, highest_mod_seq=0))


@pytest.mark.parametrize("info", [QRESYNC, CONDSTORE])
def test_a_mailbox_that_did_not_change_is_not_opened(info: SessionInfo) -> None:
    assert plan(SEEN, HELD, info) == MailboxPlan("skip")


def test_without_mod_seq_an_unchanged_mailbox_is_skipped_until_the_flag_scan_is_due() -> None:
    held = without_mod_seq(HELD)
    due = replace(held, flags_scanned_at=NOW - SCAN_EVERY)

    assert plan(held.seen, held, NEITHER) == MailboxPlan("skip")
    assert plan(held.seen, due, NEITHER) == MailboxPlan("listing", scan_flags=True)


def test_cheap_flags_are_read_in_every_run() -> None:
    held = without_mod_seq(HELD)

    assert plan(held.seen, held, replace(NEITHER, flags_are_cheap=True)).scan_flags


def test_an_empty_mailbox_that_was_empty_is_not_opened() -> None:
    assert plan(replace(SEEN, messages=0), HeldMailbox(1, 1, "INBOX"), QRESYNC) == MailboxPlan("skip")


def test_a_mailbox_with_missing_messages_is_opened_to_fetch_them() -> None:
    held = replace(HELD, is_complete=False)

    assert plan(SEEN, held, QRESYNC) == MailboxPlan("fetch")


@pytest.mark.parametrize(("info", "look"), [(QRESYNC, "resync"), (CONDSTORE, "changed"), (NEITHER, "listing")])
def test_each_family_is_asked_in_the_way_it_understands(info: SessionInfo, look: str) -> None:
    held = HELD if info.has_mod_seq else without_mod_seq(HELD)
    status = replace(held.seen, messages=4, uid_next=11)
    if info.has_mod_seq:
        status = replace(status, highest_mod_seq=501)

    assert plan(status, held, info) == MailboxPlan(look)


@pytest.mark.parametrize("mod_seq", [0, 499])
def test_a_mod_seq_that_went_back_means_a_listing_and_a_flag_scan(mod_seq: int) -> None:
    status = replace(SEEN, highest_mod_seq=mod_seq)

    assert plan(status, HELD, QRESYNC) == MailboxPlan("listing", scan_flags=True)


def test_mod_seqs_that_appear_mean_one_last_flag_scan() -> None:
    assert plan(SEEN, without_mod_seq(HELD), CONDSTORE) == MailboxPlan("listing", scan_flags=True)


def test_another_uid_validity_means_a_renumbered_mailbox() -> None:
    status = replace(SEEN, uid_validity=78)

    assert plan(status, HELD, QRESYNC) == MailboxPlan("listing", renumbered=True)
    assert not plan(status, HeldMailbox(1, 1, "INBOX"), QRESYNC).renumbered


def test_a_status_without_uid_next_never_proves_that_nothing_changed() -> None:
    held = replace(HELD, seen=replace(SEEN, uid_next=0, highest_mod_seq=0))

    assert plan(held.seen, held, NEITHER) == MailboxPlan("listing")


@given(uid_sets)
def test_plan_of_nothing_is_nothing(numbers: frozenset[int]) -> None:
    known = UidSet.of(numbers)

    assert plan_changes(ServerView(len(known), listing=known), known) == Changes()
    assert plan_changes(ServerView(len(known)), known) == Changes()
    assert after_look(HeldUids(known), Changes()) == HeldUids(known)


@given(uid_sets, uid_sets, uid_sets)
def test_a_listing_brings_what_is_held_to_what_the_server_has(
    known: frozenset[int], left_out: frozenset[int], server: frozenset[int]
) -> None:
    held = HeldUids(UidSet.of(known), UidSet.of(left_out & known))

    changes = plan_changes(ServerView(len(server), listing=UidSet.of(server)), held.known)
    after = after_look(held, changes)

    assert after.known == UidSet.of(server)
    assert after.left_out == UidSet.of(left_out & known & server)


@given(uid_sets, st.data())
def test_a_resynchronization_brings_what_is_held_to_what_the_server_has(
    known: frozenset[int], data: st.DataObject
) -> None:
    gone = data.draw(some_of(known))
    new = data.draw(st.frozensets(st.integers(41, 50)))
    server = (known | new) - gone
    flagged = data.draw(some_of(server))
    # RFC 7162 3.2.10: a server may name more than what vanished, never what is there.
    told_gone = gone | data.draw(st.frozensets(st.integers(51, 60)))

    view = ServerView(len(server), changed=UidSet.of(new | flagged), vanished=UidSet.of(told_gone))
    changes = plan_changes(view, UidSet.of(known))

    assert after_look(HeldUids(UidSet.of(known)), changes).known == UidSet.of(server)
    assert changes.doubt == ("emptied" if known and not server else "")


@given(uid_sets, st.data())
def test_a_delta_without_vanished_is_trusted_exactly_when_nothing_vanished(
    known: frozenset[int], data: st.DataObject
) -> None:
    gone = data.draw(some_of(known))
    new = data.draw(st.frozensets(st.integers(41, 50)))

    changes = plan_changes(ServerView(len((known | new) - gone), changed=UidSet.of(new)), UidSet.of(known))

    assert (changes.doubt == "") is (not gone)


@given(uid_sets, uid_sets)
def test_planning_twice_changes_nothing_more(known: frozenset[int], server: frozenset[int]) -> None:
    view = ServerView(len(server), listing=UidSet.of(server))

    after = after_look(HeldUids(UidSet.of(known)), plan_changes(view, UidSet.of(known)))

    assert plan_changes(view, after.known) == Changes()


def test_a_listing_with_the_promised_count_is_believed() -> None:
    listing = UidSet.of([1, 2])

    assert is_believable(listing, 2, was_empty=False, previous=None)
    assert not is_believable(listing, 3, was_empty=False, previous=None)


def test_a_sudden_emptiness_is_believed_the_second_time() -> None:
    assert not is_believable(NO_UIDS, 0, was_empty=False, previous=None)
    assert is_believable(NO_UIDS, 0, was_empty=False, previous=NO_UIDS)
    assert is_believable(NO_UIDS, 0, was_empty=True, previous=None)


def test_two_equal_listings_outweigh_the_count() -> None:
    listing = UidSet.of([1, 2])

    assert is_believable(listing, 3, was_empty=False, previous=listing)
    assert not is_believable(listing, 3, was_empty=False, previous=UidSet.of([1]))


def test_a_renumbered_mailbox_holds_nothing_but_stale_places() -> None:
    after = renumbered(replace(HELD, is_complete=False))

    assert after.seen == NEVER_SEEN
    assert after.has_stale
    assert after.is_complete


def test_another_window_looks_at_what_was_left_out_again() -> None:
    held, uids = replace(HELD, window=NOW), HeldUids(UidSet.of([1, 7, 8]), UidSet.of([7, 8]))

    assert with_window(held, uids, NOW) == (held, uids)
    assert with_window(held, uids, None) == (
        replace(held, window=None, is_complete=False), HeldUids(uids.known),
    )  # fmt: skip
    assert plan(SEEN, held, QRESYNC) == MailboxPlan("fetch")


def some_of(numbers: frozenset[int]) -> st.SearchStrategy[frozenset[int]]:
    return st.frozensets(st.sampled_from(sorted(numbers))) if numbers else st.just(frozenset())


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


@pytest.mark.parametrize(
    ("held", "read_only", "is_known"),
    [
        (None, False, False),
        (replace(HELD, delimiter="/"), False, True),
        (replace(HELD, delimiter="."), False, False),
        (replace(HELD, delimiter="/", role="inbox"), False, False),
        (replace(HELD, delimiter="/"), True, False),
        (replace(HELD, delimiter="/", read_only=True), True, True),
        (replace(HELD, delimiter="/", read_only=True), False, True),
    ],
)
def test_a_mailbox_is_recorded_when_the_store_knows_it_so(
    held: HeldMailbox | None, read_only: bool, is_known: bool
) -> None:
    listed = RemoteMailbox("INBOX", "/")

    found = unrecorded([held] if held else [], [listed], read_only=read_only)

    assert found == ([] if is_known else [listed])


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
    assert retries_given_up(last_success, NOW) is retries


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
