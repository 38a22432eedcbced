"""A policy that no sync could go by is refused with what may be said; one that was stored before still works."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from mailhelper_core import AccountPolicy, InvalidError, MailHelper, OwnerServices, Settings
from mailhelper_core.store import tables as t

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
YEAR_SECONDS = 31_536_000


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"poll_seconds": 0}, "poll_seconds is a whole number from 1 to 31536000"),
        ({"poll_seconds": -300}, "poll_seconds"),
        ({"poll_seconds": YEAR_SECONDS + 1}, "poll_seconds"),
        ({"poll_seconds": float("nan")}, "poll_seconds"),
        ({"poll_seconds": "300"}, "poll_seconds"),
        ({"poll_seconds": True}, "poll_seconds"),
        ({"window_days": 0}, "window_days is a whole number from 1 on"),
        ({"window_days": -(10**10)}, "window_days"),
        ({"size_cap_bytes": -1}, "size_cap_bytes is a whole number from 0 on"),
        ({"size_cap_bytes": 2**63}, "size_cap_bytes is a whole number from 0 on, below 2**63"),
        ({"since": datetime(2024, 1, 1)}, "since is aware"),  # noqa: DTZ001 - what callers write
        ({"include": "INBOX"}, 'include and exclude are tuples of names, such as ("INBOX",)'),
        ({"exclude": (1,)}, "include and exclude"),
    ],
)
def test_what_cannot_work_is_refused_by_all_that_take_a_policy(
    tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    """On SQLite alone: it is refused before a database hears of it."""
    with MailHelper(f"sqlite:///{tmp_path / 'mail.db'}") as helper:
        ada, policy = helper.for_owner("ada"), AccountPolicy(**given)
        account = ada.accounts.add(f"maildir://{tmp_path}").id

        for refused in (
            lambda: ada.accounts.add(f"maildir://{tmp_path}", username="other", policy=policy),
            lambda: ada.accounts.try_out(f"maildir://{tmp_path}", username="other", policy=policy),
            lambda: ada.accounts.update(account, name="other", policy=policy),
        ):
            with pytest.raises(InvalidError, match=r"^A policy's ") as caught:
                refused()
            assert caught.value.code == "policy"
            assert said in str(caught.value)

        (found,) = ada.accounts.list()
        assert (found.name, found.policy) != ("other", policy)


@pytest.mark.parametrize("policy", [AccountPolicy(poll_seconds=1), AccountPolicy(poll_seconds=YEAR_SECONDS),
                                    AccountPolicy(window_days=10**9, size_cap_bytes=0),
                                    AccountPolicy(size_cap_bytes=2**63 - 1),
                                    AccountPolicy(since=datetime(1, 1, 1, tzinfo=UTC))])  # fmt: skip
def test_the_ends_of_what_may_be_said_work(tmp_path: Path, database_url: str, policy: AccountPolicy) -> None:
    for name in ("cur", "new", "tmp"):
        (tmp_path / name).mkdir()
    with MailHelper(database_url, key=b"k" * 32) as helper:
        ada = helper.for_owner("ada")

        account = ada.accounts.add(f"maildir://{tmp_path}", policy=policy)

        assert ada.sync(account.id).errors == ()
        assert ada.accounts.update(account.id, policy=policy).policy == account.policy


def test_a_period_that_was_stored_before_is_polled_once_a_bell(
    database_url: str, tmp_path: Path, maildir: Path
) -> None:
    with MailHelper(Settings(database_url, key=KEY)) as helper:
        ada = helper.for_owner("ada")
        account = ada.accounts.add(f"maildir://{maildir}").id
        store_policy(helper, ada, account, {"poll_seconds": 0, "window_days": -5, "size_cap_bytes": -1})

        assert ada.accounts.get(account).policy == AccountPolicy(poll_seconds=1, window_days=1, size_cap_bytes=0)
        ada.sync(account)
        assert helper.jobs.poll(20) == 0

        store_policy(helper, ada, account, {"poll_seconds": 10**15, "size_cap_bytes": 10**30})
        assert ada.accounts.get(account).policy == AccountPolicy(poll_seconds=YEAR_SECONDS, size_cap_bytes=2**63 - 1)
        assert ada.sync(account).errors == ()


@pytest.fixture
def maildir(tmp_path: Path) -> Path:
    """An empty Maildir."""
    for name in ("cur", "new", "tmp"):
        (tmp_path / "box" / name).mkdir(parents=True)
    return tmp_path / "box"


def store_policy(helper: MailHelper, ada: OwnerServices, account: int, values: dict[str, object]) -> None:
    """Store a policy as programs did that looked at none."""
    with helper.jobs.store.begin() as connection:
        connection.execute(update(t.accounts).where(t.accounts.c.id == account).values(policy=json.dumps(values)))
