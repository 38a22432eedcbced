"""Tags and corrections of a database with that schema are taken over; twice is as once, and newer words stay."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import mailhelper_import_ki_mail_helper as importer
from mailhelper_core import InvalidError, Message
from mailhelper_core.testing import Environment

# The columns that are read, as the models of its version 2 name them.
SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT);
CREATE TABLE raw_emails (id INTEGER PRIMARY KEY, user_id INTEGER, message_id TEXT, encrypted_subject TEXT);
CREATE TABLE processed_emails (
    id INTEGER PRIMARY KEY, raw_email_id INTEGER, user_override_dringlichkeit INTEGER,
    user_override_wichtigkeit INTEGER, user_override_kategorie TEXT, user_override_spam_flag BOOLEAN,
    correction_timestamp TEXT
);
CREATE TABLE email_tags (id INTEGER PRIMARY KEY, name TEXT, color TEXT, description TEXT, user_id INTEGER);
CREATE TABLE email_tag_assignments (id INTEGER PRIMARY KEY, email_id INTEGER, tag_id INTEGER, auto_assigned BOOLEAN);
INSERT INTO users VALUES (1, 'ada'), (2, 'eve');
INSERT INTO raw_emails VALUES (1, 1, '<1@x.example>', '?'), (2, 1, '<2@x.example>', '?'), (3, 1, '<gone@x>', '?');
INSERT INTO raw_emails VALUES (4, 2, '<1@x.example>', '?');
INSERT INTO processed_emails VALUES (11, 1, 3, 2, 'dringend', NULL, '2026-01-01'), (12, 2, NULL, NULL, NULL, 1, 'x');
INSERT INTO processed_emails VALUES (13, 3, 1, NULL, NULL, NULL, 'x'), (14, 4, 1, 1, NULL, 1, 'x');
INSERT INTO email_tags VALUES (21, 'Rechnung', '#3B82F6', 'what is to be paid', 1), (22, 'Eve', 'blue', NULL, 2);
INSERT INTO email_tag_assignments VALUES (31, 11, 21, 0), (32, 13, 21, 1), (33, 14, 22, 0), (34, 12, 21, 1);
"""
# What later versions have besides.
SAID_OF_TAGS = """
CREATE TABLE tag_negative_examples (id INTEGER PRIMARY KEY, tag_id INTEGER, email_id INTEGER, rejection_source TEXT);
CREATE TABLE tag_suggestion_queue (
    id INTEGER PRIMARY KEY, user_id INTEGER, suggested_name TEXT, source_email_id INTEGER, status TEXT
);
INSERT INTO tag_negative_examples VALUES (41, 21, 12, 'suggestion'), (42, 21, 11, 'suggestion'), (43, 22, 14, '');
INSERT INTO tag_suggestion_queue VALUES (51, 1, 'Reise', 12, 'pending'), (52, 1, 'Nein', 12, 'rejected');
INSERT INTO tag_suggestion_queue VALUES (53, 1, 'Woher', NULL, 'pending'), (54, 2, 'Eve', 14, 'pending');
"""


@pytest.fixture
def env(env: Environment) -> Environment:
    """Two of the three messages are synced here."""
    inbox = env.server.store.user("ada").mailbox("INBOX")
    for number in (1, 2):
        head = f"From: bob@example.org\r\nMessage-ID: <{number}@x.example>\r\nSubject: {number}\r\n\r\n"
        inbox.append(head.encode())
    env.ada.run(env.account.id)
    return env


def two_messages(env: Environment) -> tuple[Message, Message]:
    one, two = (env.ada.search(f"subject:{number}")[0] for number in (1, 2))
    return one, two


def add(legacy: Path, script: str) -> None:
    with closing(sqlite3.connect(legacy)) as database:
        database.executescript(script)


def test_tags_and_corrections_are_taken_over_once(legacy: Path, env: Environment) -> None:
    first = importer.take_over(env.ada, legacy, "ada")
    second = importer.take_over(env.ada, legacy, "ada")

    one, two = two_messages(env)
    assert (first.tags, first.tagged, first.corrected, first.missing) == (1, 1, 3, {"gone@x"})
    assert second == importer.Found(missing={"gone@x"})
    assert (one.urgency, one.importance, one.tag_names) == (3, 2, frozenset({"Rechnung"}))
    assert two.spam == 1.0
    assert [(tag.name, tag.color.lower(), tag.description) for tag in env.ada.tags.list()] == [
        ("Rechnung", "#3b82f6", "what is to be paid")
    ]


def test_a_tag_that_was_set_without_asking_waits_for_the_owner(legacy: Path, env: Environment) -> None:
    found = importer.take_over(env.ada, legacy, "ada")

    _, two = two_messages(env)
    (waiting,) = env.ada.tags.suggest([two.id])
    assert (found.tagged, found.suggested) == (1, 1)
    assert two.tag_names == frozenset()
    assert (waiting.name, waiting.confidence, waiting.said_by) == ("Rechnung", 0.8, "KI-Mail-Helper")


