"""Rules of a database with that schema come over switched off; what cannot be said is named. Senders are a search."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

import mailhelper_import_ki_mail_helper as importer
from mailhelper_core import Action, Rule
from mailhelper_core.testing import Environment

# The columns that are read, as the models of its version 2 name them.
SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT);
CREATE TABLE raw_emails (id INTEGER PRIMARY KEY, user_id INTEGER, message_id TEXT);
CREATE TABLE processed_emails (id INTEGER PRIMARY KEY, raw_email_id INTEGER, correction_timestamp TEXT);
CREATE TABLE email_tags (id INTEGER PRIMARY KEY, name TEXT, color TEXT, user_id INTEGER);
CREATE TABLE email_tag_assignments (id INTEGER PRIMARY KEY, email_id INTEGER, tag_id INTEGER);
CREATE TABLE auto_rules (
    id INTEGER PRIMARY KEY, user_id INTEGER, name TEXT, is_active BOOLEAN, priority INTEGER, conditions_json TEXT,
    actions_json TEXT
);
CREATE TABLE trusted_senders (
    id INTEGER PRIMARY KEY, user_id INTEGER, account_id INTEGER, sender_pattern TEXT, pattern_type TEXT
);
INSERT INTO users VALUES (1, 'ada'), (2, 'eve');
"""
READ = {"mark_as_read": True}


def add(legacy: Path, asked: object, done: object, *, name: str = "rule", priority: int = 50, user_id: int = 1) -> None:
    values = (user_id, name, priority, json.dumps(asked), json.dumps(done))
    with closing(sqlite3.connect(legacy)) as database, database:
        database.execute("INSERT INTO auto_rules VALUES (NULL, ?, ?, 1, ?, ?, ?)", values)


def add_senders(legacy: Path, *senders: tuple[str, str], user_id: int = 1) -> None:
    with closing(sqlite3.connect(legacy)) as database, database:
        for pattern, kind in senders:
            database.execute("INSERT INTO trusted_senders VALUES (NULL, ?, NULL, ?, ?)", (user_id, pattern, kind))


# A condition as it lies there, and as a query.
SAID = [
    ({"sender_equals": "Bob <bob@x.example>"}, "from=bob@x.example"),
    ({"sender_contains": "bell"}, 'from~"(?i)bell"'),
    ({"sender_not_contains": "eve"}, '-from~"(?i)eve"'),
    ({"sender_domain": "x.example"}, "domain=x.example"),
    ({"subject_equals": 'Your "Invoice"'}, 'subject="Your ""Invoice"""'),
    ({"subject_contains": "[SPAM]"}, r'subject~"(?i)\[SPAM\]"'),
    ({"subject_not_contains": "a b"}, r'-subject~"(?i)a\ b"'),
    ({"subject_regex": "invoice [0-9]+"}, 'subject~"(?i)invoice [0-9]+"'),
    ({"body_contains": "Größe?"}, r'body~"(?i)Größe\?"'),
    ({"body_not_contains": "hi"}, '-body~"(?i)hi"'),
    ({"body_regex": "[0-9]+"}, 'body~"(?i)[0-9]+"'),
    ({"has_attachment": True}, "has:attachment"),
    ({"has_attachment": False}, "-has:attachment"),
    ({"folder_equals": "INBOX"}, "in=INBOX"),
    ({"has_tag": "Bills"}, "tag:Bills"),
    ({"not_has_tag": "done"}, "-tag:done"),
    ({"ai_suggested_tag": "Receipts"}, "suggested:Receipts@0.85"),
    ({"ai_suggested_tag": "Receipts", "ai_confidence_threshold": 70}, "suggested:Receipts@0.7"),
    ({"match_mode": "all", "has_tag": "a", "has_attachment": True}, "tag:a has:attachment"),
    ({"match_mode": "any", "has_tag": "a", "has_attachment": True}, "tag:a OR has:attachment"),
]
# What is asked and done, the query that comes of it or None, and what is said.
UNSAID: list[tuple[object, object, str | None, str]] = [
    ({"match_mode": "any", "subject_regex": "(?=x)", "has_tag": "a"}, READ, "tag:a", "its condition subject_regex"),
    ({"subject_regex": "(?=x)", "has_tag": "a"}, READ, None, "more mail than there"),
    ({"moon": "full", "has_tag": "a"}, READ, None, "its condition moon"),
    ({"has_tag": ""}, READ, None, "asks nothing"),
    ({}, READ, None, "asks nothing"),
    ([], READ, None, "cannot be read"),
    ({"has_tag": "a"}, {"mark_as_done": True, **READ}, "tag:a", "its action mark_as_done"),
    ({"has_tag": "a"}, {"mark_as_done": True}, None, "does nothing"),
    ({"has_tag": "a"}, {"mark_as_read": False, "set_priority": ""}, None, "does nothing"),
    ({"has_tag": "a"}, {"apply_tag": "x" * 60}, None, "left out: Action 1"),
]


