"""The mail of a mailing list is found by an index, for search and for plans of rules, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, text

from mailhelper_core.model.mail.message import MailFacts
from mailhelper_core.model.rules.rule import Rule
from mailhelper_core.store.search import list_criterion, lookup
from mailhelper_core.store.unit_of_work import Store
from tests.contract.rules.world import World
from tests.unit.rules.generated import mail

INDEX = "ix_mailhelper_messages_listed"
# Enough that no database takes reading everything for the cheaper way.
COPIES = 8_000
_COLUMNS = (
    "owner_id, account_id, thread_id, match_key, message_id, subject, from_name, from_addr, from_domain, addresses,"
    " received_at, size, snippet, parse_status, has_attachments, created_at"
)


@pytest.fixture
def crowd(world: World) -> World:
    """An owner with much mail of other lists, and of none, around that of two small lists."""
    weekly = mail("a", facts=MailFacts(list_id="weekly.news.example"))
    world.put([mail("x"), weekly, mail("b", facts=MailFacts(list_id="daily.news.example"))])
    with world.store.begin() as connection:
        connection.execute(
            text(
                f"INSERT INTO mailhelper_messages ({_COLUMNS}, sort_at, list_id, facts)"
                f" WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {COPIES})"
                f" SELECT {_COLUMNS}, sort_at - i, CASE i % 2 WHEN 0 THEN 'many' || (i % 40) || '.example' ELSE '' END,"
                " CASE i % 2 WHEN 0 THEN '{\"list_id\"\\:\"many' || (i % 40) || '.example\"}' ELSE '{}' END"
                " FROM mailhelper_messages, n WHERE subject = 'x' AND owner_id ="
                " (SELECT id FROM mailhelper_owners WHERE key = :owner)"
            ),
            {"owner": world.name},
        )
        connection.execute(text("ANALYZE"))
    return world


@contextmanager
def plans(store: Store) -> Iterator[Callable[[], list[str]]]:
    """Answer, in its block, how the database carries out what was asked of messages since."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if "FROM mailhelper_messages" in statement and "ORDER BY" in statement and "LIMIT" in statement:
            asked.append((statement, parameters))

    def explained() -> list[str]:
        event.remove(store.engine, "before_cursor_execute", note)
        how = "EXPLAIN QUERY PLAN" if store.engine.dialect.name == "sqlite" else "EXPLAIN"
        with store.read() as connection:
            return [
                "\n".join(str(tuple(row)[-1]) for row in connection.exec_driver_sql(f"{how} {statement}", parameters))
                for statement, parameters in asked
            ]

    event.listen(store.engine, "before_cursor_execute", note)
    yield explained


def test_a_search_for_a_list_asks_the_index(crowd: World) -> None:
    for query in ("list:weekly.news.example", "list=weekly.news.example", "list:weekly", "list:news"):
        for sort in ("newest", "oldest", "size"):
            with plans(crowd.store) as explained:
                found = crowd.search.search(query, sort=sort)

            how = explained()
            assert len(found.items) == (2 if query == "list:news" else 1)
            assert how
            assert all(INDEX in one for one in how), (query, sort)


def test_a_plan_of_a_rule_about_a_list_asks_the_index(crowd: World) -> None:
    rule = Rule("weekly", "list:weekly.news.example -tag:read", [("tag", "weekly")])

    with plans(crowd.store) as explained:
        plan = crowd.rules.plan("", rules=[rule])

    how = explained()
    assert len(plan.hits) == 1
    assert how
    assert all(INDEX in one for one in how)


def test_answers_are_alike_however_many_lists_there_are(crowd: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for most, named in ((0, 200), (5_000, 1), (5_000, 200)):
        monkeypatch.setattr(lookup, "MAX_LISTS", most)
        monkeypatch.setattr(list_criterion, "MAX_NAMED", named)

        assert len(crowd.search.search("list:news")) == 2
        assert crowd.search.count("list:many2 OR list:many4", at_most=9_000) == COPIES // 20
        assert crowd.search.count("list:*", at_most=9_000) == COPIES // 2 + 2
        assert crowd.search.count("-list:*", at_most=9_000) == COPIES // 2 + 1
        assert crowd.search.count("list:nowhere") == 0
