"""Between a proposal and the owner's word: touched mail is left, and what was asked otherwise is withdrawn."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from mailhelper_core.errors import ConflictError
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.model.work.operation import Change
from mailhelper_core.store import tables as t
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail

ASKS = Rule("file", "subject:offer in:inbox", [("fileinto", "Work/Größe"), ("tag", "offers")], propose=True)


def asked(world: World, rule: Rule = ASKS, mails: int = 2) -> tuple[int, list[int]]:
    """A rule that asked about some messages."""
    ids = world.put([mail("offer") for _ in range(mails)])
    world.rules.save(rule)
    (change_id,) = world.rules.run().proposed
    return change_id, ids


def left(change: Change) -> list[tuple[int, str, str]]:
    """What was not done of an approved change, and why."""
    cancelled = [entry for entry in change if entry.state == "cancelled"]
    return [(one.operation.message_id, type(one.operation).__name__, one.error_code) for one in cancelled]


def lies_in(world: World, message_id: int) -> list[str]:
    return [place.mailbox for place in world.see(message_id).places]


def test_what_the_owner_moved_meanwhile_stays_there(world: World) -> None:
    change_id, (moved, trashed, other) = asked(world, mails=3)
    world.messages.move([moved], "Archive")
    world.messages.trash([trashed])
    before = world.state()

    change = world.rules.approve(change_id)

    assert [lies_in(world, id_) for id_ in (moved, trashed, other)] == [["Archive"], ["Trash"], ["Work/Größe"]]
    assert left(change) == [(moved, "MoveMessage", "decided_since"), (trashed, "MoveMessage", "decided_since")]
    assert world.see(moved).tag_names == {"offers"}
    assert world.undo.undo(change_id).left == 0
    assert world.state() == before


def test_what_another_program_moved_meanwhile_stays_there(world: World) -> None:
    change_id, (moved, other) = asked(world)
    world.move_elsewhere(moved, "Archive")

    change = world.rules.approve(change_id)

    assert (lies_in(world, moved), lies_in(world, other)) == (["Archive"], ["Work/Größe"])
    assert left(change) == [(moved, "MoveMessage", "changed_since")]


def test_what_a_rule_moved_meanwhile_is_moved_from_there(world: World) -> None:
    world.rules.save(replace(ASKS, when="subject:offer"))
    world.rules.save(Rule("all", "", ["archive"]))
    (message,) = world.put([mail("offer")])
    (change_id,) = world.rules.run().proposed
    assert lies_in(world, message) == ["Archive"]

    change = world.rules.approve(change_id)

    assert (lies_in(world, message), left(change)) == (["Work/Größe"], [])


def test_a_tag_that_the_owner_decided_about_meanwhile_is_left(world: World) -> None:
    change_id, (taken_off, other) = asked(world)
    world.tags.assign([taken_off], "offers")
    world.tags.unassign([taken_off], "offers")

    change = world.rules.approve(change_id)

    assert left(change) == [(taken_off, "AddTag", "decided_since")]
    assert world.see(other).tag_names == {"offers"}


def test_a_mailbox_that_is_gone_since_is_not_made_again(world: World) -> None:
    change_id, ids = asked(world)
    world.lose_mailbox("Work/Größe")

    change = world.rules.approve(change_id)

    assert [lies_in(world, id_) for id_ in ids] == [["INBOX"], ["INBOX"]]
    kinds = ("MoveMessage", "AddTag")
    assert sorted(left(change)) == sorted((id_, kind, "mailbox_gone") for id_ in ids for kind in kinds)
    assert not any(world.see(id_).tag_names for id_ in ids)


def test_a_copy_that_cannot_be_lets_nothing_be_thrown_away(world: World) -> None:
    change_id, ids = asked(world, replace(ASKS, then=(("copy", "Work/Größe"), "discard")))
    world.lose_mailbox("Work/Größe")

    world.rules.approve(change_id)

    assert [lies_in(world, id_) for id_ in ids] == [["INBOX"], ["INBOX"]]


def test_what_the_owner_decided_before_the_rule_asked_is_no_word_against_it(world: World) -> None:
    first = world.put([mail("offer")])
    world.rules.save(ASKS)
    (change_id,) = world.rules.run().proposed
    (second,) = world.put([mail("offer")])
    world.messages.move([second], "Archive")
    world.messages.move([second], "INBOX")
    (later,) = world.rules.run().proposed
    with world.owner.begin() as uow:  # as one run over both would have written it, in two batches
        uow.execute(update(t.outbox).where(t.outbox.c.change_id == later).values(change_id=change_id))

    change = world.rules.approve(change_id)

    assert left(change) == []
    assert [lies_in(world, id_) for id_ in (*first, second)] == [["Work/Größe"], ["Work/Größe"]]


def test_a_tag_that_the_owner_took_off_and_renamed_stays_off(world: World) -> None:
    change_id, (one, _) = asked(world)
    world.tags.assign([one], "offers")
    world.tags.unassign([one], "offers")
    world.tags.rename("offers", "Angebote")

    change = world.rules.approve(change_id)

    assert (one, "AddTag", "decided_since") in left(change)
    assert world.see(one).tag_names == set()


def test_an_approved_tag_comes_with_the_keyword_that_stands_for_it_now(world: World) -> None:
    change_id, (one, _) = asked(world)
    world.tags.create("offers")
    world.tags.mirror("offers", "offers")

    world.rules.approve(change_id)

    assert "offers" in world.see(one).keywords


@pytest.mark.parametrize("edited", [
    replace(ASKS, when="subject:offer"), replace(ASKS, then=(("fileinto", "Archive"),)), replace(ASKS, enabled=False),
])  # fmt: skip
def test_what_a_rule_asked_before_it_was_changed_is_withdrawn(world: World, edited: Rule) -> None:
    change_id, _ = asked(world)

    world.rules.save(edited)

    change = world.change(change_id)
    assert (change.state, {(one.state, one.error_code) for one in change}) == (
        "withdrawn", {("cancelled", "rule_changed")},
    )  # fmt: skip
    assert world.rules.proposed() == ()
    with pytest.raises(ConflictError) as refused:
        world.rules.approve(change_id)
    assert refused.value.code == "withdrawn"


def test_what_is_withdrawn_may_be_asked_again_once(world: World) -> None:
    change_id, _ = asked(world)
    world.rules.save(replace(ASKS, enabled=False))
    world.rules.save(ASKS)

    again = world.rules.run(query="").proposed

    assert [change.id for change in world.rules.proposed()] == list(again) != [change_id]


def test_what_a_deleted_rule_asked_is_withdrawn(world: World) -> None:
    change_id, _ = asked(world)

    world.rules.delete("file")

    assert (world.change(change_id).state, world.rules.proposed()) == ("withdrawn", ())


def test_what_a_rule_asked_for_other_accounts_is_withdrawn_when_it_is_for_one(world: World) -> None:
    change_id, _ = asked(world)

    world.rules.save(replace(ASKS, account_id=world.accounts[2]))

    assert world.change(change_id).state == "withdrawn"


def test_what_was_asked_and_withdrawn_stays_explained(world: World) -> None:
    _, ids = asked(world)
    hits = world.rules.hits("file")

    world.rules.save(replace(ASKS, when="subject:offer"))

    assert {hit.message_id for hit in hits} == set(ids)
    assert [(one.message_id, one.trace) for one in world.rules.hits("file")] == [
        (one.message_id, one.trace) for one in hits
    ]


def test_a_rule_that_is_saved_with_the_same_criteria_and_actions_still_asks(world: World) -> None:
    world.rules.save(Rule("other", "subject:offer", [("tag", "other")], propose=True))
    world.rules.save(ASKS)
    world.put([mail("offer")])
    other, change_id = world.rules.run().proposed

    world.rules.save(replace(ASKS, name="renamed", id=world.rules.get("file").id))
    world.rules.delete("other")

    assert [change.id for change in world.rules.proposed()] == [change_id]
    assert world.change(other).state == "withdrawn"
