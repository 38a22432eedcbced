"""Every fault of a server that a sync can meet ends as it must: never silently wrong, never lost, never doubled."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from mailhelper_core.errors import LoginError, MailHelperError
from mailhelper_core.model.source.account import DEFAULT_SIZE_CAP_BYTES
from mailhelper_core.testing.faults import FAULTS, ScriptedFault
from tests.faults.conftest import PATIENCE, Program, parameters
from tests.unit.sync.world import fill

Start = Callable[..., Program]

# These take long: 100 MB, 1,000 mailboxes.
HEAVY = frozenset({"F52", "F64.thousand"})
# The mail is what it was, elsewhere or under other numbers: no body is fetched.
_NOTHING_NEW = frozenset({"F40", "F45", "F46", "F48", "F62", "F62.none"})


@pytest.mark.parametrize("fault", parameters("connect", "sync", heavy=HEAVY, but=frozenset({"F12"})))
def test_fault_ends_as_it_must(program: Start, fault: ScriptedFault) -> None:
    world = program(fault)
    if fault.needs_sync:
        assert world.sync() is not None
    before, synced = world.ids(), len(world.reports)
    world.arm()

    _ENDS[fault.outcome](world)

    after = world.ids()
    assert {digest: after.get(digest) for digest in before} == before
    if fault.name in _NOTHING_NEW:
        assert sum(report.body_bytes for report in world.reports[synced:]) == 0


def test_a_token_that_expires_in_the_session_is_renewed_once(program: Start) -> None:
    world = program(FAULTS["F25"])
    world.arm()

    continues(world)

    assert world.tokens.renewals == 1
    # The sync in which it happens ends with the session; the next one renews.
    assert [error.code for error in world.errors] == ["connection_lost"]


def test_workers_that_come_at_once_with_an_expired_token_renew_it_once(program: Start) -> None:
    world = program(FAULTS["F27"])
    world.arm()
    gate = threading.Barrier(4)
    states: list[str] = []

    def work() -> None:
        gate.wait()
        states.append(world.ada.accounts.check(world.account_id).state)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert states == ["ok"] * 4
    assert world.tokens.renewals == 1
    continues(world)


@pytest.mark.full
def test_a_listing_that_makes_lines_of_1_mb_is_read_in_windows(program: Start) -> None:
    world = program(FAULTS["F12"], timeout_seconds=60.0)
    world.arm()

    report = world.ada.sync(world.account_id, max_messages=50)

    assert (report.new, report.errors) == (50, ())
    assert report.new + report.remaining == len(world.on_server())


def continues(world: Program) -> None:
    """It converges by itself, whatever the first attempt said."""
    _converge(world)
    _assert_transient(world.errors)


def retried(world: Program) -> None:
    """The first attempt says so, or leaves something for the next; what is stored is true; then it converges."""
    first = world.sync()
    if first is None:
        assert world.errors[-1].transient
        assert world.account.state in ("unreachable", "throttled")
        assert world.account.not_before is not None
        assert world.account.not_before > world.clock[0]
    else:
        assert first.errors or first.remaining
    assert world.stored().items() <= world.on_server().items()
    _converge(world)
    _assert_transient(world.errors)


def quarantined(world: Program) -> None:
    """All others are stored whole; the one is there, visible, with what could be read of it."""
    for _ in range(PATIENCE):
        world.sync()
        world.wait()
    stored, there = world.stored(), world.on_server()
    assert stored.keys() == there.keys()
    odd = [place for place in there if stored[place] != there[place]]
    assert len(odd) == 1
    assert stored[odd[0]][0] is None
    found = world.ada.search("")
    assert len(found) == len({digest for digest, _ in there.values()})
    assert [one.parse_status for one in found].count("headers_only") == 1
    _assert_at_rest(world)


def noted(world: Program) -> None:
    """What came is stored; the sync and a comparison tell that it is not all; a repair brings the rest."""
    first = world.sync()
    assert first is not None
    assert (len(first.errors), first.remaining) == (1, 0)
    stored, there = world.stored(), world.on_server()
    assert stored.keys() == there.keys()
    assert len([place for place in there if stored[place] != there[place]]) == 1
    [found] = world.ada.accounts.verify(world.account_id).differences
    assert found.short == 1

    assert world.ada.accounts.repair(world.account_id).completed == 1

    assert world.stored() == world.on_server()
    assert world.ada.accounts.verify(world.account_id).ok
    _assert_at_rest(world)


def paused(world: Program) -> None:
    """Nothing is tried again before the owner has done something, and what to do is said."""
    if world.fault.name == "F41":
        _is_given_up(world)
        return
    assert world.sync() is None
    assert isinstance(world.errors[-1], LoginError)
    assert not world.errors[-1].transient
    assert world.account.state == "needs_auth"
    assert world.account.not_before is None
    assert world.stored() == {}
    check = world.ada.accounts.check(world.account_id)
    assert (check.ok, check.state) == (False, "needs_auth")
    assert check.advice


def refused(world: Program) -> None:
    """A clear error, and nothing of it is stored."""
    before = world.stored()
    report = world.sync()
    if report is None:
        assert not world.errors[-1].transient
        assert world.errors[-1].code
        assert (world.account.state, world.account.failures) == ("unreachable", 1)
        assert world.account.not_before is not None
        assert world.account.not_before > world.clock[0]
    else:
        assert {note.code for note in report.errors} == {"no_uid_validity"}
        assert ("INBOX", "no_uid_validity") in world.ada.accounts.check(world.account_id).not_synced
    assert {place: value for place, value in world.stored().items() if place[0] == "INBOX"} == before


_ENDS: dict[str, Callable[[Program], None]] = {
    "continues": continues, "retried": retried, "quarantined": quarantined, "noted": noted, "paused": paused,
    "refused": refused,
}  # fmt: skip


def _converge(world: Program) -> None:
    for _ in range(PATIENCE):
        report = world.sync()
        is_clean = report is not None and not report.errors and not report.remaining
        if is_clean and world.stored().keys() == world.on_server().keys():  # what went is believed the second time
            break
        world.wait()
    if world.fault.name == "F48":
        world.disarm()  # what was hidden meanwhile is found again without a body
        world.wait()
        world.sync()
        assert world.reports[-1].body_bytes == 0
    stored, there = world.stored(), world.on_server()
    capped = {place for place, (digest, _) in stored.items() if digest is None}
    large = {(box.name, one.uid) for box in world.user.mailboxes for one in box.messages if one.size > _CAP}
    assert capped == large
    assert stored.keys() == there.keys()
    odd = [place for place in there if stored[place] != there[place] and place not in capped]
    assert all(_is_one_byte_apart(world, place) for place in odd)
    assert world.shown() == len({(stored if place in odd else there)[place][0] for place in there})
    _assert_at_rest(world)


_CAP = DEFAULT_SIZE_CAP_BYTES


def _is_one_byte_apart(world: Program, place: tuple[str, int]) -> bool:
    """Say whether a body came with one byte changed: IMAP has no checksum, so nobody can know."""
    if not world.fault.name.startswith("F14"):
        return False
    stored = world.raw(*place)
    [raw] = [one.raw for one in world.user.mailbox(place[0]).messages if one.uid == place[1]]
    return len(stored) == len(raw) and sum(a != b for a, b in zip(stored, raw, strict=True)) == 1


def _is_given_up(world: Program) -> None:
    for number in range(8):
        fill(world.user.mailbox("INBOX"), range(40 + number, 41 + number))
        world.sync()
        world.wait()
    last = world.reports[-1]
    assert [note.code for note in last.errors] == ["restless"]
    assert last.body_bytes == 0
    assert ("INBOX", "restless") in world.ada.accounts.check(world.account_id).not_synced


def _assert_at_rest(world: Program) -> None:
    again = world.sync()
    assert again is not None
    assert (again.new, again.updated, again.adopted, again.deleted, again.body_bytes) == (0, 0, 0, 0, 0)


def _assert_transient(errors: list[MailHelperError]) -> None:
    assert all(error.transient for error in errors)
