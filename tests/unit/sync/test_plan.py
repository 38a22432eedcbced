"""The planner: which look a mailbox needs, what follows from it, and that applying it converges."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.model.source.held import FORGOTTEN_UID_NEXT, NEVER_SEEN, HeldMailbox, HeldUids
from mailhelper_core.model.source.remote import RemoteMailbox, RemoteStatus, SessionInfo
from mailhelper_core.model.source.uidset import NO_UIDS, UidSet
from mailhelper_core.sync.plan import (
    Changes,
    MailboxPlan,
    Rhythm,
    ServerView,
    after_look,
    is_believable,
    plan_changes,
    plan_mailbox,
    renumbered,
    unrecorded,
    with_window,
)
from tests.unit.sync.held import HELD, NOW, SEEN, some_of, uid_sets

SCAN_EVERY = timedelta(minutes=15)
QRESYNC = SessionInfo(frozenset(), has_mod_seq=True, has_resync=True)
CONDSTORE = SessionInfo(frozenset(), has_mod_seq=True)
NEITHER = SessionInfo(frozenset())


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


def test_mod_seqs_that_are_kept_no_more_mean_a_listing_and_a_flag_scan() -> None:
    status = replace(SEEN, highest_mod_seq=0)

    assert plan(status, HELD, QRESYNC) == MailboxPlan("listing", scan_flags=True)


@pytest.mark.parametrize("info", [QRESYNC, CONDSTORE])
def test_a_mod_seq_that_went_back_means_that_uids_may_come_again(info: SessionInfo) -> None:
    status = replace(SEEN, highest_mod_seq=499, uid_next=20)

    assert plan(status, HELD, info) == MailboxPlan("listing", scan_flags=True, reused="newest")


@given(st.integers(0, 20), st.integers(0, 1_000), st.sampled_from([QRESYNC, CONDSTORE, NEITHER]))
def test_uids_may_come_again_exactly_when_a_number_went_back(uid_next: int, mod_seq: int, info: SessionInfo) -> None:
    held, status = HELD, replace(SEEN, uid_next=uid_next, highest_mod_seq=mod_seq)
    if not info.has_mod_seq:
        held, status = without_mod_seq(HELD), replace(status, highest_mod_seq=0)

    found = plan(status, held, info)

    went_back = 0 < status.uid_next < held.seen.uid_next or 0 < status.highest_mod_seq < held.seen.highest_mod_seq
    assert (found.reused == "newest") == went_back
    assert not went_back or (found.look, found.scan_flags) == ("listing", True)
    assert not plan(replace(status, uid_validity=78), held, info).reused


@given(st.builds(RemoteStatus, st.integers(0, 9), st.integers(0, 2**32), st.just(77), st.integers(0, 2**62)))
def test_what_was_forgotten_is_proved_whatever_the_server_says(status: RemoteStatus) -> None:
    held = replace(HELD, seen=RemoteStatus(3, FORGOTTEN_UID_NEXT, 77))

    assert plan(status, held, QRESYNC) == MailboxPlan("listing", scan_flags=True, reused="any")


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
