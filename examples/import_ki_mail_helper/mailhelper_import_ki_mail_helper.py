"""Take over from a database of KI-Mail-Helper what lies there unencrypted: tags, who bears them, and corrections.

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

from mailhelper_core import ConflictError, InvalidError, MailHelper, MailHelperError, OwnerServices

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}\Z")
# Their column for what the user said -> our kind.
_LEVELS = {"user_override_dringlichkeit": "urgency", "user_override_wichtigkeit": "importance"}


@dataclass(slots=True)
class Found:
    """What was taken over, and messages that our mailboxes do not hold."""

    tags: int = 0
    tagged: int = 0
    corrected: int = 0
    missing: set[str] = field(default_factory=set)


def take_over(ada: OwnerServices, path: Path, username: str) -> Found:
    """Take over one user's tags and corrections; twice is as once. The database is only read."""
    found = Found()
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        database.row_factory = sqlite3.Row
        user = database.execute("SELECT id FROM users WHERE username = ?", [username]).fetchone()
        if user is None:
            raise InvalidError(f"There is no user {username!r} in this database.", code="user")
        _tags(ada, database, user["id"], found)
        _corrections(ada, database, user["id"], found)
    return found


def _tags(ada: OwnerServices, database: sqlite3.Connection, user_id: int, found: Found) -> None:
    bearers: dict[str, list[str]] = defaultdict(list)
    for row in database.execute(
        "SELECT t.name, r.message_id FROM email_tag_assignments a JOIN email_tags t ON t.id = a.tag_id "
        "JOIN processed_emails p ON p.id = a.email_id JOIN raw_emails r ON r.id = p.raw_email_id WHERE t.user_id = ?",
        [user_id],
    ):
        bearers[row["name"]].append(row["message_id"] or "")
    for row in database.execute("SELECT * FROM email_tags WHERE user_id = ? ORDER BY name", [user_id]):
        color = row["color"] if _COLOR.match(row["color"] or "") else ""
        description = dict(row).get("description") or ""  # older versions have no such column
        try:
            ada.tags.create(row["name"], color=color, description=description[:1_000])
            found.tags += 1
        except ConflictError:
            pass  # it is there already
        if ids := _known(ada, bearers[row["name"]], found):
            found.tagged += len(ada.tags.assign(ids, row["name"]).entries)


def _corrections(ada: OwnerServices, database: sqlite3.Connection, user_id: int, found: Found) -> None:
    said: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in database.execute(
        "SELECT p.*, r.message_id FROM processed_emails p JOIN raw_emails r ON r.id = p.raw_email_id "
        "WHERE r.user_id = ? AND p.correction_timestamp IS NOT NULL",
        [user_id],
    ):
        for column, kind in _LEVELS.items():
            if row[column] in (1, 2, 3):
                said[kind, str(row[column])].append(row["message_id"] or "")
        if row["user_override_spam_flag"] is not None:
            said["spam", "yes" if row["user_override_spam_flag"] else "no"].append(row["message_id"] or "")
    for (kind, value), message_ids in said.items():
        if ids := _known(ada, message_ids, found):
            _correct(ada, ids, kind, value)
            found.corrected += len(ids)


def _correct(ada: OwnerServices, ids: Sequence[int], kind: str, value: str) -> None:
    if kind == "spam":
        ada.opinions.correct(ids, spam=value == "yes")
    elif kind == "urgency":
        ada.opinions.correct(ids, urgency=int(value))
    else:
        ada.opinions.correct(ids, importance=int(value))


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
    print(f"{found.tags} tags, {found.tagged} times tagged, {found.corrected} corrections")
    print(f"{len(found.missing)} messages are not in the mailboxes that are synced here")
    return 0


if __name__ == "__main__":
    sys.exit(main())
