"""What other clients do to a mailbox arrives in the store, on every family of servers and both databases."""

from __future__ import annotations

from hashlib import sha256

from tests.contract.sync.conftest import assert_converged
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import fill, mail


def test_the_first_sync_stores_everything_with_its_octets(world: ServerWorld) -> None:
    fill(world.inbox, range(30))
    fill(world.archive, range(100, 105))

    report = world.sync()

    assert (report.new, report.remaining, report.errors) == (35, 0, ())
    assert world.contents() == {
        (box.name, one.uid): sha256(one.raw).digest() for box in world.user.mailboxes for one in box.messages
    }
    assert_converged(world)


def test_only_what_is_new_is_fetched(world: ServerWorld) -> None:
    fill(world.inbox, range(10))
    world.sync()
    raw = mail(99)
    world.inbox.append(raw)

    report = world.sync()

    assert (report.new, report.body_bytes) == (1, len(raw))
    assert_converged(world)


def test_flags_are_added_and_removed(world: ServerWorld) -> None:
    first, second, third = fill(world.inbox, range(3))
    world.inbox.add_flags([first], ["\\Seen", "$Work"])
    world.sync()
    world.inbox.remove_flags([first], ["\\Seen", "$Work"])
    world.inbox.add_flags([second, third], ["\\Flagged"])
    world.later()

    report = world.sync()

    assert (report.updated, report.body_bytes) == (3, 0)
    assert_converged(world)


def test_what_is_expunged_is_hidden_and_kept(world: ServerWorld) -> None:
    uids = fill(world.inbox, range(5))
    world.sync()
    world.inbox.expunge(uids[:2])

    report = world.sync()

    assert (report.deleted, report.new) == (2, 0)
    assert world.visible() == {"Letter 2", "Letter 3", "Letter 4"}
    assert len(world.messages()) == 5
    assert_converged(world)


def test_a_mailbox_that_was_emptied_is_emptied_here_too(world: ServerWorld) -> None:
    uids = fill(world.inbox, range(5))
    world.sync()
    world.inbox.expunge(uids)

    report = world.sync()

    assert report.deleted == 5
    assert world.visible() == set()
    assert_converged(world)


def test_a_move_by_another_client_costs_no_body_and_keeps_the_message(world: ServerWorld) -> None:
    uids = fill(world.inbox, range(20))
    world.sync()
    before = world.messages()
    world.inbox.move(uids[:15], world.archive)

    report = world.sync()

    assert (report.moved, report.new, report.deleted, report.body_bytes) == (15, 0, 0, 0)
    assert world.messages() == before
    assert len(world.visible()) == 20
    assert_converged(world)


def test_a_move_of_mail_without_message_id_costs_no_body(world: ServerWorld) -> None:
    uids = [world.inbox.append(mail(number, message_id="")) for number in range(4)]
    world.sync()
    world.inbox.move(uids, world.archive)

    report = world.sync()

    assert (report.moved, report.new, report.body_bytes) == (4, 0, 0)
    assert_converged(world)


def test_a_copy_is_one_message_in_two_places(world: ServerWorld) -> None:
    uids = fill(world.inbox, range(3))
    world.sync()
    world.inbox.copy(uids, world.archive)

    report = world.sync()

    assert (report.adopted, report.moved, report.new, report.body_bytes) == (3, 0, 0, 0)
    assert len(world.messages()) == 3
    assert len(world.placed()) == 6
    assert_converged(world)


def test_a_copy_loses_one_place_and_stays_visible(world: ServerWorld) -> None:
    uids = fill(world.inbox, range(1))
    world.inbox.copy(uids, world.archive)
    world.sync()
    world.inbox.expunge(uids)

    report = world.sync()

    assert report.deleted == 0
    assert world.visible() == {"Letter 0"}
    assert_converged(world)


def test_two_mails_with_one_message_id_are_two_messages(world: ServerWorld) -> None:
    same = {"message_id": "<same@example.org>", "subject": "Same"}
    first = world.inbox.append(mail(1, body="one", **same))
    second = world.inbox.append(mail(2, body="two", **same))

    world.sync()

    contents = world.contents()
    assert contents["INBOX", first] != contents["INBOX", second]
    assert_converged(world)


