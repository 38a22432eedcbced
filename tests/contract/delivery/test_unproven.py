"""What a server calls a message, and what it does not tell of one, proves nothing: then nothing is removed."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from mailhelper_core.actions.undo import UndoService
from mailhelper_core.model.mail.keyword import FLAGGED
from mailhelper_core.model.source.remote import RemoteMetadata
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, MoveMessage
from mailhelper_core.server.imap.session import ImapSession
from mailhelper_core.store import tables as t
from mailhelper_core.sync.service import MailSyncService
from mailhelper_core.testing import Bye, Fault, Interrupt, MissingItem, WithItem
from mailhelper_core.testing.imap.answer_actions import CutBody
from tests.contract.delivery.conftest import World
from tests.contract.delivery.twins import box, carry_out, cut, held, id_of, put, server_of, shapes, twin

OURS, OTHER = twin("one", "<one@example.org>"), twin("two", "<one@example.org>")
named = shapes("named", "named-bare")


def give_one_name(world: World) -> None:
    server_of(world).faults.add(Fault("UID FETCH", WithItem(b"EMAILID", b"(M1)"), times=None))


def copied(world: World) -> tuple[int, int]:
    """Copy OURS into Finance, and answer the change and the uid of the copy."""
    put(world, OURS)
    world.sync()
    change = world.decide(CopyMessage(id_of(world, OURS), "Finance"))
    world.deliver()
    [copy] = box(world, "Finance").messages
    return change.id, copy.uid


def swapped(world: World) -> int:
    """Let OTHER lie where the store has the copy of OURS, and answer the change."""
    change, uid = copied(world)
    put(world, OTHER, mailbox="Finance")
    box(world, "Finance").expunge([uid])
    p = t.placements.c
    with world.owner.begin() as uow:
        uow.execute(t.placements.update().where(p.uid == uid, p.mailbox_id != 1).values(uid=uid + 1))
    return change


@named
def test_one_name_for_all_mail_removes_nothing(bundled: World) -> None:
    give_one_name(bundled)
    change = swapped(bundled)

    UndoService(bundled.owner).undo(bundled.change(change))
    report = bundled.deliver()

    assert held(bundled) == {"INBOX": [OURS], "Finance": [OTHER]}
    assert [note.code for note in report.errors] == ["unsure"]


@shapes("named-bare")
def test_one_name_for_all_mail_finishes_no_move(bundled: World) -> None:
    """COPY did nothing, another mail of that name arrived: ours is removed only when its own copy is there."""
    give_one_name(bundled)
    put(bundled, OURS)
    box(bundled, "Finance")
    bundled.sync()
    bundled.decide(MoveMessage(id_of(bundled, OURS), "Finance"))

    cut(bundled, Bye())
    give_one_name(bundled)
    put(bundled, OTHER, mailbox="Finance")
    carry_out(bundled, synced=False)

    assert held(bundled) == {"Finance": sorted([OURS, OTHER])}


@named
def test_what_is_not_told_is_not_gone(bundled: World) -> None:
    change = swapped(bundled)
    server_of(bundled).faults.add(Fault("UID FETCH", MissingItem("RFC822.SIZE"), times=None))

    UndoService(bundled.owner).undo(bundled.change(change))
    report = bundled.deliver()

    assert held(bundled) == {"INBOX": [OURS], "Finance": [OTHER]}
    assert [note.code for note in report.errors] == ["unsure"]


@shapes("named")
def test_a_body_that_broke_off_proves_nothing(bundled: World) -> None:
    """Of another mail the server sends the same beginning."""
    ours, other = (twin("The same long story. " * 40 + end, "<one@example.org>") for end in ("one", "two"))
    server_of(bundled).faults.add(Fault("UID FETCH", CutBody(octets=200), times=None, having="BODY.PEEK[]"))
    put(bundled, ours)
    bundled.sync()
    with bundled.owner.read() as uow:
        [id_] = uow.connection.scalars(t.messages.select().with_only_columns(t.messages.c.id))
    change = bundled.decide(CopyMessage(id_, "Finance"))
    bundled.deliver()
    put(bundled, other, mailbox="Finance")
    box(bundled, "Finance").expunge([1])
    p = t.placements.c
    with bundled.owner.begin() as uow:
        uow.execute(t.placements.update().where(p.mailbox_id != 1, p.uid == 1).values(uid=2))

    UndoService(bundled.owner).undo(bundled.change(change.id))
    report = bundled.deliver()

    assert held(bundled) == {"INBOX": [ours], "Finance": [other]}
    assert [note.code for note in report.errors] == ["unsure"]


@shapes("named")
def test_a_size_that_is_only_announced_too_large_is_no_doubt_after_a_repair(bundled: World) -> None:
    ours = twin("A long story.\r\n" * 40, "<one@example.org>")
    server_of(bundled).faults.add(Fault("UID FETCH", WithItem(b"RFC822.SIZE", b"1500"), times=None))
    put(bundled, ours)
    bundled.sync()
    box(bundled, "Finance")
    service = MailSyncService(bundled.owner.store, bundled, lambda: bundled.now)
    with bundled.owner.begin() as uow:
        uow.execute(t.mailboxes.update().values(uid_next=0, is_complete=False))
    service.sync(bundled.account, asks_again=True)
    change = bundled.decide(CopyMessage(id_of(bundled, ours), "Finance"))
    bundled.deliver()

    UndoService(bundled.owner).undo(bundled.change(change.id))
    bundled.pass_time(hours=2)
    bundled.sync()
    report = bundled.deliver()

    assert held(bundled) == {"INBOX": [ours]}
    assert report.errors == ()


@shapes("named")
def test_a_delivery_reads_no_stored_content_that_it_needs_not(bundled: World) -> None:
    """A row's size lies behind its octets: to read it SQLite walks them all."""
    put(bundled, OURS)
    bundled.sync()
    bundled.decide(AddKeyword(id_of(bundled, OURS), FLAGGED))
    said: list[str] = []
    event.listen(bundled.owner.store.engine, "before_cursor_execute", lambda _c, _k, text, *_: said.append(text))

    report = bundled.deliver()

    assert report.delivered == 1
    assert said
    assert not [text for text in said if "mailhelper_blobs" in text]


