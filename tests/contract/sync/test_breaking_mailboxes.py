"""A mailbox at which the connection breaks, every time: all others go on, and it comes back once it is repaired."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import pytest

from mailhelper_core import MailHelper, Rule
from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.held import MAX_STRIKES, HeldMailbox
from mailhelper_core.model.work.report import SyncReport
from mailhelper_core.server.imap import stream, wire
from mailhelper_core.store.mail import mailboxes
from mailhelper_core.store.work import leases
from mailhelper_core.sync.verify import VerifyService
from mailhelper_core.testing import Bye, ExtraLines, Fault, ImapServer, Interrupt, SendInstead, WrongTag
from mailhelper_core.testing.imap.fault_actions import Action
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import OWNER, fill, on_server

DAY_SECONDS = 86_400
CUT = Interrupt("line", after=3)


def break_at(server: ImapServer, name: str, by: Action = CUT) -> None:
    """Let the connection break at whatever opens a mailbox or asks for its state."""
    server.faults.add(*(Fault(one, by, times=None, having=name) for one in ("EXAMINE", "SELECT", "STATUS")))


def breaking(world: ServerWorld, *names: str) -> None:
    fill(world.inbox, range(5))
    fill(world.archive, range(10, 12))
    for number, name in enumerate(names):
        fill(world.user.create(name), range(20 + 10 * number, 23 + 10 * number))
        break_at(world.server, name)


def codes(report: SyncReport) -> list[str]:
    return [note.code for note in report.errors]


def first_sync_fails(world: ServerWorld, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(ServerError) as caught:
            world.sync()
        assert caught.value.code == "connection_lost"


def boxes(world: ServerWorld) -> set[str]:
    return {name for name, *_ in world.placed()}


def test_all_others_are_synced_before_the_mailbox_is_tried_again(world: ServerWorld) -> None:
    breaking(world, "Broken")
    first_sync_fails(world)

    report = world.sync()

    assert (report.new, codes(report)) == (7, ["breaks_connection"])
    assert boxes(world) == {"INBOX", "Archive"}


@pytest.mark.parametrize(
    "by",
    [
        Bye("Panic", "SERVERBUG"), Bye("Damaged", "CORRUPTION"), Bye("What?", "CLIENTBUG"), Bye("Go", "NOPERM"),
        WrongTag(), ExtraLines((b"OK Still here",), times=700), SendInstead(b"* X {10000000000}\r\n"),
    ],
    ids=["bug", "damage", "misunderstood", "forbidden", "tag", "lines", "literal"],
)  # fmt: skip
def test_whatever_ends_the_connection_the_mailbox_at_which_it_ends_is_suspected(
    world: ServerWorld, by: Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "SPARE_LINES", 500)
    fill(world.inbox, range(5))
    fill(world.archive, range(10, 12))
    fill(world.user.create("Broken"), range(20, 23))
    break_at(world.server, "Broken", by)
    with pytest.raises(ServerError):
        world.sync()

    report = world.sync()

    assert [name for name, one in held(world).items() if one.suspect] == ["Broken"]
    assert (report.new, codes(report)) == (7, ["breaks_connection"])


@pytest.mark.parametrize("broken", [OSError(113, "No route to host"), OSError(100, "Network is down")])
def test_a_network_that_goes_away_in_the_middle_is_no_refusal_of_a_mailbox(
    world: ServerWorld, broken: OSError, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(world.inbox, range(5))
    send = stream.Stream.send

    def lost(self: stream.Stream, data: bytes) -> None:
        send(self, data)
        if b"EXAMINE" in data or b"SELECT" in data:
            self.close()
            raise stream.network_error(broken) from broken

    monkeypatch.setattr(stream.Stream, "send", lost)

    with pytest.raises(ServerError) as caught:
        world.sync()

    assert caught.value.code == "unreachable"
    assert [name for name, one in held(world).items() if one.suspect] == ["INBOX"]


def test_after_three_times_it_is_left_out_and_tried_once_a_day(world: ServerWorld) -> None:
    breaking(world, "Broken")
    first_sync_fails(world)
    for _ in range(MAX_STRIKES - 1):
        world.sync()
    fill(world.inbox, range(5, 6))

    report = world.sync()
    opened = world.server.log.names.count("EXAMINE")
    quiet = world.sync()

    assert (report.new, codes(report), codes(quiet)) == (1, ["breaks_connection"], ["breaks_connection"])
    assert world.server.log.names.count("EXAMINE") == opened
    world.clock.advance(DAY_SECONDS)
    assert codes(world.sync()) == ["breaks_connection"]
    world.clock.advance(DAY_SECONDS)
    world.server.faults.clear()
    healed = world.sync()
    assert (healed.new, codes(healed), healed.remaining) == (3, [], 0)
    assert world.placed() == on_server(world.user)
    assert world.sync().mailboxes_changed == 0


def test_several_of_them_have_their_turns(world: ServerWorld) -> None:
    breaking(world, "Broken", "Ruined")
    first_sync_fails(world, 2)
    for _ in range(2 * MAX_STRIKES):
        world.sync()
    assert codes(world.sync()) == ["breaks_connection"] * 2
    assert boxes(world) == {"INBOX", "Archive"}
    world.server.faults.clear()
    break_at(world.server, "Broken")

    for _ in range(2):
        world.clock.advance(DAY_SECONDS)
        world.sync()

    assert boxes(world) == {"INBOX", "Archive", "Ruined"}


def test_a_network_that_failed_once_costs_nothing_but_that_sync(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    fill(world.archive, range(10, 12))
    break_at(world.server, "INBOX")
    first_sync_fails(world)
    world.server.faults.clear()

    report = world.sync()

    assert (report.new, codes(report)) == (7, [])
    assert world.placed() == on_server(world.user)
    assert all(one.suspect is None for one in held(world).values())


def test_a_server_that_breaks_everywhere_is_no_mailbox_s_fault(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    fill(world.archive, range(10, 12))
    break_at(world.server, "")
    first_sync_fails(world, 3 * MAX_STRIKES)
    world.server.faults.clear()

    report = world.sync()

    assert (report.new, codes(report)) == (7, [])


def test_an_account_s_only_mailbox_is_never_left_out(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    for box in world.user.mailboxes:
        if box.name != "INBOX":
            world.user.delete(box.name)
    break_at(world.server, "INBOX")
    first_sync_fails(world, 2 * MAX_STRIKES)
    world.server.faults.clear()

    assert world.sync().new == 5


def test_a_mailbox_that_breaks_while_another_was_renamed_stops_nothing(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    fill(world.user.create("Work"), range(10, 12))
    world.sync()
    world.user.rename("Work", "Done")
    fill(world.inbox, range(5, 6))
    break_at(world.server, "Done")
    world.account = replace(world.account, failures=MAX_STRIKES - 1)  # as `failures_noted` would have counted
    first_sync_fails(world, 2)

    report = world.sync()

    assert (report.new, codes(report)) == (1, ["breaks_connection"])


def test_verify_names_it_and_repair_tries_it_at_once(world: ServerWorld) -> None:
    breaking(world, "Broken")
    first_sync_fails(world)
    for _ in range(MAX_STRIKES):
        world.sync()
    service = VerifyService(world.store.for_owner(OWNER))

    with closing(world.sources.open(world.account)) as session:
        found = service.verify(world.account, session)

    broken = held(world)["Broken"]
    assert [(one.mailbox_id, one.code) for one in found.differences] == [(broken.id, "breaks_connection")]
    world.server.faults.clear()
    assert world.sync().new == 0
    with leases.holding(world.store, "account", seconds=20) as lease:
        service.forget(world.account, lease)
    assert world.sync().new == 3


def test_the_check_of_an_account_names_it(database_url: str) -> None:
    with ImapServer() as server, MailHelper(database_url, key=b"k" * 32) as helper:
        user = server.store.user("ada")
        fill(user.mailbox("INBOX"), range(2))
        fill(user.create("Broken"), range(10, 12))
        break_at(server, "Broken")
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        with pytest.raises(ServerError):
            ada.sync(account.id)
        for _ in range(MAX_STRIKES):
            ada.sync(account.id)

        check = ada.accounts.check(account.id)
        server.faults.clear()
        repaired = ada.accounts.repair(account.id)

        assert ("Broken", "breaks_connection") in check.not_synced
        assert (repaired.new, repaired.errors) == (2, ())


def test_what_rules_decide_after_it_broke_is_delivered(database_url: str) -> None:
    with ImapServer() as server, MailHelper(database_url, key=b"k" * 32) as helper:
        user = server.store.user("ada")
        fill(user.mailbox("INBOX"), range(2))
        fill(user.create("Broken"), range(10, 12))
        break_at(server, "Broken")
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.rules.save(Rule("all", "in:inbox", [("fileinto", "Archive")]))
        with pytest.raises(ServerError):
            ada.sync(account.id)

        report = ada.run(account.id)

        assert codes(report.sync) == ["breaks_connection"]
        assert (report.deliver.delivered, report.deliver.retried, report.deliver.errors) == (2, 0, ())
        assert len(user.mailbox("Archive").messages) == 2


def held(world: ServerWorld) -> dict[str, HeldMailbox]:
    with world.store.for_owner(OWNER).read() as uow:
        return {one.name: one for one in mailboxes.held(uow, world.account.id)}