def test_what_the_owner_said_since_stays(legacy: Path, env: Environment) -> None:
    importer.take_over(env.ada, legacy, "ada")
    one, two = two_messages(env)
    env.ada.opinions.correct([one.id], urgency=1)
    env.ada.opinions.correct([two.id], spam=False)
    env.ada.tags.unassign([one.id], "Rechnung")
    env.ada.tags.accept("Rechnung", [two.id])
    env.ada.tags.unassign([two.id], "Rechnung")

    second = importer.take_over(env.ada, legacy, "ada")

    one, two = two_messages(env)
    assert (second.corrected, second.tagged, second.suggested) == (0, 0, 0)
    assert (one.urgency, one.importance, one.tag_names) == (1, 2, frozenset())
    assert (two.spam, two.tag_names, env.ada.tags.queue()) == (0.0, frozenset(), ())


def test_a_tag_that_the_owner_renamed_or_deleted_does_not_come_back(legacy: Path, env: Environment) -> None:
    add(legacy, "INSERT INTO email_tags VALUES (23, 'Später', '', '', 1);")
    importer.take_over(env.ada, legacy, "ada")
    env.ada.tags.rename("Rechnung", "Bills")
    env.ada.tags.delete("Später")

    second = importer.take_over(env.ada, legacy, "ada")

    assert (second.tags, second.tagged) == (0, 0)
    assert [(tag.name, tag.messages) for tag in env.ada.tags.list()] == [("Bills", 1)]


def test_what_was_undone_is_taken_over_again(legacy: Path, env: Environment) -> None:
    importer.take_over(env.ada, legacy, "ada")
    for change in env.ada.changes():
        if change.kind in ("tag", "tag_create", "correct"):
            env.ada.undo(change)
    one, _ = two_messages(env)
    before = one.tag_names

    again = importer.take_over(env.ada, legacy, "ada")

    one, _ = two_messages(env)
    assert (before, one.tag_names) == (frozenset(), frozenset({"Rechnung"}))
    assert (again.tagged, again.corrected) == (1, 3)


def test_what_was_said_against_a_tag_is_taken_over_once(legacy: Path, env: Environment) -> None:
    add(legacy, SAID_OF_TAGS)

    first = importer.take_over(env.ada, legacy, "ada")
    one, two = two_messages(env)
    said = [(example.message_id, example.is_positive) for example in env.ada.tags.examples("Rechnung")]
    env.ada.tags.assign([two.id], "Rechnung")
    second = importer.take_over(env.ada, legacy, "ada")

    assert said == [(two.id, False)]  # the first bears it: that was said last
    assert one.tag_names == frozenset({"Rechnung"})
    assert (first.refused, second.refused) == (1, 0)
    assert two_messages(env)[1].tag_names == frozenset({"Rechnung"})


def test_new_names_that_waited_wait_here(legacy: Path, env: Environment) -> None:
    add(legacy, SAID_OF_TAGS)

    first = importer.take_over(env.ada, legacy, "ada")
    (waiting,) = env.ada.tags.queue()
    env.ada.tags.reject("Reise")
    second = importer.take_over(env.ada, legacy, "ada")

    assert (waiting.name, waiting.messages, waiting.is_new) == ("Reise", (two_messages(env)[1].id,), True)
    assert (first.suggested, second.suggested, env.ada.tags.queue()) == (1, 0, ())


def test_a_name_that_is_none_costs_only_itself(legacy: Path, env: Environment) -> None:
    add(legacy, "INSERT INTO email_tags VALUES (24, ' ', '', '', 1);")

    found = importer.take_over(env.ada, legacy, "ada")

    assert (found.tags, found.corrected) == (1, 3)
    assert found.unsaid == ["tag ' ': A tag needs a name."]


@pytest.mark.parametrize("message_id", ['"a"@x.example', r'"a\"b\\"@x.example'])
def test_a_message_id_with_quotes_is_found(message_id: str, legacy: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(legacy)) as database, database:
        database.execute("UPDATE raw_emails SET message_id = ? WHERE id = 1", [f"<{message_id}>"])
    (tmp_path / "env").mkdir()
    with Environment.start(tmp_path / "env") as env:
        mail = f"From: bob@example.org\r\nMessage-ID: <{message_id}>\r\nSubject: quotes\r\n\r\n"
        env.server.store.user("ada").mailbox("INBOX").append(mail.encode())
        env.ada.run(env.account.id)

        found = importer.take_over(env.ada, legacy, "ada")

        assert found.tagged == 1


def test_a_file_of_any_name_is_read(legacy: Path, tmp_path: Path) -> None:
    (tmp_path / "env").mkdir()
    renamed = legacy.rename(tmp_path / "mails of 100% #1?.db")
    with Environment.start(tmp_path / "env") as env:
        assert importer.take_over(env.ada, renamed, "ada").tags == 1


def test_an_unknown_user_is_said(legacy: Path, tmp_path: Path) -> None:
    (tmp_path / "env").mkdir()
    with Environment.start(tmp_path / "env") as env, pytest.raises(InvalidError, match="no user 'bob'"):
        importer.take_over(env.ada, legacy, "bob")
