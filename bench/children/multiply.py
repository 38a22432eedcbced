"""Copy the mail of a filled database until there are so many messages: multiply.py URL COUNT.

All in SQL, so that a million rows are there within a minute: same words, places and facts, older by the minute.
"""

from __future__ import annotations

import sys

from sqlalchemy import Connection, text

from mailhelper_core import Store

_MESSAGES = (
    "owner_id", "account_id", "match_key", "message_id", "subject", "from_name", "from_addr", "from_domain",
    "addresses", "facts", "list_id", "size", "snippet", "parse_status", "has_attachments", "category", "created_at",
)  # fmt: skip
_PLACES = ("account_id", "mailbox_id", "uid_validity", "base_flags", "base_keywords", "flags", "keywords", "hidden")
_COPY = (
    f"INSERT INTO mailhelper_messages (id, thread_id, received_at, sort_at, {', '.join(_MESSAGES)})"
    " SELECT id + :by, id + :by, received_at - 60000000 * CAST(:by AS BIGINT),"
    " sort_at - 60000000 * CAST(:by AS BIGINT),"
    f" {', '.join(_MESSAGES)} FROM mailhelper_messages WHERE id <= :most",
    "INSERT INTO mailhelper_message_texts (message_id, text)"
    " SELECT message_id + :by, text FROM mailhelper_message_texts WHERE message_id <= :most",
    f"INSERT INTO mailhelper_placements (uid, message_id, {', '.join(_PLACES)})"
    f" SELECT uid + :by, message_id + :by, {', '.join(_PLACES)} FROM mailhelper_placements WHERE message_id <= :most",
)
# Made-up words are words already; an address is taken apart.
_INDEX = {
    "sqlite": "INSERT INTO mailhelper_search (rowid, subject, sender, recipients, body)"
    " SELECT id + :by, subject, REPLACE(REPLACE(from_addr, '@', ' '), '.', ' '), '', text FROM mailhelper_messages"
    " JOIN mailhelper_message_texts x ON x.message_id = id WHERE id <= :most",
    "postgresql": "INSERT INTO mailhelper_search (message_id, vector, clipped)"
    " SELECT message_id + :by, vector, clipped FROM mailhelper_search WHERE message_id <= :most",
}


def multiply(connection: Connection, count: int) -> None:
    """Double what is there, as often as needed."""
    while (there := int(connection.scalar(text("SELECT MAX(id) FROM mailhelper_messages")) or 0)) < count:
        values = {"by": there, "most": min(there, count - there)}
        for statement in (*_COPY, _INDEX[connection.dialect.name]):
            connection.execute(text(statement), values)
        connection.commit()


def main() -> None:
    """Multiply the mail of the database that the command line names."""
    url, count = sys.argv[1], int(sys.argv[2])
    store = Store.open(url)
    with store.writer() as connection:
        multiply(connection, count)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # What a database does by itself in quiet hours.
        connection.execute(text("ANALYZE" if store.engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
    store.close()
    print("{}")


if __name__ == "__main__":
    main()
