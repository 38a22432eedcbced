"""What waits for delivery stays in sight while the server says something else."""

from __future__ import annotations

from sqlalchemy import select

from mailhelper_core.model.mail.keyword import unpack_keywords
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, MoveMessage, Operation, RemoveKeyword
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import messages
from mailhelper_core.store.work import changes
from mailhelper_core.store.work.decisions import Decision, decide
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import OWNER, fill, mail, on_server


def wait(world: ServerWorld, *operations: Operation) -> None:
    """Let operations wait in the outbox."""
    with world.store.for_owner(OWNER).begin() as uow:
        change = changes.new_change(uow, "test")
        decide(uow, change, [Decision(operation) for operation in operations])


def shown(world: ServerWorld, subject: str) -> dict[str, frozenset[str]]:
    """Answer {mailbox: keywords} as a reader sees the message."""
    with world.store.for_owner(OWNER).read() as uow:
        [message] = messages.summaries(uow, [world.messages()[subject]])
    return {place.mailbox: place.keywords for place in message.places}


def base(world: ServerWorld) -> list[frozenset[str]]:
    """Answer what the store says that the server said."""
    p = t.placements.c
    rows = world.rows(select(p.base_flags, p.base_keywords).where(p.uid.is_not(None)))
    return [unpack_keywords(flags, keywords) for flags, keywords in rows]


def test_a_waiting_keyword_is_shown_over_what_the_server_says(world: ServerWorld) -> None:
    [uid] = fill(world.inbox, range(1))
    world.sync()
    wait(world, AddKeyword(world.messages()["Letter 0"], "\\Flagged"))
    world.inbox.add_flags([uid], ["\\Seen"])
    world.later()

    world.sync()

    assert base(world) == [frozenset({"\\Seen"})]
    assert shown(world, "Letter 0") == {"INBOX": frozenset({"\\Seen", "\\Flagged"})}


def test_a_waiting_removal_is_shown_over_what_the_server_says(world: ServerWorld) -> None:
    [uid] = fill(world.inbox, range(1))
    world.inbox.add_flags([uid], ["\\Seen"])
    world.sync()
    wait(world, RemoveKeyword(world.messages()["Letter 0"], "\\Seen"))
    world.inbox.add_flags([uid], ["$Work"])
    world.later()

    world.sync()

    assert base(world) == [frozenset({"\\Seen", "$work"})]
    assert shown(world, "Letter 0") == {"INBOX": frozenset({"$work"})}


def test_a_waiting_keyword_is_shown_in_a_new_place_too(world: ServerWorld) -> None:
    uids = fill(world.inbox, range(1))
    world.sync()
    wait(world, AddKeyword(world.messages()["Letter 0"], "\\Flagged"))
    world.inbox.copy(uids, world.archive)

    world.sync()

    flagged = frozenset({"\\Flagged"})
    assert shown(world, "Letter 0") == {"INBOX": flagged, "Archive": flagged}


def test_a_place_that_waits_for_a_move_gets_the_uid(world: ServerWorld) -> None:
    uids = fill(world.inbox, range(1))
    world.sync()
    message_id = world.messages()["Letter 0"]
    wait(world, MoveMessage(message_id, mailbox="Archive"))
    assert shown(world, "Letter 0").keys() == {"Archive"}
    world.inbox.move(uids, world.archive)

    report = world.sync()

    assert (report.new, report.deleted, report.body_bytes) == (0, 0, 0)
    assert world.placed() == on_server(world.user)
    assert shown(world, "Letter 0").keys() == {"Archive"}


def test_a_message_whose_move_waits_is_not_hidden_when_its_source_goes(world: ServerWorld) -> None:
    uids = fill(world.inbox, range(1))
    world.inbox.append(mail(5))
    world.sync()
    wait(world, MoveMessage(world.messages()["Letter 0"], mailbox="Archive"))
    world.inbox.expunge(uids)

    report = world.sync()

    assert report.deleted == 0
    assert "Letter 0" in world.visible()


def test_a_move_that_waits_keeps_its_source_out_of_sight(world: ServerWorld) -> None:
    [uid] = fill(world.inbox, range(1))
    world.sync()
    wait(world, MoveMessage(world.messages()["Letter 0"], mailbox="Archive"))
    world.inbox.add_flags([uid], ["\\Seen"])
    world.later()

    world.sync()

    assert shown(world, "Letter 0") == {"Archive": frozenset({"\\Seen"})}


def test_a_copy_that_waits_outlives_another_uid_validity(world: ServerWorld) -> None:
    fill(world.inbox, range(1))
    world.sync()
    wait(world, CopyMessage(world.messages()["Letter 0"], "Archive"))
    world.inbox.renumber()

    report = world.sync()

    assert (report.adopted, report.deleted) == (1, 0)
    assert shown(world, "Letter 0").keys() == {"INBOX", "Archive"}