@named
def test_what_is_gone_needs_no_removal(bundled: World) -> None:
    change, uid = copied(bundled)
    box(bundled, "Finance").expunge([uid])
    server_of(bundled).log.clear()

    UndoService(bundled.owner).undo(bundled.change(change))
    report = bundled.deliver()

    assert (report.delivered, report.conflicted) == (1, 0)
    assert held(bundled) == {"INBOX": [OURS]}
    assert not {"UID STORE", "UID EXPUNGE", "EXPUNGE"} & set(server_of(bundled).log.names)


@named
@pytest.mark.parametrize("action", [Bye(), Interrupt(at="tag")], ids=["never done", "answer lost"])
def test_what_a_renumbered_target_does_not_find_is_not_looked_for_among_all(
    bundled: World, action: Bye | Interrupt
) -> None:
    """A SEARCH that must find it says that it is not there."""
    put(bundled, OURS)
    put(bundled, *(twin(f"{number}", f"<{number}@example.org>") for number in range(40)), mailbox="Finance")
    bundled.sync()
    bundled.decide(CopyMessage(id_of(bundled, OURS), "Finance"))
    cut(bundled, action)
    box(bundled, "Finance").renumber()
    bundled.pass_time(hours=2)
    server_of(bundled).log.clear()

    report = bundled.deliver()

    assert report.delivered == 1
    assert held(bundled)["Finance"].count(OURS) == 1
    commands = server_of(bundled).log.commands
    assert "UID SEARCH" in {one.name for one in commands}
    assert sum(one.bytes_out for one in commands if "INTERNALDATE" in one.line) < 1_000


@shapes("named-bare")
def test_of_a_renumbered_target_only_what_may_be_the_copy_is_kept(
    bundled: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a Message-ID the whole target is listed."""
    ours, held_at_once = twin("ours"), list[int]()
    put(bundled, ours)
    put(bundled, *(twin(f"longer {number}") for number in range(40)), mailbox="Finance")
    bundled.sync()
    bundled.decide(CopyMessage(id_of(bundled, ours), "Finance"))
    cut(bundled, Interrupt(at="tag"))
    box(bundled, "Finance").renumber()
    bundled.pass_time(hours=2)
    metadata = ImapSession.metadata

    def counted(self: ImapSession, uids: UidSet) -> Iterator[RemoteMetadata]:
        yield from metadata(self, uids)
        gc.collect()
        held_at_once.append(sum(isinstance(one, RemoteMetadata) for one in gc.get_objects()))

    monkeypatch.setattr(ImapSession, "metadata", counted)
    report = bundled.deliver()

    assert report.delivered == 1
    assert held(bundled)["Finance"].count(ours) == 1
    assert held_at_once
    assert max(held_at_once) < 10
