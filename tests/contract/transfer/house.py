"""A house to move: owners with mail, opinions, tags, rules, corrections, models and an audit, with a canary in each."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, MetaData, inspect, select

from mailhelper_core import MailHelper, OwnerServices, Rule
from mailhelper_core.store import tables as t
from mailhelper_core.store.contents.packed import decompress
from mailhelper_core.store.engine import make_engine
from mailhelper_core.store.moving import catalog
from mailhelper_core.testing import ImapServer, MailboxGenerator

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
CANARY = "zwitscherkanari"
MAIL = f"""\
From: {CANARY}@example.org
To: ada@example.org
Subject: the {CANARY} sings
Message-ID: <{CANARY}@example.org>
Date: Mon, 2 Nov 2026 10:00:00 +0000
Content-Type: multipart/mixed; boundary=x

--x

A {CANARY} in the body.
--x
Content-Disposition: attachment; filename={CANARY}.txt

A {CANARY} in the attachment.
--x--
""".replace("\n", "\r\n").encode()
MAILS = 12


def fill(helper: MailHelper, owner: str, server: ImapServer, *, user: str, canary: str = "") -> OwnerServices:
    """Let an owner make the whole journey; the canary, where there is one, is in all that they wrote themselves."""
    MailboxGenerator(seed=len(owner)).fill(server.store.user(user), count=MAILS)
    if canary:
        server.store.user(user).mailbox("INBOX").append(MAIL)
    ada = helper.for_owner(owner, actor=f"{canary}actor")
    password = server.store.user(user).password
    account = ada.accounts.add(server.url, username=user, password=password, name=f"{canary}account")
    ada.run(account.id)
    ids = [message.id for message in ada.search("", limit=100)]
    tag = f"{canary}tag"
    ada.tags.create(tag, description=f"{canary}description")
    ada.tags.assign(ids[:6], tag)
    ada.tags.unassign(ids[5:6], tag)
    ada.rules.save(Rule(f"{canary}rule", when="larger:1", then=[("tag", f"{canary}ruled"), ("addflag", "\\Flagged")]))
    ada.rules.run(account.id)
    ada.opinions.correct(ids[:3], category="finance", spam=False)
    ada.opinions.correct(ids[3:6], category="shopping")
    ada.undo(ada.messages.archive(ids[7:8]))
    ada.messages.add_keyword(ids[8:9], f"${canary}key")
    ada.searches.save(f"{canary}search", f"subject:{canary or 'a'}word")
    split_one(ada, ids)
    ada.learning.train()
    ada.jobs.submit("process", account_id=account.id)
    return ada


def split_one(ada: OwnerServices, ids: list[int]) -> None:
    """Split a message off the first thread that has several."""
    for id_ in ids:
        if len(ada.messages.thread(id_)) > 1:
            ada.threads.split([id_])
            return


def rows_of(url: str, *, owner: str) -> dict[str, int]:
    """Answer how many rows of each table are an owner's."""
    engine = make_engine(url)
    with engine.connect() as connection:
        owner_id = connection.scalar(select(t.owners.c.id).where(t.owners.c.key == owner)) or 0
        found = {
            catalog.short(table): len(connection.execute(select(table).where(catalog.owned(table, owner_id))).all())
            for table in catalog.erased()
        }
    engine.dispose()
    return found


def canaries(url: str, canary: str) -> list[str]:
    """Answer the tables, the index's own included, in which a canary is still found; blobs are looked into."""
    engine = make_engine(url)
    everything = MetaData()
    with engine.connect() as connection:
        everything.reflect(connection)
        found = [
            name
            for name, table in everything.tables.items()
            if any(canary in text for row in connection.execute(select(table)) for text in _texts(row))
        ]
        found += _sampled(connection, canary)
    engine.dispose()
    return found


def sample(url: str) -> None:
    """Let PostgreSQL's planner sample all tables, as it does by itself now and then."""
    engine = make_engine(url)
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def columns_of(url: str) -> list[str]:
    """Answer every column with its type and its collation, and every index with its condition."""
    engine = make_engine(url)
    looked, found = inspect(engine), []
    for name in sorted(looked.get_table_names()):
        found += [f"{name}: {column}" for column in looked.get_columns(name)]
        for index in looked.get_indexes(name):
            where = index.get("dialect_options", {}).get(f"{engine.dialect.name}_where")
            found.append(f"{name}: {index['name']} {index['column_names']} {index['unique']} {where}")
    engine.dispose()
    return found


def _sampled(connection: Connection, canary: str) -> list[str]:
    """Answer where PostgreSQL's planner has a canary among its samples."""
    if connection.dialect.name != "postgresql":
        return []
    rows = connection.exec_driver_sql(
        "SELECT tablename, attname, pg_stats::text FROM pg_stats WHERE schemaname = 'public'"
    )
    escaped = canary.encode().hex()
    return [f"pg_stats: {row[0]}.{row[1]}" for row in rows if canary in row[2].casefold() or escaped in row[2]]


def _texts(row: Any) -> Iterator[str]:
    for value in row:
        if isinstance(value, bytes | memoryview):
            octets = bytes(value)
            if octets[:4] == b"\x28\xb5\x2f\xfd":  # zstd
                octets = decompress(octets)
            yield octets.decode("latin-1").casefold()
            yield base64.b64encode(octets).decode()
        else:
            yield str(value).casefold()
