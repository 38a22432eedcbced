"""What of an account is synced, by a form."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from examples.flask_host.tests.browser import Browser
from mailhelper_core import AccountPolicy, OwnerServices
from mailhelper_core.testing import ImapServer

FORM = {"include": "INBOX\r\n  Archive/*  \r\n\r\nINBOX", "exclude": "Archive/old", "days": "30", "megabytes": "1,5"}


def test_what_is_synced_is_said_by_a_form(ada: Browser, synced: OwnerServices):
    account = synced.accounts.list()[0]
    since = datetime(2020, 1, 1, tzinfo=UTC)
    synced.accounts.update(account.id, policy=AccountPolicy(since=since, poll_seconds=77))

    answer = ada.post(f"/accounts/{account.id}/policy", FORM)

    assert answer.status_code == 303
    assert synced.accounts.get(account.id).policy == AccountPolicy(
        include=("INBOX", "Archive/*"), exclude=("Archive/old",), since=since, window_days=30,
        size_cap_bytes=1_500_000, poll_seconds=77,
    )  # fmt: skip
    page = ada.get(f"/accounts/{account.id}").text
    assert ">INBOX\nArchive/*</textarea>" in page
    assert 'name="days" inputmode="numeric" value="30"' in page
    assert 'name="megabytes" inputmode="decimal" value="1.5"' in page


def test_an_empty_form_syncs_everything(ada: Browser, synced: OwnerServices, imap_server: ImapServer):
    account = synced.accounts.list()[0]
    synced.accounts.update(account.id, policy=AccountPolicy(exclude=("*",)))
    imap_server.store.user("ada").mailbox("INBOX").append(b"Subject: late\r\n\r\nx\r\n")
    synced.sync(account.id)
    assert synced.count("subject:late") == 0
    assert "Not synced: INBOX" in ada.post(f"/accounts/{account.id}/check").text

    ada.post(f"/accounts/{account.id}/policy", {"include": "", "exclude": "", "days": "", "megabytes": "30"})

    assert synced.accounts.get(account.id).policy == AccountPolicy()
    synced.sync(account.id)
    assert synced.count("subject:late") == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"days": "0"}, "Days are a whole number"),
        ({"days": "-3"}, "Days are a whole number"),
        ({"days": "a week"}, "Days are a whole number"),
        ({"megabytes": ""}, "A size is a number of megabytes."),
        ({"megabytes": "nan"}, "A size is a number of megabytes."),
        ({"megabytes": "1e99"}, "A size is a number of megabytes."),
    ],
)
def test_what_cannot_be_is_told_and_nothing_changes(
    ada: Browser, synced: OwnerServices, change: dict[str, str], words: str
):
    account = synced.accounts.list()[0]

    answer = ada.post(f"/accounts/{account.id}/policy", FORM | change | {"exclude": "typed <b>"})

    assert answer.status_code == 400
    assert words in answer.text
    assert ">typed &lt;b&gt;</textarea>" in answer.text  # what was typed is still there
    assert synced.accounts.get(account.id).policy == account.policy


def test_who_me_is_can_be_told(ada: Browser, synced: OwnerServices, imap_server: ImapServer):
    account = synced.accounts.list()[0]
    imap_server.store.user("ada").mailbox("INBOX").append(b"To: alias@home.example\r\nSubject: aliased\r\n\r\nx\r\n")
    synced.sync(account.id)
    kept = {"name": account.name, "paused": "0"}

    ada.post(f"/accounts/{account.id}/update", {**kept, "addresses": " ada@example.org\r\n\r\nAlias@home.example "})

    assert synced.accounts.get(account.id).addresses == {"ada@example.org", "alias@home.example"}
    assert synced.count("to:me subject:aliased") == 1
    assert ">ada@example.org\nalias@home.example</textarea>" in ada.get(f"/accounts/{account.id}").text
    ada.post(f"/accounts/{account.id}/update", kept)
    assert len(synced.accounts.get(account.id).addresses) == 2  # another program's form may know nothing of them


def test_what_is_no_address_is_told_and_stays_in_the_form(ada: Browser, synced: OwnerServices):
    account = synced.accounts.list()[0]

    answer = ada.post(f"/accounts/{account.id}/update", {"name": "other", "paused": "0", "addresses": "me <b>"})

    assert answer.status_code == 400
    assert "This is no mail address. It looks like ada@example.org." in answer.text
    assert ">me &lt;b&gt;</textarea>" in answer.text
    assert synced.accounts.get(account.id) == account


def test_a_name_of_blanks_is_none_and_one_with_blanks_around_can_be_typed(
    ada: Browser, synced: OwnerServices, imap_server: ImapServer
):
    second = synced.accounts.add(imap_server.url, username="second", password="secret", name="club")

    ada.post(f"/accounts/{second.id}/update", {"name": "   ", "paused": "1"})
    assert synced.accounts.get(second.id).name == "club"
    ada.post(f"/accounts/{second.id}/update", {"name": " old club ", "paused": "1"})
    assert synced.accounts.get(second.id).name == "old club"
    ada.post(f"/accounts/{second.id}/remove", {"confirm": "old club "})

    assert second.id not in {one.id for one in synced.accounts.list()}