def test_conditions_are_queries_of_rules_that_are_switched_off(legacy: Path, env: Environment) -> None:
    for asked, _ in SAID:
        add(legacy, asked, READ)

    found = importer.take_over(env.ada, legacy, "ada")

    rules = env.ada.rules.list()
    assert [rule.when for rule in rules] == [query for _, query in SAID]
    assert {(rule.enabled, rule.disabled_reason) for rule in rules} == {(False, "")}
    assert (found.rules, found.unsaid) == (len(SAID), [])


def test_a_part_of_a_word_is_contained(legacy: Path, env: Environment) -> None:
    env.server.store.user("ada").mailbox("INBOX").append(b"Subject: Stromrechnung\r\n\r\n")
    env.ada.run(env.account.id)
    add(legacy, {"subject_contains": "RECHNUNG"}, READ)

    importer.take_over(env.ada, legacy, "ada")

    assert [message.subject for message in env.ada.search(env.ada.rules.get("rule").when)] == ["Stromrechnung"]


def test_actions_keep_their_order_and_their_meaning(legacy: Path, env: Environment) -> None:
    done = {
        "move_to_folder": "Work", **READ, "mark_as_flagged": True, "apply_tag": "New", "tag_color": "#3366FF",
        "set_priority": "low", "delete": True, "stop_processing": True,
    }  # fmt: skip
    add(legacy, {"has_attachment": True}, done)

    importer.take_over(env.ada, legacy, "ada")

    (rule,) = env.ada.rules.list()
    assert rule.then == (
        Action("fileinto", "Work"), Action("addflag", "read"), Action("addflag", "flagged"),
        Action("tag", "New", color="#3366FF"), Action("priority", "low"), Action("discard"), Action("stop"),
    )  # fmt: skip


def test_rules_stand_in_their_order_once_and_are_the_owners_from_then_on(legacy: Path, env: Environment) -> None:
    add(legacy, {"has_tag": "b"}, READ, name="later", priority=60)
    add(legacy, {"has_tag": "a"}, READ, name="first", priority=10)
    add(legacy, {"has_tag": "c"}, READ, name="later", priority=70)
    add(legacy, {"has_tag": "e"}, READ, name="eve", user_id=2)

    importer.take_over(env.ada, legacy, "ada")
    env.ada.rules.save(Rule("first", when="tag:mine", then="keep"))
    second = importer.take_over(env.ada, legacy, "ada")

    assert [(rule.name, rule.when, rule.enabled) for rule in env.ada.rules.list()] == [
        ("first", "tag:mine", True),
        ("later", "tag:b", False),
        ("later (2)", "tag:c", False),
    ]
    assert second.rules == 0


def test_what_cannot_be_said_is_named(legacy: Path, env: Environment) -> None:
    for number, (asked, done, _, _) in enumerate(UNSAID):
        add(legacy, asked, done, name=f"r{number}")

    found = importer.take_over(env.ada, legacy, "ada")

    whens = {rule.name: rule.when for rule in env.ada.rules.list()}
    for number, (_, _, query, said) in enumerate(UNSAID):
        lines = [line for line in found.unsaid if line.startswith(f"rule 'r{number}': ")]
        assert (whens.get(f"r{number}"), said in " ".join(lines)) == (query, True), lines


def test_trusted_senders_are_a_saved_search(legacy: Path, env: Environment) -> None:
    add_senders(legacy, ("bob@x.example", "exact"), ("@y.example", "email_domain"), ("z.example", "domain"))
    add_senders(legacy, ("eve@x.example", "exact"), user_id=2)

    first = importer.take_over(env.ada, legacy, "ada")
    (search,) = env.ada.searches.list()
    env.ada.searches.save(search.name, "from=bob@x.example")
    second = importer.take_over(env.ada, legacy, "ada")

    assert (search.name, search.query) == (
        "Trusted senders", "domain=y.example OR from=bob@x.example OR domain:z.example"
    )  # fmt: skip
    assert (first.searches, second.searches) == (1, 0)
    assert env.ada.searches.get("Trusted senders").query == "from=bob@x.example"


def test_many_trusted_senders_are_several_searches(legacy: Path, env: Environment) -> None:
    add_senders(legacy, *((f"{number}@x.example", "exact") for number in range(150)))

    found = importer.take_over(env.ada, legacy, "ada")

    assert (found.searches, found.unsaid) == (2, [])
    assert [search.name for search in env.ada.searches.list()] == ["Trusted senders", "Trusted senders 2"]


def test_the_command_says_what_came_and_what_did_not(
    legacy: Path, env: Environment, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add(legacy, {"has_tag": "a"}, {"mark_as_done": True, **READ}, name="done")
    database = f"sqlite:///{tmp_path / 'ours.db'}"

    code = importer.main([str(legacy), "ada", "--owner", "ada", "--database", database])

    assert code == 0
    assert capsys.readouterr().out.splitlines()[2:4] == [
        "1 rules, switched off; 0 searches for trusted senders",
        "not as it was there: rule 'done': its action mark_as_done: There is nothing like it here.",
    ]
