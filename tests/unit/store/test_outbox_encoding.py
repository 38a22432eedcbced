"""Operations as the outbox stores them: what an earlier version could read it still can."""

from __future__ import annotations

import json

import pytest

from mailhelper_core.model.work.operation import AddKeyword, KeywordOperation, RemoveKeyword
from mailhelper_core.store.work.outbox import decode, encode


@pytest.mark.parametrize("operation", [AddKeyword(1, "$work"), RemoveKeyword(1, "$work", 7)])
def test_a_keyword_names_no_mailbox_where_there_is_none(operation: KeywordOperation) -> None:
    kind, data = encode(operation)

    assert json.loads(data).keys() == {"keyword", "mailbox_id"}
    assert decode(kind, 1, data) == operation


def test_a_keyword_of_a_planned_mailbox_names_it() -> None:
    operation = AddKeyword(1, "$work", mailbox="Bills")

    assert decode(*_stored(operation)) == operation


def _stored(operation: KeywordOperation) -> tuple[str, int, str]:
    kind, data = encode(operation)
    return kind, operation.message_id, data
