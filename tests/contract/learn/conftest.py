"""Owners on each database, with mail of two kinds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select

from mailhelper_core.store import tables as t
from mailhelper_core.store.unit_of_work import Store
from tests.contract.learn.pupil import Clock, Pupil

ROLES = {"INBOX": "inbox", "Spam": "junk", "Trash": "trash", "Finance": ""}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(database_url: str, clock: Clock) -> Iterator[Store]:
    opened = Store.open(database_url, clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def ada(store: Store) -> Pupil:
    return Pupil(store.for_owner("ada"))


@pytest.fixture
def mailboxes(ada: Pupil) -> dict[str, int]:
    with ada.owner.begin() as uow:
        for name, role in ROLES.items():
            values = {"account_id": ada.account_id, "name": name, "delimiter": "/", "role": role, "uid_validity": 7}
            uow.execute(insert(t.mailboxes).values(values))
        b = t.mailboxes.c
        return {row.name: row.id for row in uow.execute(select(b.id, b.name).where(b.account_id == ada.account_id))}
