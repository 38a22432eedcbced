"""Rules that ask first: what they want to do waits, and happens or not by the owner's word."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import ConflictError, NotFoundError
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail

TIDY = Rule("tidy", "subject:offer", ["archive", ("tag", "offers")], propose=True)


@pytest.fixture
def asked(world: World) -> tuple[World, int, list[int]]:
    """A run in which a rule asked about two of three messages."""
    ids = world.put([mail("offer"), mail("hello"), mail("another offer")])
    world.rules.save(TIDY)
    (change_id,) = world.rules.run().proposed
    return world, change_id, ids


def test_what_a_rule_proposes_changes_nothing(world: World) -> None:
    world.put([mail("offer"), mail("hello")])
    world.rules.save(TIDY)
    before = world.state()

    plan = world.rules.plan()
    run = world.rules.run()

    assert world.state() == before
    assert [hit.proposed for hit in plan.hits] == [True]
    assert (run.change, run.hits, run.operations) == (None, 1, 2)
    assert [entry.state for entry in world.change(run.proposed[0])] == ["proposed", "proposed"]


def test_proposals_are_listed_one_for_each_rule(world: World) -> None:
    world.put([mail("offer"), mail("offer of a bank"), mail("bank")])
    world.rules.save(TIDY)
    world.rules.save(Rule("bank", "subject:bank", [("tag", "bank")], propose=True))

    run = world.rules.run()

    listed = world.rules.proposed()
    assert [(change.note, len(change), change.state) for change in listed] == [
        ("tidy", 4, "proposed"), ("bank", 2, "proposed"),
    ]  # fmt: skip
    assert {change.id for change in listed} == set(run.proposed)


def test_a_rule_that_would_change_nothing_asks_nothing(world: World) -> None:
    world.put([mail("offer")])
    world.rules.save(Rule("at once", "", [("tag", "offers")]))
    world.rules.save(Rule("asks", "", [("tag", "offers")], propose=True))

    run = world.rules.run()

    assert (run.proposed, world.rules.proposed()) == ((), ())
    assert [hit.rule for hit in world.rules.hits()] == ["asks", "at once"]


def test_hits_stand_in_the_order_of_the_rules_whoever_asks(world: World) -> None:
    world.put([mail("offer"), mail("offer")])
    world.rules.save(Rule("first", "", [("tag", "seen")]))
    world.rules.save(TIDY)
    world.rules.save(Rule("last", "", [("tag", "late")]))

    world.rules.run()

    assert [hit.rule for hit in world.rules.hits()][::-1] == ["first", "tidy", "last"] * 2


def test_later_rules_see_a_message_without_what_is_proposed(world: World) -> None:
    (message,) = world.put([mail("offer")])
    world.rules.save(TIDY)
    world.rules.save(Rule("seen", "tag:offers", [("tag", "too early")]))
    world.rules.save(Rule("still there", "in:inbox", [("tag", "there")]))

    world.rules.run()

    assert set(world.see(message).tag_names) == {"there"}


def test_an_approved_proposal_happens_and_can_be_undone(asked: tuple[World, int, list[int]]) -> None:
    world, change_id, (one, other, another) = asked
    before = world.state()

    change = world.rules.approve(change_id)

    assert (change.state, {entry.state for entry in change}) == ("applied", {"waiting", "delivered"})
    assert [world.see(id_).places[0].mailbox for id_ in (one, other, another)] == ["Archive", "INBOX", "Archive"]
    assert world.rules.proposed() == ()
    assert not any(hit.proposed for hit in world.rules.hits("tidy"))
    world.undo.undo(change_id)
    assert world.state() == before


def test_an_approval_acts_on_messages_as_they_are_now(asked: tuple[World, int, list[int]]) -> None:
    world, change_id, (one, *_) = asked
    world.tags.assign([one], "offers")

    change = world.rules.approve(change_id)

    assert sorted(type(entry.operation).__name__ for entry in change) == ["AddTag", "MoveMessage", "MoveMessage"]


def test_an_approval_works_in_batches(world: World) -> None:
    ids = world.put([mail("offer") for _ in range(120)])
    world.rules.save(TIDY)
    (change_id,) = world.rules.run().proposed

    change = world.rules.approve(change_id)

    assert len(change) == 240
    assert {world.see(id_).places[0].mailbox for id_ in ids} == {"Archive"}


def test_a_rejected_proposal_is_never_made_again(asked: tuple[World, int, list[int]]) -> None:
    world, change_id, _ = asked
    before = world.state()

    change = world.rules.reject(change_id)

    assert (change.state, {entry.state for entry in change}) == ("rejected", {"cancelled"})
    world.rules.save(Rule("tidy", "subject:offer", ["archive"]))
    assert world.rules.run(query="").hits == 0
    assert world.state() == before


def test_a_proposal_is_made_once(asked: tuple[World, int, list[int]]) -> None:
    world, *_ = asked

    assert world.rules.run(query="").proposed == ()


def test_a_proposal_is_decided_once(store: Store, asked: tuple[World, int, list[int]]) -> None:
    world, change_id, _ = asked
    eve = World(store)
    with pytest.raises(NotFoundError):
        eve.rules.approve(change_id)
    with pytest.raises(ConflictError):
        world.undo.undo(change_id)
    world.rules.reject(change_id)

    for again in (world.rules.approve, world.rules.reject):
        with pytest.raises(ConflictError):
            again(change_id)


def test_a_proposal_does_not_count_against_the_cap(world: World) -> None:
    world.settings = type(world.settings)(destructive_cap=1)
    world.put([mail("offer") for _ in range(3)])
    world.rules.save(Rule("tidy", "subject:offer", ["discard"], propose=True))

    run = world.rules.run()

    assert (run.hits, run.capped) == (3, 0)
