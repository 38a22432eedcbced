"""Take over from a database of KI-Mail-Helper what lies there unencrypted: tags, corrections, rules, trusted senders.

Mail is fetched anew from its server, and messages are found again by their Message-ID. What is encrypted with the
user's password (text, senders, summaries, passwords) stays where it is.
"""

from __future__ import annotations

import argparse
import re
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from mailhelper_core import (
    Change,
    InvalidError,
    MailHelper,
    MailHelperError,
    NotFoundError,
    OwnerServices,
    RemoveTag,
    SuggestedTag,
)
from mailhelper_import_ki_mail_helper.rules import take_rules, take_trusted

NAME = "KI-Mail-Helper"
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}\Z")
# Their column for what the user said -> our kind.
_LEVELS = {"user_override_dringlichkeit": "urgency", "user_override_wichtigkeit": "importance"}
# How sure a suggestion is taken to be: from here on it set a tag by itself, and of a new name it kept no number.
_SET_BY_ITSELF, _NEW_NAME = 0.8, 0.5
_QUERIES = {
    "email_tags": "SELECT * FROM email_tags WHERE user_id = ? ORDER BY name",
    "email_tag_assignments": "SELECT a.*, t.name, r.message_id FROM email_tag_assignments a "
    "JOIN email_tags t ON t.id = a.tag_id JOIN processed_emails p ON p.id = a.email_id "
    "JOIN raw_emails r ON r.id = p.raw_email_id WHERE t.user_id = ?",
    "tag_negative_examples": "SELECT t.name, r.message_id FROM tag_negative_examples a "
    "JOIN email_tags t ON t.id = a.tag_id JOIN processed_emails p ON p.id = a.email_id "
    "JOIN raw_emails r ON r.id = p.raw_email_id WHERE t.user_id = ?",
    "tag_suggestion_queue": "SELECT q.suggested_name AS name, r.message_id FROM tag_suggestion_queue q "
    "JOIN processed_emails p ON p.id = q.source_email_id JOIN raw_emails r ON r.id = p.raw_email_id "
    "WHERE q.user_id = ? AND q.status = 'pending'",
    "processed_emails": "SELECT p.*, r.message_id FROM processed_emails p JOIN raw_emails r ON r.id = p.raw_email_id "
    "WHERE r.user_id = ? AND p.correction_timestamp IS NOT NULL",
    "auto_rules": "SELECT * FROM auto_rules WHERE user_id = ? ORDER BY priority, id",
    "trusted_senders": "SELECT * FROM trusted_senders WHERE user_id = ? ORDER BY sender_pattern",
}


@dataclass(slots=True)
class Found:
    """What was taken over, what could not be said here, and messages that our mailboxes do not hold."""

    tags: int = 0
    tagged: int = 0
    refused: int = 0
    suggested: int = 0
    corrected: int = 0
    rules: int = 0
    searches: int = 0
    unsaid: list[str] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Reader:
    """What one user has in a database of theirs."""

    database: sqlite3.Connection
    user_id: int

    def rows(self, table: str) -> list[sqlite3.Row]:
        """Answer the user's rows of a table; older versions have not all of them."""
        there = self.database.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [table])
        return list(self.database.execute(_QUERIES[table], [self.user_id])) if there.fetchone() else []

    def message_ids(self, table: str) -> dict[tuple[str, bool], list[str]]:
        """Answer the Message-IDs of a table's messages, by the tag's name and whether it was set by itself."""
        found: dict[tuple[str, bool], list[str]] = defaultdict(list)
        for row in map(dict, self.rows(table)):
            found[row["name"], bool(row.get("auto_assigned"))].append(row["message_id"] or "")
        return found


@dataclass(frozen=True, slots=True)
class History:
    """What our changes say of tags, in small letters: which there were, and which were taken off a message."""

    names: set[str] = field(default_factory=set)
    taken_off: set[tuple[int, str]] = field(default_factory=set)

    def note(self, change: Change) -> None:
        """Note a change that stands; who takes one back may take over again what it was about."""
        if change.kind in ("tag", "tag_create"):
            self.names.add(change.note.casefold())
        for entry in change:
            if isinstance(entry.operation, RemoveTag) and not entry.undone:
                self.taken_off.add((entry.operation.message_id, entry.operation.tag.casefold()))


def take_over(ada: OwnerServices, path: Path, username: str) -> Found:
    """Take over what is one user's; what was said here since stays. The database is only read."""
    found = Found()
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        user = database.execute("SELECT id FROM users WHERE username = ?", [username]).fetchone()
        if user is None:
            raise InvalidError(f"There is no user {username!r} in this database.", code="user")
        reader = Reader(database, user["id"])
        _tags(ada, reader, found)
        _corrections(ada, reader, found)
        found.rules = take_rules(ada, reader.rows("auto_rules"), found.unsaid)
        found.searches = take_trusted(ada, reader.rows("trusted_senders"), found.unsaid)
    return found


def _tags(ada: OwnerServices, reader: Reader, found: Found) -> None:
    """Take over tags and what was said of messages: the owner's yes, the owner's no, and last what was guessed."""
    history, bearing = _history(ada), reader.message_ids("email_tag_assignments")
    refused, waiting = reader.message_ids("tag_negative_examples"), reader.message_ids("tag_suggestion_queue")
    for row in map(dict, reader.rows("email_tags")):
        theirs, name = row["name"], _tag(ada, row, history, found)
        if name:
            _assign(ada, name, _known(ada, bearing[theirs, False], found), history, found)
            _refuse(ada, name, _known(ada, refused[theirs, False], found), found)
            _suggest(ada, name, _known(ada, bearing[theirs, True], found), _SET_BY_ITSELF, history, found)
    for (name, _), message_ids in waiting.items():
        if _named(ada, name) or name.casefold() not in history.names:
            _suggest(ada, name, _known(ada, message_ids, found), _NEW_NAME, history, found)


