"""`Settings(schema=...)`: our tables in a PostgreSQL schema of their own, beside whatever else is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from mailhelper_core import ConfigError, MailHelper, Rule, Settings
from mailhelper_core.store.sealed import new_key
from mailhelper_core.testing import ImapServer
from tests.unit.sync.world import mail


@pytest.fixture
def engine(postgres_url: str) -> Iterator[Engine]:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text('CREATE SCHEMA "Our Mail"'))
    yield engine
    engine.dispose()


@pytest.fixture
def helper(engine: Engine) -> Iterator[MailHelper]:
    with MailHelper(Settings(schema="Our Mail"), engine=engine, key=new_key()) as helper:
        helper.migrate()
        yield helper


def test_the_journey_goes_through_a_schema_of_its_own(helper: MailHelper, engine: Engine) -> None:
    ada = helper.for_owner("ada")
    with ImapServer(users={"ada": "secret"}) as server:
        inbox = server.store.user("ada").mailbox("INBOX")
        for number in range(3):
            inbox.append(mail(number, subject=f"Letter {number}"))
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.rules.save(Rule("bills", when="subject:letter", then=[("tag", "bills"), ("fileinto", "Bills")]))
        report = ada.run(account.id)
        ada.undo(report.rules.change)
        ada.run(account.id)

    assert report.errors == ()
    assert (report.sync.new, report.rules.hits, report.deliver.delivered) == (3, 3, 3)
    assert {message.places[0].mailbox for message in ada.search("letter")} == {"INBOX"}
    assert helper.migrate()
    assert not [name for name in inspect(engine).get_table_names("public") if name.startswith("mailhelper")]


def test_a_connection_that_does_not_know_the_schema_is_refused(helper: MailHelper, engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(ConfigError, match="schema_translate_map"):
        helper.for_owner("ada", connection=connection).tags.create("bills")
    knowing = engine.connect().execution_options(schema_translate_map={None: "Our Mail"})
    with knowing, knowing.begin():
        helper.for_owner("ada", connection=knowing).tags.create("bills")

    assert [tag.name for tag in helper.for_owner("ada").tags.list()] == ["bills"]
