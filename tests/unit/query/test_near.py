"""Hints: each name is compared once, and some are enough."""

from __future__ import annotations

import pytest

from mailhelper_core.query import near
from mailhelper_core.query.read import read


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that were compared with those there are."""
    found, near_to = [], near.near_to

    def noted(value: str, known: dict[str, str]) -> str:
        found.append(value)
        return near_to(value, known)

    monkeypatch.setattr(near, "near_to", noted)
    return found


def test_a_name_that_is_asked_for_often_is_compared_once(compared: list[str]) -> None:
    criteria = read(" OR ".join(["tag:bils", "account:hone"] * 30), {})

    told = list(near.hints(criteria, {"tag": ["bills"], "account": ["Home"]}, knows_me=True))

    assert [(one.field, one.nearest) for one in told] == [("tag", "bills"), ("account", "Home")]
    assert compared == ["bils", "hone"]


def test_hints_end_after_some(compared: list[str]) -> None:
    criteria = read(" OR ".join(f"tag:missing{number}" for number in range(60)), {})

    told = list(near.hints(criteria, {"tag": [f"name{number}" for number in range(1_000)]}, knows_me=True))

    assert len(told) == len(compared) == near.MAX_HINTS


@pytest.mark.parametrize(("asked", "nearest"), [("in:tax", "INBOX.Tax"), ("in:Mails", "Work/Mails"), ("in:t", "")])
def test_a_mailbox_below_others_is_meant_by_its_own_name(asked: str, nearest: str) -> None:
    names = ["INBOX", "INBOX.Tax", "Work/Mails", "Mail"]

    (told,) = near.hints(read(asked, {}), {"in": names}, knows_me=True)

    assert told.nearest == nearest