def _history(ada: OwnerServices) -> History:
    history, page = History(), ada.changes(limit=500)
    while True:
        for change in page:
            if change.kind != "undo" and change.state == "applied":
                history.note(change)
        if page.next is None:
            return history
        page = ada.changes(after=page.next, limit=500)


def _named(ada: OwnerServices, name: str) -> str:
    """Answer the name of a tag as it is written here, empty where there is none."""
    try:
        return ada.tags.get(name).name
    except NotFoundError:
        return ""


def _tag(ada: OwnerServices, row: dict[str, str], history: History, found: Found) -> str:
    """Answer a tag's name here; empty where the owner renamed, merged or deleted it, and where it is none."""
    theirs, name = row["name"], _named(ada, row["name"])
    if name or theirs.casefold() in history.names:
        return name
    color = row["color"] if _COLOR.match(row["color"] or "") else ""
    description = row.get("description") or ""  # older versions have no such column
    try:
        made = ada.tags.create(theirs, color=color, description=description[:1_000])
    except InvalidError as exc:
        found.unsaid.append(f"tag {theirs!r}: {exc}")
        return ""
    found.tags += 1
    return made.name


def _assign(ada: OwnerServices, name: str, ids: Sequence[int], history: History, found: Found) -> None:
    settled = {one.message_id for one in ada.tags.examples(name) if not one.is_positive}
    settled.update(ada.tags.assigned(ids, name))
    if new := [id_ for id_ in ids if id_ not in settled and (id_, name.casefold()) not in history.taken_off]:
        ada.tags.assign(new, name)
        found.tagged += len(new)


def _refuse(ada: OwnerServices, name: str, ids: Sequence[int], found: Found) -> None:
    settled = {one.message_id for one in ada.tags.examples(name)}
    settled.update(ada.tags.assigned(ids, name))
    if new := [id_ for id_ in ids if id_ not in settled]:
        ada.tags.reject(name, new)
        found.refused += len(new)


def _suggest(ada: OwnerServices, name: str, ids: Sequence[int], sure: float, history: History, found: Found) -> None:
    """Let a guess wait for the owner's word; what is there already, or was refused, is left out by itself."""
    new = [id_ for id_ in ids if (id_, name.casefold()) not in history.taken_off]
    try:
        found.suggested += ada.tags.propose([SuggestedTag(id_, name, sure, NAME) for id_ in new])
    except InvalidError as exc:
        found.unsaid.append(f"suggested tag {name!r}: {exc}")


def _corrections(ada: OwnerServices, reader: Reader, found: Found) -> None:
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in reader.rows("processed_emails"):
        for column, kind in _LEVELS.items():
            if row[column] in (1, 2, 3):
                said[kind, str(row[column])].append(row["message_id"] or "")
        if row["user_override_spam_flag"] is not None:
            said["spam", "yes" if row["user_override_spam_flag"] else "no"].append(row["message_id"] or "")
    for (kind, value), message_ids in said.items():
        ids = _known(ada, message_ids, found)
        words = ada.opinions.of(ids)
        silent = [id_ for id_ in ids if ("owner", kind) not in [(one.said_by, one.kind) for one in words[id_]]]
        if silent:
            found.corrected += len(_correct(ada, silent, kind, value).corrected)


def _correct(ada: OwnerServices, ids: Sequence[int], kind: str, value: str) -> Change:
    if kind == "spam":
        return ada.opinions.correct(ids, spam=value == "yes")
    if kind == "urgency":
        return ada.opinions.correct(ids, urgency=int(value))
    return ada.opinions.correct(ids, importance=int(value))


def _known(ada: OwnerServices, message_ids: Sequence[str], found: Found) -> list[int]:
    """Answer our ids of messages by their Message-ID, and note those that we do not have."""
    known: list[int] = []
    for message_id in filter(None, (one.strip("<> ") for one in message_ids)):
        ids = list(_ids(ada, message_id))
        known += ids
        if not ids:
            found.missing.add(message_id)
    return sorted(set(known))


def _ids(ada: OwnerServices, message_id: str) -> Iterator[int]:
    quoted = message_id.replace('"', '""')
    return (message.id for message in ada.search(f'message_id="{quoted}"', limit=10))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="KI-Mail-Helper's SQLite file")
    parser.add_argument("username", help="whose tags and corrections, as KI-Mail-Helper knows them")
    parser.add_argument("--owner", required=True, help="the owner here, whose mail is synced already")
    parser.add_argument("--database", default="sqlite:///mail.db", help="our database")
    options = parser.parse_args(arguments)
    try:
        with MailHelper(options.database) as helper:
            found = take_over(helper.for_owner(options.owner), options.file, options.username)
    except (MailHelperError, sqlite3.Error) as exc:
        print(f"not taken over: {exc}", file=sys.stderr)
        return 1
    print(f"{found.tags} tags, {found.tagged} times tagged, {found.refused} times refused, {found.suggested} suggested")
    print(f"{found.corrected} corrections")
    print(f"{found.rules} rules, switched off; {found.searches} searches for trusted senders")
    for line in found.unsaid:
        print(f"not as it was there: {line}")
    print(f"{len(found.missing)} messages are not in the mailboxes that are synced here")
    return 0


if __name__ == "__main__":
    sys.exit(main())
