"""Pages that nothing fits into are refused in the same words everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mailhelper_core import InvalidError, MailHelper, OwnerServices

CALLS: dict[str, Callable[[OwnerServices, int], object]] = {
    "changes": lambda ada, limit: ada.changes(limit=limit),
    "events": lambda ada, limit: ada.events(limit=limit),
    "rules.hits": lambda ada, limit: ada.rules.hits(limit=limit),
    "rules.plan": lambda ada, limit: ada.rules.plan("", limit=limit),
    "search": lambda ada, limit: ada.search("", limit=limit),
    "ranked": lambda ada, limit: ada.ranked("a", limit=limit),
    "replies.list": lambda ada, limit: ada.replies.list(limit=limit),
    "egress.ledger": lambda ada, limit: ada.egress.ledger(limit=limit),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("limit", [0, -1])
def test_a_page_without_items_is_refused(home: Path, call: str, limit: int) -> None:
    with MailHelper("sqlite:///mail.db") as helper:
        ada = helper.for_owner("ada")
        ada.tags.create("work")  # so that there are changes and events

        with pytest.raises(InvalidError) as caught:
            CALLS[call](ada, limit)

    assert caught.value.code == "limit"
