"""Messages that a server does not give, or at which it breaks the connection: their neighbours are stored."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from mailhelper_core import AccountPolicy, MailHelper
from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.held import MAX_STRIKES
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import mailboxes
from mailhelper_core.testing import Answer, Fault, ImapServer, Interrupt, MissingMessage, NilBody
from mailhelper_core.testing.imap.answer_actions import CutAt, EndAt, Unbalanced, WithItem
from mailhelper_core.testing.imap.fault_actions import Action
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import OWNER, fill, mail, on_server

METADATA, BODIES, ANY_PART = "HEADER.FIELDS", "BODY.PEEK[]", "BODY"


def spoil(world: ServerWorld, *actions: Action, having: str) -> None:
    world.server.faults.add(*(Fault("UID FETCH", action, times=None, having=having) for action in actions))


def syncs(world: ServerWorld, times: int) -> list[str]:
    """Sync so many times; answer the code of each error."""
    codes = []
    for _ in range(times):
        try:
            world.sync()
            codes.append("")
        except ServerError as exc:
            codes.append(exc.code)
    return codes


def bodiless(world: ServerWorld) -> list[int]:
    """Answer the uids of the messages without a body."""
    p, m = t.placements.c, t.messages.c
    rows = world.rows(select(p.uid, m.digest).join(t.messages, m.id == p.message_id))
    return sorted(uid for uid, digest in rows if digest is None)


@pytest.mark.parametrize("action", [EndAt(5, "NO", "SERVERBUG"), EndAt(5), Unbalanced(5)], ids=["code", "no", "odd"])
def test_a_message_without_metadata_hides_no_other_and_is_read_from_itself(world: ServerWorld, action: Action) -> None:
    uids = fill(world.inbox, range(20))
    world.inbox.add_flags([5], ["\\Flagged"])
    fill(world.archive, range(30, 32))
    spoil(world, action, having=METADATA)

    first = world.sync()
    stored = len(world.placed())
    second = world.sync()
    third = world.sync()
    quiet = world.sync()

    assert (first.new, first.remaining, stored) == (21, 1, 21)
    assert [note.where.partition(":")[0] for note in first.errors] == ["mailbox"]
    assert "not_given" in [note.code for note in second.errors]
    assert (third.new, third.remaining, third.quarantined) == (1, 0, 0)
    assert (quiet.errors, quiet.mailboxes_changed, quiet.body_bytes) == ((), 0, 0)
    assert world.placed() == on_server(world.user)
    assert world.raw("INBOX", 5) == mail(uids.index(5))


def test_a_message_of_which_only_flags_are_told_is_there(world: ServerWorld) -> None:
    fill(world.inbox, range(8))
    world.inbox.add_flags([3], ["\\Seen"])
    spoil(world, EndAt(3), having=ANY_PART)

    syncs(world, MAX_STRIKES)

    assert world.placed() == on_server(world.user)
    assert bodiless(world) == [3]
    assert world.facts("")["problems"][-1] == "body-refused"
    assert world.sync().errors == ()


def test_a_new_message_alone_is_not_given_up_at_once(world: ServerWorld) -> None:
    fill(world.inbox, range(3))
    world.sync()
    [uid] = fill(world.inbox, range(3, 4))
    world.server.faults.add(Fault("UID FETCH", EndAt(uid), times=2, having=METADATA))
    syncs(world, 2)

    report = world.sync()

    assert (report.new, report.errors, bodiless(world)) == (1, (), [])
    assert world.placed() == on_server(world.user)


def test_a_mailbox_that_refuses_every_fetch_is_in_trouble_as_a_whole(world: ServerWorld) -> None:
    fill(world.inbox, range(60))
    fill(world.archive, range(70, 72))
    for having in (METADATA, BODIES, "FLAGS"):
        spoil(world, Answer("NO", "Broken", "SERVERBUG"), having=having)

    reports = [world.sync() for _ in range(2 * MAX_STRIKES)]

    assert [report.new for report in reports] == [0] * len(reports)
    assert all("server_bug" in [note.code for note in report.errors] for report in reports)
    assert max(report.commands for report in reports) < 100
    world.server.faults.clear()
    syncs(world, 2)
    assert bodiless(world) == []
    assert world.placed() == on_server(world.user)


def test_a_message_whose_metadata_break_the_connection_stops_its_mailbox_once(world: ServerWorld) -> None:
    fill(world.inbox, range(8))
    fill(world.archive, range(10, 12))
    spoil(world, CutAt(3), having=METADATA)

    codes = syncs(world, 2)

    assert codes == ["connection_lost"] * 2
    assert len(world.placed()) == 9
    syncs(world, MAX_STRIKES)
    report = world.sync()
    assert (report.new, report.remaining, report.quarantined) == (1, 0, 1)
    assert bodiless(world) == [3]
    assert (world.sync().errors, len(world.placed())) == ((), 10)


def test_a_header_that_breaks_the_connection_is_done_without(world: ServerWorld) -> None:
    fill(world.inbox, range(4))
    world.inbox.append(mail(9, subject="Huge", body="A long story. " * 5_000))
    world.with_policy(AccountPolicy(size_cap_bytes=10_000))
    spoil(world, CutAt(5), having="BODY.PEEK[HEADER]")

    syncs(world, MAX_STRIKES + 1)

    assert (bodiless(world), len(world.placed())) == ([5], 5)
    assert world.facts("Huge")["problems"][-1] == "body-breaks-connection"
    assert world.sync().errors == ()


def test_metadata_that_break_off_behind_the_last_message_are_asked_for_apart(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    fill(world.archive, range(10, 13))
    world.server.faults.add(Fault("UID FETCH", Interrupt("line", response=3), times=None, having=METADATA))

    syncs(world, 12)

    assert bodiless(world) == []
    assert world.placed() == on_server(world.user)


@pytest.mark.parametrize("having", [METADATA, BODIES])
def test_several_messages_that_break_the_connection_are_settled_one_by_one(world: ServerWorld, having: str) -> None:
    fill(world.inbox, range(9))
    fill(world.archive, range(10, 12))
    spoil(world, *(CutAt(uid) for uid in (4, 5, 8)), having=having)

    syncs(world, 30)

    assert bodiless(world) == [4, 5, 8]
    report = world.sync()
    assert (report.errors, report.remaining, report.new) == ((), 0, 0)
    assert len(world.placed()) == 11


def test_a_body_that_never_comes_is_told_of_and_leaves_its_header(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    spoil(world, NilBody(2), NilBody(4), having=BODIES)

    first, second, third = world.sync(), world.sync(), world.sync()
    syncs(world, MAX_STRIKES)

    assert (first.new, first.remaining, first.errors) == (3, 2, ())
    assert (second.remaining, [note.code for note in second.errors]) == (2, ["not_given"])
    assert (third.new, third.quarantined, third.remaining) == (1, 1, 1)
    assert bodiless(world) == [2, 4]
    assert world.facts("Letter 1")["problems"] == ["body-refused"]
    assert world.placed() == on_server(world.user)
    assert world.sync().mailboxes_changed == 0


def test_a_message_that_is_not_given_and_one_that_breaks_the_connection_are_both_settled(world: ServerWorld) -> None:
    fill(world.inbox, range(4))
    spoil(world, NilBody(4), having=BODIES)
    world.sync()
    fill(world.inbox, range(4, 6))
    spoil(world, CutAt(5), having=BODIES)

    syncs(world, 10)

    report = world.sync()
    assert (report.errors, report.remaining, bodiless(world)) == ((), 0, [4, 5])
    assert world.placed() == on_server(world.user)


def test_a_message_that_comes_late_comes_whole(world: ServerWorld) -> None:
    fill(world.inbox, range(4))
    spoil(world, MissingMessage(2), having="")
    codes = [[note.code for note in world.sync().errors] for _ in range(MAX_STRIKES + 2)]
    world.server.faults.clear()

    report = world.sync()

    assert codes[-1] == ["not_given"]
    assert (report.new, report.errors, bodiless(world)) == (1, (), [])
    assert world.raw("INBOX", 2) == mail(1)


def test_a_line_that_breaks_behind_the_last_metadata_is_not_the_message_s_fault(world: ServerWorld) -> None:
    fill(world.inbox, range(4))
    spoil(world, NilBody(2), having=BODIES)
    syncs(world, MAX_STRIKES - 1)
    # The second time in this sync: what there is of the message is asked for.
    world.server.faults.add(Fault("UID FETCH", Interrupt("tag"), nth=2, having=METADATA))

    codes = syncs(world, 1)

    with world.store.for_owner(OWNER).read() as uow:
        [suspect] = [one.suspect for one in mailboxes.held(uow, world.account.id) if one.suspect]
    assert (codes, suspect.uid) == (["connection_lost"], 0)


def test_a_body_of_another_message_that_names_it_is_asked_for_alone_at_once(world: ServerWorld) -> None:
    for number in range(3):
        world.inbox.append(mail(number))
    answer = mail(10, in_reply_to="<0@example.org>")
    other = WithItem(b"BODY[]", b"{%d}\r\n%s" % (len(answer), answer), uid=1)
    world.server.faults.add(Fault("UID FETCH", other, having=BODIES))

    report = world.sync()

    assert (report.new, report.remaining, report.errors) == (3, 0, ())
    assert [world.raw("INBOX", uid) for uid in (1, 2, 3)] == [mail(number) for number in range(3)]


def test_a_connection_that_broke_once_costs_nothing_but_that_sync(world: ServerWorld) -> None:
    fill(world.inbox, range(5))
    world.server.faults.add(Fault("UID FETCH", CutAt(2), having=METADATA))
    with pytest.raises(ServerError):
        world.sync()

    report = world.sync()

    assert (report.new, report.errors, report.remaining) == (5, (), 0)
    assert world.placed() == on_server(world.user)


def test_a_message_that_was_not_told_is_fetched_for_whoever_wants_to_read_it_later(database_url: str) -> None:
    with ImapServer() as server, MailHelper(database_url, key=b"k" * 32) as helper:
        server.store.user("ada").mailbox("INBOX").append(mail(1))
        server.faults.add(Fault("UID FETCH", EndAt(1), times=None, having=ANY_PART))
        ada = helper.for_owner("ada")
        account = ada.accounts.add(server.url, username="ada", password="secret")
        for _ in range(MAX_STRIKES):
            ada.sync(account.id)
        [message] = ada.search("")
        problems = ada.messages.get(message.id).problems
        server.faults.clear()

        raw = ada.messages.raw(message.id)

        assert (message.subject, message.parse_status, problems[-1]) == ("", "headers_only", "body-refused")
        assert raw == mail(1)
        assert ada.messages.get(message.id).subject == "Letter 1"
