"""A rule notes, later mail bears it, undo takes it back; the table goes with its owner and outlives the plugin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mailhelper_sender_notes as plugin
import pytest
from sqlalchemy import create_engine

from mailhelper_core import InvalidError, Rule
from mailhelper_core.testing import Environment, check_delivery, check_plugin, check_tables

MAIL = b"From: Rent@house.example\r\nMessage-ID: <%d@house.example>\r\nSubject: %d\r\n\r\nText\r\n"


@pytest.fixture
def env(tmp_path: Path) -> Iterator[Environment]:
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        env.ada.rules.save(Rule("landlord", when="subject:1", then=[("note-sender", "our  landlord")]))
        yield env


def receive(env: Environment, number: int) -> int:
    """Let a mail come, and answer the change that the rules made of it."""
    env.server.store.user("ada").mailbox("INBOX").append(MAIL.replace(b"%d", b"%d" % number))
    report = env.ada.run(env.account.id)
    assert report.errors == ()
    return report.rules.change or 0


def noted(env: Environment, number: int) -> list[str]:
    (message,) = env.ada.search(f"subject:{number}")
    return [one.value for one in env.ada.opinions.of([message.id])[message.id] if one.kind == "note"]


def test_the_plugin_keeps_its_contract() -> None:
    (tables,) = plugin.register_tables()

    check_plugin(plugin, arguments={"note-sender": "our landlord"})
    check_tables(tables)


def test_later_mail_bears_the_note(env: Environment) -> None:
    receive(env, 1)
    receive(env, 2)

    assert (noted(env, 1), noted(env, 2)) == ([], ["our landlord"])
    assert [message.subject for message in env.ada.search("opinion:note:landlord")] == ["2"]


def test_undo_takes_a_note_back_and_the_one_before_counts(env: Environment) -> None:
    env.ada.rules.save(Rule("moved", when="subject:2", then=[("note-sender", "our former landlord")]))
    receive(env, 1)
    change = receive(env, 2)
    receive(env, 3)

    env.ada.undo(change)
    env.ada.outbox.deliver(env.account.id)
    receive(env, 4)

    assert (noted(env, 3), noted(env, 4)) == (["our former landlord"], ["our landlord"])


def test_a_note_that_is_delivered_twice_stands_there_once() -> None:
    def written(checked: Environment) -> list[tuple[str, str, str]]:
        return rows(Path(checked.helper.settings.database_url.removeprefix("sqlite:///")).parent)

    check_delivery(plugin, "note-sender", "our landlord", heard=written)


def test_another_owner_sees_no_note_and_erasing_takes_them_along(env: Environment, tmp_path: Path) -> None:
    receive(env, 1)
    bob = env.helper.for_owner("bob")
    server = env.server.store.user("ada")
    account = bob.accounts.add(env.server.url, username="ada", password=server.password)
    bob.run(account.id)

    env.ada.erase()

    (message,) = bob.search("subject:1")
    assert {one.kind for one in bob.opinions.of([message.id])[message.id]}.isdisjoint({"note"})
    assert rows(tmp_path) == []


def test_the_notes_outlive_the_plugin(env: Environment, tmp_path: Path) -> None:
    receive(env, 1)
    with Environment.start(tmp_path) as without:
        without.helper.migrate()
        assert not [one for one in without.helper.plugins if one.name == "mailhelper_sender_notes"]

    assert len(rows(tmp_path)) == 1


@pytest.mark.parametrize("note", ["", " ", "x" * 201])
def test_a_note_that_says_nothing_or_too_much_is_refused(env: Environment, note: str) -> None:
    with pytest.raises(InvalidError, match="1 to 200"):
        env.ada.rules.save(Rule("bad", when="", then=[("note-sender", note)]))


def rows(folder: Path) -> list[tuple[str, str, str]]:
    """Answer what stands in the table: owner, address, note."""
    engine = create_engine(f"sqlite:///{folder / 'mail.db'}")
    with engine.connect() as connection:
        notes = plugin.NOTES.c
        found = [tuple(row) for row in connection.execute(plugin.NOTES.select().order_by(notes.id))]
    engine.dispose()
    return [(owner, address, note) for _, owner, address, _, note in found]
