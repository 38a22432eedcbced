"""Tags and corrections of a database with that schema are taken over; twice is as once."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import mailhelper_import_ki_mail_helper as importer
from mailhelper_core import InvalidError
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
INSERT INTO email_tag_assignments VALUES (31, 11, 21, 0), (32, 13, 21, 1), (33, 14, 22, 0);
"""


@pytest.fixture
def legacy(tmp_path: Path) -> Path:
    path = tmp_path / "emails.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(SCHEMA)
    return path


def test_tags_and_corrections_are_taken_over_once(legacy: Path, tmp_path: Path) -> None:
    (tmp_path / "env").mkdir()
    with Environment.start(tmp_path / "env") as env:
        inbox = env.server.store.user("ada").mailbox("INBOX")
        for number in (1, 2):
            head = f"From: bob@example.org\r\nMessage-ID: <{number}@x.example>\r\nSubject: {number}\r\n\r\n"
            inbox.append(head.encode())
        env.ada.run(env.account.id)

        first = importer.take_over(env.ada, legacy, "ada")
        second = importer.take_over(env.ada, legacy, "ada")

        one, two = (env.ada.search(f"subject:{number}")[0] for number in (1, 2))
        assert (first.tags, first.tagged, first.corrected, first.missing) == (1, 1, 3, {"gone@x"})
        assert (second.tags, second.tagged) == (0, 0)
        assert (one.urgency, one.importance, one.tag_names) == (3, 2, frozenset({"Rechnung"}))
        assert two.spam == 1.0
        assert [(tag.name, tag.color.lower(), tag.description) for tag in env.ada.tags.list()] == [
            ("Rechnung", "#3b82f6", "what is to be paid")
        ]


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
