"""A mailbox that is gone from the server and that only a run shows: a variable, a plugin, one account of several."""

from __future__ import annotations

import pytest

from mailhelper_core.model.extension import ActionType
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.model.work.operation import MoveMessage
from tests.contract.rules.compared import compare
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail

GONE = "Work/Größe"
BY_VARIABLE = 'require ["fileinto", "variables"]; set "to" "Größe"; fileinto "Work/${to}";'
BY_USE = 'require ["fileinto", "special-use"]; fileinto :specialuse "\\\\Archive" "Work/Größe";'
MOVES = ActionType("moves", lambda message, _: [MoveMessage(message.id, GONE)])


@pytest.mark.parametrize("action", [Action("sieve", BY_VARIABLE), Action("moves")])
def test_what_only_a_run_shows_is_refused_then_and_the_rest_of_the_rule_with_it(world: World, action: Action) -> None:
    world = world.with_sieve().with_plugin(MOVES)
    message = world.mail("offer")
    world.rules.save(Rule("file", "subject:offer", [("tag", "offers"), action, "discard"]))
    world.rules.save(Rule("tag", "-tag:offers", [("tag", "other")]))
    world.lose_mailbox(GONE)

    compare(world, None)

    assert world.see(message).mailboxes == ("INBOX",)
    assert world.see(message).tag_names == {"other"}
    assert world.rules.get("file").disabled_reason == ""


def test_what_was_refused_is_done_once_the_mailbox_is_there(world: World) -> None:
    world = world.with_plugin(MOVES)
    message = world.mail("offer")
    world.rules.save(Rule("file", "subject:offer", ["moves"]))
    world.lose_mailbox(GONE)
    assert [note.code for note in world.rules.run().errors] == ["mailbox_gone"]

    world.find_mailbox(GONE)

    assert world.rules.run(query="").hits == 1
    assert world.see(message).mailboxes == (GONE,)


def test_a_special_use_needs_no_mailbox_of_the_name_beside_it(world: World) -> None:
    world = world.with_sieve()
    message = world.mail("offer")
    world.rules.save(Rule("file", "subject:offer", [("sieve", BY_USE)]))
    world.lose_mailbox(GONE)

    assert world.rules.run().errors == ()
    assert world.see(message).mailboxes == ("Archive",)


@pytest.mark.parametrize("propose", [False, True])
def test_the_mailbox_of_another_account_makes_none_again(world: World, propose: bool) -> None:
    lost, there = world.put([mail("offer", account_id=1), mail("offer", account_id=2)])
    world.rules.save(Rule("file", "subject:offer", [("fileinto", GONE)], propose=propose))
    early = world.rules.run() if propose else None
    world.lose_mailbox(GONE, account=1)

    if early:
        world.rules.approve(early.proposed[0])
    else:
        assert [note.code for note in world.rules.run().errors] == ["mailbox_gone"]

    assert [world.see(one).mailboxes for one in (lost, there)] == [("INBOX",), (GONE,)]


def test_a_script_that_is_only_kept_says_so(world: World) -> None:
    world = world.with_sieve()
    kept = f'require ["fileinto", "envelope"]; if envelope "from" "a" {{ fileinto "{GONE}"; }}'
    world.rules.save(Rule("kept", "", [("sieve", kept)]))
    world.lose_mailbox(GONE)

    assert "kept for export" in world.rules.get("kept").disabled_reason


def test_a_mailbox_that_a_script_makes_is_not_unknown(world: World) -> None:
    world = world.with_sieve()
    script = 'require "fileinto"; if size :over 1 { fileinto "New"; } else { keep; }'
    world.rules.save(Rule("file", "", [("sieve", script)]))
    world.rules.save(Rule("look", "in:New", [("tag", "x")]))

    assert [one for one in world.rules.analyze() if one.kind == "unknown"] == []
