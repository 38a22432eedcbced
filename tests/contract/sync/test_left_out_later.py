"""A mailbox that the policy leaves out only later: what is stored of it is held against the server once a day."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.model.work.report import SyncReport
from mailhelper_core.store import tables as t
from mailhelper_core.testing import Answer, Fault
from tests.contract.sync.conftest import assert_converged
from tests.contract.sync.servers import ServerWorld
from tests.contract.sync.test_breaking_mailboxes import break_at, codes
from tests.unit.sync.world import fill, mail, on_server

DAY_SECONDS = 86_400
OUT = AccountPolicy(exclude=("Archive",))


def left_out(world: ServerWorld) -> None:
    """Both mailboxes are synced, and then the policy lets one in no more."""
    fill(world.inbox, range(2))
    fill(world.archive, range(10, 14))
    world.sync()
    world.with_policy(OUT)
    world.sync()


def next_day(world: ServerWorld) -> SyncReport:
    world.clock.advance(DAY_SECONDS)
    return world.sync()


def opened(world: ServerWorld, since: int = 0) -> int:
    """Answer how often the mailbox was opened after so many commands."""
    lines = [one.line for one in world.server.log.commands[since:] if one.name in ("EXAMINE", "SELECT")]
    return sum("Archive" in line for line in lines)


def in_archive(world: ServerWorld) -> dict[int, frozenset[str]]:
    return {uid: keywords for name, _, uid, keywords in world.placed() if name == "Archive"}


def test_what_others_remove_or_flag_there_is_noticed_within_a_day(world: ServerWorld) -> None:
    left_out(world)
    world.archive.expunge([1, 2])
    world.archive.add_flags([3], ["\\Seen"])
    same_day = world.sync()
    before = world.visible()

    report = next_day(world)

    assert (same_day.deleted, len(before)) == (0, 6)
    assert (report.new, report.updated, report.deleted, report.errors) == (0, 1, 2, ())
    assert in_archive(world) == {3: frozenset({"\\Seen"}), 4: frozenset()}
    assert world.visible() == {"Letter 0", "Letter 1", "Letter 12", "Letter 13"}


def test_nothing_new_is_fetched_of_it_until_it_is_let_in_again(world: ServerWorld) -> None:
    left_out(world)
    fill(world.archive, range(20, 23))
    world.archive.expunge([1])
    report = next_day(world)
    idle = next_day(world)
    ids = world.messages()
    world.with_policy(AccountPolicy())

    back = world.sync()

    assert (report.new, report.remaining, report.body_bytes, report.deleted) == (0, 0, 0, 1)
    assert (idle.updated, idle.deleted, idle.remaining) == (0, 0, 0)
    assert (back.new, back.remaining) == (3, 0)
    assert ids.items() <= world.messages().items()
    assert_converged(world)


def test_it_is_opened_once_a_day_and_only_where_something_happened_there(world: ServerWorld) -> None:
    left_out(world)
    next_day(world)  # the first flag scan of a server without mod_seqs
    begun = len(world.server.log.names)
    fill(world.archive, range(20, 21))
    world.sync()
    same_day = opened(world, begun)

    next_day(world)
    world.sync()

    assert (same_day, opened(world, begun)) == (0, 1)


def test_of_one_that_was_never_let_in_nothing_is_asked(world: ServerWorld) -> None:
    fill(world.inbox, range(2))
    fill(world.archive, range(10, 12))
    world.with_policy(OUT)
    world.sync()

    report = next_day(world)

    assert in_archive(world) == {}
    assert opened(world) == 0
    assert report.errors == ()


def test_numbered_anew_what_is_stored_is_recognized_without_a_body(world: ServerWorld) -> None:
    left_out(world)
    ids = world.messages()
    world.archive.expunge([1])
    world.archive.renumber()
    fill(world.archive, range(20, 22))

    report = next_day(world)

    assert (report.new, report.adopted, report.body_bytes, report.deleted, report.remaining) == (0, 3, 0, 1, 0)
    assert world.messages() == ids
    assert {at for at in world.placed() if at[0] == "Archive"} < set(on_server(world.user))
    world.with_policy(AccountPolicy())
    assert world.sync().new == 2
    assert_converged(world)


def test_of_letters_that_look_alike_the_body_decides_which_is_which(world: ServerWorld) -> None:
    for body in ("one of two", "two of two"):
        world.archive.append(mail(1, body=body, message_id=""), internal_date=world.clock.now)
    left_out(world)
    stored = world.rows(select(t.messages.c.id).where(t.messages.c.subject == "Letter 1"))
    world.archive.renumber()

    report = next_day(world)

    assert (report.new, report.deleted) == (0, 0)
    assert world.rows(select(t.messages.c.id).where(t.messages.c.subject == "Letter 1")) == stored
    assert len(in_archive(world)) == 6


def test_gone_with_all_its_mail_it_is_gone(world: ServerWorld) -> None:
    left_out(world)
    world.user.delete("Archive")

    report = world.sync()

    assert report.deleted == 4
    assert in_archive(world) == {}


def test_where_the_connection_breaks_it_is_left_alone_from_then_on(world: ServerWorld) -> None:
    left_out(world)
    world.archive.expunge([1])
    break_at(world.server, "Archive")

    first, second, third = next_day(world), next_day(world), next_day(world)

    assert [codes(one) for one in (first, second, third)] == [["breaks_connection"], [], []]
    assert len(world.visible()) == 6


@pytest.mark.parametrize("code", ["INUSE", "NOPERM"])
def test_that_it_cannot_be_had_is_noted_and_harms_no_other(world: ServerWorld, code: str) -> None:
    left_out(world)
    world.archive.expunge([1])
    fill(world.inbox, range(30, 32))
    world.server.faults.add(
        *(Fault(one, Answer("NO", "no", code), having="Archive") for one in ("EXAMINE", "SELECT")),
    )

    report = next_day(world)

    assert (report.new, len(codes(report))) == (2, 1)
    assert world.rows(select(t.accounts.c.complete_at == t.accounts.c.last_success_at)) == [(True,)]
    world.server.faults.clear()
    assert next_day(world).deleted == 1
