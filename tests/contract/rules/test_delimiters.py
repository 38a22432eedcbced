"""A delimiter at the end of a mailbox's name: no server makes a mailbox of that name."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.rules.rule import Action, Rule
from mailhelper_core.store import tables as t
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


@pytest.mark.parametrize("name", ["Offers", "INBOX/Offers", "Offers/"])
@pytest.mark.parametrize("is_of_account", [True, False])
def test_a_mailbox_that_is_gone_is_known_without_the_prefix_of_its_server(
    world: World, name: str, is_of_account: bool
) -> None:
    """Courier and Cyrus keep all mailboxes below INBOX; rules leave that out."""
    b = t.mailboxes.c
    with world.owner.begin() as uow:
        for was, became in (("Archive", "INBOX/Archive"), ("Work/Größe", "INBOX/Offers")):
            uow.execute(
                update(t.mailboxes).where(b.account_id.in_(world.accounts.values()), b.name == was).values(name=became)
            )
    message = world.mail("offer")
    rule = Rule("file", "subject:offer", [("fileinto", name)], account_id=world.accounts[1] if is_of_account else None)
    world.rules.save(rule)
    assert world.rules.get("file").disabled_reason == ""

    world.lose_mailbox("INBOX/Offers")

    assert "is gone from the server" in world.rules.get("file").disabled_reason
    assert [note.code for note in world.rules.run().errors] == ["mailbox_gone"]
    assert world.see(message).mailboxes == ("INBOX",)
