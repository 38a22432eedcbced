"""Vectors compared by PostgreSQL's extension pgvector: the same answers, and a column that is never out of step."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
import pytest
from sqlalchemy import Engine, text

from mailhelper_core.ai.embedding.vectors import matrix, nearest
from mailhelper_core.search.meaning import service
from mailhelper_core.store.engine import make_engine
from mailhelper_core.store.migrate import migrate
from mailhelper_core.store.search import vectors
from mailhelper_core.store.search.pgvector import COLUMN
from mailhelper_core.store.search.pgvector import nearest as compared
from mailhelper_core.store.unit_of_work import OwnerStore
from tests.contract.models.desk import Desk
from tests.contract.models.vectors.test_vectors import fill
from tests.servers.postgres import Postgres

with_pgvector = pytest.mark.parametrize("url", ["pgvector_database"], indirect=True)


@pytest.fixture
def pgvector_later(pgvector: Postgres) -> Iterator[str]:
    """The URL of a migrated database whose server has the extension, and which has not."""
    name = pgvector.create_database()
    engine = make_engine(pgvector.url(name))
    migrate(engine)
    engine.dispose()
    yield pgvector.url(name)
    pgvector.drop_database(name)


def _store(desk: Desk) -> OwnerStore:
    return desk.helper._wiring.store.for_owner("ada")


def _column(desk: Desk) -> dict[int, list[float]]:
    with _store(desk).read() as uow:
        rows = uow.connection.execute(text(f"SELECT message_id, {COLUMN}::real[] FROM mailhelper_embeddings"))
        return {row[0]: np.asarray(row[1], "<f4").tolist() for row in rows}


def _stored(desk: Desk) -> dict[int, list[float]]:
    with _store(desk).read() as uow:
        rows = uow.connection.execute(text("SELECT message_id, vector FROM mailhelper_embeddings"))
        return {row[0]: np.frombuffer(row[1], "<f4").tolist() for row in rows}


@with_pgvector
def test_the_column_holds_the_very_numbers_and_goes_with_the_row(desk):
    fill(desk)
    held, stored = _column(desk), _stored(desk)

    assert held == stored
    assert len(held) == 4

    with _store(desk).begin() as uow:
        vectors.forget(uow, [min(held)])
    assert set(_column(desk)) == set(held) - {min(held)}


@with_pgvector
def test_the_database_answers_what_the_matrix_does(desk, monkeypatch):
    ids = fill(desk)
    in_memory = desk.ada.messages.similar(ids["washer"], limit=3)
    monkeypatch.setattr(service, "MATRIX_ROWS", 1)
    monkeypatch.setattr(service, "nearest", None)  # whoever calls it falls over

    in_database = desk.ada.messages.similar(ids["washer"], limit=3)

    assert [one.message.id for one in in_database] == [one.message.id for one in in_memory]
    assert [one.score for one in in_database] == pytest.approx([one.score for one in in_memory], abs=1e-6)


@with_pgvector
def test_random_vectors_come_in_the_same_order_those_of_another_length_never(desk):
    fill(desk)
    drawn = np.random.default_rng(7)
    rows = drawn.standard_normal((4, 16)).astype("<f4")
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[0, :4] = (0.0, -0.0, 1e-40, struct.unpack("<f", b"\x01\x00\x80\x00")[0])  # subnormal, and just not
    with _store(desk).begin() as uow:
        ids = sorted(vectors.newest_ids(uow, 4))
        made = vectors.create(uow, "letters", "1", 16, b"")
        octets = [row.tobytes() for row in rows]
        vectors.put(uow, made, desk.account.id, [*zip(ids[:3], octets[:3], strict=True), (ids[3], octets[3][:32])])
        profile = vectors.profiles(uow)["building"]
        found = compared(uow, profile, octets[1], 3)

    expected = nearest(matrix(ids[:3], octets[:3], 16), octets[1], 3)
    assert [id_ for id_, _ in found] == [id_ for id_, _ in expected]
    assert [score for _, score in found] == pytest.approx([score for _, score in expected], abs=1e-6)


@pytest.mark.parametrize("url", ["pgvector_later"], indirect=True)
def test_the_extension_may_come_and_go(desk, url, monkeypatch):
    monkeypatch.setattr(service, "MATRIX_ROWS", 1)
    ids, engine = fill(desk), make_engine(url)

    _run(engine, "CREATE EXTENSION vector")
    assert desk.ada.messages.similar(ids["washer"])[0].message.id == ids["washer2"]  # no column yet: the matrix
    for _ in range(2):
        migrate(engine)
    assert _column(desk) == _stored(desk)
    assert desk.ada.messages.similar(ids["washer"])[0].message.id == ids["washer2"]

    _run(engine, "DROP EXTENSION vector CASCADE")
    assert desk.ada.messages.similar(ids["washer"])[0].message.id == ids["washer2"]
    engine.dispose()


def _run(engine: Engine, statement: str) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
