"""A delimiter at the end of a mailbox's name: no server makes a mailbox of that name."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.rules.rule import Action, Rule
from tests.contract.rules.compared import compare
from tests.contract.rules.world import World


@pytest.mark.parametrize("name", ["A/", "A//"])
def test_a_message_is_moved_into_the_mailbox_that_a_server_makes(world: World, name: str) -> None:
    message, copied = world.mail(), world.mail()

    moved = world.messages.move([message], name)
    world.messages.copy([copied], name)

    assert world.see(message).mailboxes == ("A",)
    assert world.see(copied).mailboxes == ("A", "INBOX")
    assert [entry.operation.mailbox for entry in moved] == ["A"]  # type: ignore[union-attr]


@pytest.mark.parametrize("action", ["fileinto", "copy"])
def test_a_rule_files_there_too_and_once(world: World, action: str) -> None:
    message = world.mail("offer")
    world.rules.save(Rule("file", "subject:offer", [Action(action, "Work/Größe/")]))

    compare(world, None)

    assert "Work/Größe" in world.see(message).mailboxes
    assert world.rules.run(query="").hits == 0


def test_a_name_of_delimiters_alone_is_refused(world: World) -> None:
    message = world.mail()

    with pytest.raises(InvalidError):
        world.messages.move([message], "//")