def test_the_same_mail_twice_in_a_mailbox_is_one_message(world: ServerWorld) -> None:
    world.inbox.append(mail(1))
    world.inbox.append(mail(1))

    report = world.sync()

    assert report.new == 1
    assert len(world.placed()) == 2
    assert_converged(world)


def test_another_uid_validity_keeps_messages_and_costs_no_body(world: ServerWorld) -> None:
    fill(world.inbox, range(25))
    world.sync()
    before = world.messages()
    world.inbox.renumber()

    report = world.sync()

    assert (report.adopted, report.new, report.deleted, report.body_bytes) == (25, 0, 0, 0)
    assert world.messages() == before
    assert_converged(world)


def test_what_went_with_another_uid_validity_is_hidden(world: ServerWorld) -> None:
    uids = fill(world.inbox, range(5))
    world.sync()
    world.inbox.expunge(uids[:2])
    world.inbox.renumber()
    world.inbox.append(mail(50))

    report = world.sync()

    assert (report.adopted, report.new, report.deleted) == (3, 1, 2)
    assert world.visible() == {"Letter 2", "Letter 3", "Letter 4", "Letter 50"}
    assert_converged(world)


def test_a_renamed_mailbox_keeps_its_messages(world: ServerWorld) -> None:
    work = world.user.create("Work")
    fill(work, range(5))
    world.sync()
    before = world.messages()
    world.user.rename("Work", "Projects")

    report = world.sync()

    assert (report.moved, report.deleted, report.new, report.body_bytes) == (0, 0, 0, 0)
    assert world.messages() == before
    assert_converged(world)


def test_a_deleted_mailbox_hides_its_messages(world: ServerWorld) -> None:
    work = world.user.create("Work")
    fill(work, range(5))
    world.inbox.append(mail(50))
    world.sync()
    world.user.delete("Work")

    report = world.sync()

    assert report.deleted == 5
    assert world.visible() == {"Letter 50"}
    assert_converged(world)


def test_a_mailbox_made_again_under_its_name_begins_anew(world: ServerWorld) -> None:
    fill(world.user.create("Work"), range(3))
    world.sync()
    world.user.delete("Work")
    world.sync()
    fill(world.user.create("Work"), range(10, 12))

    report = world.sync()

    assert (report.new, report.remaining) == (2, 0)
    assert world.visible() == {"Letter 10", "Letter 11"}
    assert_converged(world)


def test_a_mailbox_replaced_between_two_syncs_is_followed(world: ServerWorld) -> None:
    fill(world.user.create("Work"), range(3))
    world.sync()
    world.user.delete("Work")
    fill(world.user.create("Work"), range(1, 5))

    report = world.sync()

    assert (report.new, report.adopted) == (2, 2)
    assert world.visible() == {"Letter 1", "Letter 2", "Letter 3", "Letter 4"}
    assert_converged(world)


def test_a_reply_joins_the_thread_of_its_original(world: ServerWorld) -> None:
    world.inbox.append(mail(1, subject="Question"))
    world.inbox.append(mail(2, subject="Other"))
    world.sync()
    world.inbox.append(mail(3, subject="Re: Question", in_reply_to="<1@example.org>"))

    world.sync()

    threads = world.threads()
    assert threads["Question"] == threads["Re: Question"]
    assert threads["Question"] != threads["Other"]


def test_a_late_original_joins_two_threads(world: ServerWorld) -> None:
    world.inbox.append(mail(2, subject="Re: a", in_reply_to="<1@example.org>"))
    world.inbox.append(mail(4, subject="Re: b", in_reply_to="<3@example.org>"))
    world.sync()
    world.inbox.append(mail(3, subject="late", in_reply_to="<1@example.org>"))

    world.sync()

    assert len(set(world.threads().values())) == 1


def test_what_is_new_waits_for_the_later_stages(world: ServerWorld) -> None:
    fill(world.inbox, range(3))

    world.sync()

    assert world.pending() == {"index": 3, "process": 3, "rules": 3}
