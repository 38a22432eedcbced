"""An owner's rows go: messages first, in small transactions, then all else, at last the owner; no canary stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Connection, Table, delete, exists, select, tuple_, update

from mailhelper_core.model.work.job import account_resource, lanes_of
from mailhelper_core.store import tables as t
from mailhelper_core.store.mail import blobs
from mailhelper_core.store.moving import catalog, rows, statistics
from mailhelper_core.store.schema.kin import children
from mailhelper_core.store.search import search_index, segments
from mailhelper_core.store.unit_of_work import Store, UnitOfWork


def quiet(uow: UnitOfWork) -> list[int]:
    """End the owner's jobs and polls, and answer the accounts: nobody begins to work on them any more."""
    j, a = t.jobs.c, t.accounts.c
    mine = update(t.jobs).where(j.owner_id == uow.owner_id)
    uow.execute(mine.where(j.state == "queued").values(state="cancelled", finished_at=uow.now))
    uow.execute(mine.where(j.state == "running").values(cancel=True))
    uow.execute(update(t.accounts).where(a.owner_id == uow.owner_id).values(state="paused"))
    return list(uow.connection.scalars(select(a.id).where(a.owner_id == uow.owner_id).order_by(a.id)))


def erase_messages(uow: UnitOfWork, account_id: int, limit: int) -> int:
    """Erase some messages of an account with all that belongs to them, and answer how many."""
    _overwrite(uow.connection)
    m = t.messages.c
    mine = select(m.id).where(m.account_id == account_id, m.owner_id == uow.owner_id).order_by(m.id).limit(limit)
    ids = list(uow.connection.scalars(mine.with_for_update()))  # before what is below them, as others do
    search_index.remove(uow, ids)
    _erase_below(uow.connection, t.messages, ids)
    uow.execute(delete(t.messages).where(m.id.in_(ids)))
    return len(ids)


def erase_some(uow: UnitOfWork, table: Table, limit: int) -> int:
    """Erase some rows of a table that no row of another refers to any more, and answer how many."""
    _overwrite(uow.connection)
    names = [table.c[name] for name in rows.key(table)]
    found = uow.execute(select(*names).where(catalog.owned(table, uow.owner_id)).limit(limit)).all()
    if found:
        where = tuple_(*names).in_([tuple(row) for row in found])
        if table is t.blobs:
            blobs.erase(uow, where)
        else:
            uow.execute(delete(table).where(where))
    return len(found)


def erase_owner(uow: UnitOfWork, accounts: Sequence[int], of_plugins: Iterable[Table] = ()) -> None:
    """Erase what plugins keep of the owner, whatever came meanwhile, the leases' names, and the owner."""
    _overwrite(uow.connection)
    uow.lock_owner(against_rows=True)
    for table in of_plugins:
        uow.execute(delete(table).where(table.c["owner"] == uow.owner))
    for table in catalog.erased():
        _delete(uow, table, catalog.owned(table, uow.owner_id))
    subjects = [account_resource(account_id) for account_id in accounts] + [f"owner:{uow.owner_id}"]
    names = [name for subject in subjects for name in lanes_of(subject)]
    for batch in (names[start : start + rows.BATCH_ROWS // 2] for start in range(0, len(names), rows.BATCH_ROWS // 2)):
        uow.execute(delete(t.leases).where(t.leases.c.resource.in_(batch)))


def is_bare(connection: Connection, owner_id: int) -> bool:
    """Say whether an owner has nothing but a name."""
    tables = (table for table in catalog.erased() if table is not t.owners)
    return not any(connection.scalar(select(exists().where(catalog.owned(one, owner_id)))) for one in tables)


def wipe(store: Store) -> bool:
    """Let SQLite's files forget what was erased, and say whether they have; PostgreSQL's do at VACUUM FULL.

    What PostgreSQL's planner has sampled, and shows in a view of its own, is sampled anew.
    """
    if store.engine.dialect.name != "sqlite":
        statistics.forget(store)
        return False
    # The words of a removed message stay in old segments of the index until they are merged away.
    pages = -segments.STEP_PAGES  # a negative number begins to merge all segments into one
    while _merge(store, pages):
        pages = segments.STEP_PAGES
    with store.reader() as connection:
        busy = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar()
        connection.rollback()
    return busy == 0


def _merge(store: Store, pages: int) -> bool:
    """Merge some pages of the index and say whether there was something to merge."""
    with store.begin() as connection:
        _overwrite(connection)
        return segments.merge(connection, pages)


def _delete(uow: UnitOfWork, table: Table, where: ColumnElement[bool]) -> None:
    if table is t.blobs:
        blobs.erase(uow, where)  # what lies outside the database goes too
    else:
        uow.execute(delete(table).where(where))


def _overwrite(connection: Connection) -> None:
    # What is deleted is overwritten with zeros; most builds of SQLite do so anyway.
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def _erase_below(connection: Connection, table: Table, ids: Sequence[int]) -> None:
    for column, child in children(table):
        mine = column.in_(ids)
        _erase_grandchildren(connection, child, mine)
        connection.execute(delete(child).where(mine))


def _erase_grandchildren(connection: Connection, child: Table, mine: ColumnElement[bool]) -> None:
    for column, grandchild in children(child):
        theirs = column.in_(select(child.c["id"]).where(mine))
        connection.execute(delete(grandchild).where(theirs))
