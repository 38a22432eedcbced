"""A cursor that no page answered is named; a host that goes on with one does not begin anew and never end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mailhelper_core import InvalidError, MailHelper

NO_CURSORS = ["x", "-1", "1.5", "٣", "9" * 19, "9" * 5_000, "1\x00"]
PAGES = ["changes", "events", "jobs.list", "egress.ledger", "replies.list", "search"]


@pytest.fixture(scope="module")
def helper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailHelper]:
    folder: Path = tmp_path_factory.mktemp("cursors")
    with MailHelper(f"sqlite:///{folder / 'mail.db'}") as made:
        made.migrate()
        yield made


@pytest.mark.parametrize("cursor", NO_CURSORS, ids=[ascii(one[:20]) for one in NO_CURSORS])
@pytest.mark.parametrize("path", [*PAGES, "admin.accounts"])
def test_what_is_no_cursor_is_named(helper: MailHelper, path: str, cursor: str) -> None:
    page: Any = helper if path.startswith("admin.") else helper.for_owner("ada")
    for part in path.split("."):
        page = getattr(page, part)

    with pytest.raises(InvalidError) as caught:
        page("", after=cursor) if path == "search" else page(after=cursor)

    assert caught.value.code == "cursor"


@pytest.mark.parametrize("path", PAGES[:-1])
def test_a_cursor_behind_everything_is_an_empty_page(helper: MailHelper, path: str) -> None:
    page: Any = helper.for_owner("ada")
    for part in path.split("."):
        page = getattr(page, part)

    assert page(after="0").items == ()
