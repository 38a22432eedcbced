"""Slices that end before all mailboxes were looked at: the next goes on, and nothing is concluded from a part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest
from sqlalchemy import select

from mailhelper_core.model.work.report import SyncReport
from mailhelper_core.store import tables as t
from mailhelper_core.sync.looked import Looked, Place
from mailhelper_core.testing import Answer, Fault
from tests.contract.sync.conftest import assert_converged
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import fill, mail

BOXES = 24
NAMES = [f"Box {number:02}" for number in range(BOXES)]
# How often a slice may ask whether it is over; each look asks once, so one slice never gets to all.
PATIENCE = 10
MOST_SLICES = 100


@pytest.fixture
def many(world: ServerWorld) -> ServerWorld:
    """Let each of many mailboxes hold a message."""
    for number, name in enumerate(NAMES):
        fill(world.user.create(name), [number])
    return world


def patience(times: int = PATIENCE) -> Callable[[], bool]:
    """Answer what says that a slice is over, once it was asked so often."""
    asked = count()
    return lambda: next(asked) >= times


def slices(world: ServerWorld) -> Iterator[SyncReport]:
    """Sync as the slices of a job do, until one was not cut; yield the report of each."""
    looked = Looked()

    def keep(reached: Looked) -> None:
        nonlocal looked
        looked = Looked.read(list(reached.write()))

    for _ in range(MOST_SLICES):
        is_over = patience()
        yield world.sync(cancel=is_over, place=Place(looked, keep))
        if not is_over():
            return
        world.clock.advance(60)
    raise AssertionError(f"not done after {MOST_SLICES} slices: {len(world.placed())} mails")


def visible(world: ServerWorld) -> set[int]:
    """Answer the messages that are shown."""
    m = t.messages.c
    return {row.id for row in world.rows(select(m.id).where(m.orphaned_at.is_(None)))}


def completed(world: ServerWorld) -> int | None:
    """Answer as of when all is known to be stored."""
    return world.rows(select(t.accounts.c.complete_at))[0].complete_at  # type: ignore[no-any-return]


def test_each_goes_on_until_all_mailboxes_are_stored(many: ServerWorld) -> None:
    stored = [len(many.placed()) for _ in slices(many)]

    assert stored == sorted(stored)
    assert any(0 < number < BOXES for number in stored), "what is known does not wait for the last mailbox"
    assert_converged(many)
    again = many.sync()
    assert (again.new, again.mailboxes_changed, again.body_bytes) == (0, 0, 0)


def test_without_a_place_a_sync_that_is_cut_stores_nothing(many: ServerWorld) -> None:
    assert [many.sync(cancel=patience()).new for _ in range(3)] == [0, 0, 0]


def test_new_mail_in_the_inbox_comes_in_the_slice_in_which_it_is_there(many: ServerWorld) -> None:
    fill(many.inbox, [998])
    many.sync()
    for name in NAMES:
        fill(many.user.mailbox(name), [100 + NAMES.index(name)])
    going = slices(many)
    next(going)
    fill(many.inbox, [999])
    next(going)

    assert [name for name, *_ in many.placed()].count("INBOX") == 2
    assert sum(1 for _ in going) > 0


def test_it_is_complete_when_all_were_looked_at_and_as_of_the_first_slice(many: ServerWorld) -> None:
    began = many.clock()
    found = [(completed(many), len(many.placed())) for _ in slices(many)]

    assert found[0] == (None, 0)
    assert all(number == BOXES for complete, number in found if complete is not None)
    assert found[-1][0] == int(began.timestamp() * 1_000_000)


@pytest.mark.parametrize("message_id", [None, ""], ids=["named", "nameless"])
def test_mail_that_moves_to_a_mailbox_that_comes_sooner_is_never_hidden(
    many: ServerWorld, message_id: str | None
) -> None:
    last, first = many.user.mailbox(NAMES[-1]), many.user.mailbox(NAMES[0])
    last.append(mail(500, message_id=message_id))
    many.sync()
    before = visible(many)
    for name in NAMES:
        many.user.mailbox(name).append(mail(600 + NAMES.index(name)))
    last.move([last.uids[1]], first)

    assert all(before <= visible(many) for _ in slices(many))
    assert_converged(many)
    assert before <= visible(many)


def test_mail_that_moves_to_one_that_comes_later_is_found_there_as_the_same(many: ServerWorld) -> None:
    many.sync()
    before = visible(many)
    for name in NAMES:
        many.user.mailbox(name).append(mail(600 + NAMES.index(name)))
    first, last = many.user.mailbox(NAMES[0]), many.user.mailbox(NAMES[-1])
    first.move([first.uids[0]], last)

    reports = list(slices(many))

    assert_converged(many)
    assert before <= visible(many)
    assert sum(one.new for one in reports) == BOXES


def test_no_mailbox_is_gone_that_was_not_looked_at_and_one_that_is_goes_in_the_end(many: ServerWorld) -> None:
    many.sync()
    for name in NAMES:
        many.user.mailbox(name).append(mail(600 + NAMES.index(name)))
    many.user.delete(NAMES[3])

    placed = [[name for name, *_ in many.placed()] for _ in slices(many)]

    assert all(set(NAMES) - {NAMES[3]} <= set(names) for names in placed)
    assert NAMES[3] in placed[0]
    assert NAMES[3] not in placed[-1]


def test_mail_that_went_before_it_was_fetched_leaves_nothing(many: ServerWorld) -> None:
    going = slices(many)
    next(going)
    many.user.mailbox(NAMES[0]).expunge(many.user.mailbox(NAMES[0]).uids)

    reports = list(going)

    assert len(many.placed()) == BOXES - 1
    assert sum(one.quarantined for one in reports) == 0


def test_mailboxes_that_never_let_us_in_do_not_take_all_slices(many: ServerWorld) -> None:
    refusal = Answer("NO", "Not yours")
    closed = NAMES[: BOXES - 2]
    many.server.faults.add(
        *(Fault(command, refusal, times=None, having=name) for command in ("SELECT", "EXAMINE") for name in closed)
    )

    list(slices(many))

    assert len(many.placed()) == 2


def test_what_another_version_kept_is_nothing() -> None:
    assert [Looked.read(kept) for kept in (None, "1:2", [1, 2, 3], ["1:2", 3], {})] == [Looked()] * 5
