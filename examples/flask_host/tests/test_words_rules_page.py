"""German pages of rules: findings, suggestions, rules that cannot act and what Sieve cannot say, without English."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape

import pytest

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices, Rule
from mailhelper_core.testing import ImapServer, MailboxGenerator

HOSTILE = "<b>%(x)s {0}'\"</b>"
CLUB = "post@verein.example"
# So many mails that were filed alike are a habit.
HABIT = 10
SCRIPT = 'require "vacation";\nif header :contains "subject" "x" { discard; }\nvacation "away";\n'


@pytest.fixture(scope="module")
def imap_server() -> Iterator[ImapServer]:
    """The bundled server with mail of these days: habits of long ago are not suggested."""
    with ImapServer(users={"ada": "secret", "second": "secret"}) as server:
        inbox = server.store.user("ada").mailbox("INBOX")
        MailboxGenerator(seed=3, until=datetime.now(UTC)).fill(server.store.user("ada"), count=30)
        for number in range(HABIT):
            inbox.append(f"From: {CLUB}\r\nMessage-ID: <{number}@{CLUB}>\r\nSubject: x\r\n\r\nx\r\n".encode())
        yield server


@pytest.fixture(scope="module")
def ruled(ada: Browser, synced: OwnerServices, imap_server: ImapServer) -> OwnerServices:
    """Ada's services with rules of all kinds of trouble, and with mail that she has filed by hand."""
    rules = synced.rules
    second = synced.accounts.add(imap_server.url, username="second", password="secret")
    rules.save(Rule("gone", "subject:x", [("tag", "x")], account_id=second.id))
    synced.accounts.remove(second.id)
    rules.save(Rule("never", "is:read is:unread", [("tag", "a")]))
    rules.save(Rule(HOSTILE, "domain:shop.example", [("tag", "shop"), "stop"]))
    rules.save(Rule("late", "domain:shop.example subject:x", [("tag", "late")], otherwise=True))
    synced.tags.assign([one.id for one in synced.search(f"from:{CLUB}", limit=HABIT)], "von Hand")
    ada.post("/preferences/language", {"language": "de"})
    return synced


def _told(page: str) -> str:
    return unescape(page.partition("<main")[2])


def test_the_rules_page_is_german(ada: Browser, ruled: OwnerServices):
    findings, suggested = ruled.rules.analyze(), ruled.rules.suggest()
    off = [rule for rule in ruled.rules.list() if rule.disabled_reason]
    page = ada.get("/rules/").text
    told = _told(page)

    assert {one.kind for one in findings} == {"dead", "shadowed"}
    assert len(suggested) > 0
    assert [rule.name for rule in off] == ["gone"]
    assert "Ihre Bedingungen widersprechen sich: Keine Mail kann sie erfüllen." in told
    assert f"nimmt ihr die Regel „{HOSTILE}“ vorher weg." in told
    assert "<b>" not in page
    assert f"{suggested[0].support} von {suggested[0].total} Mails" in told
    assert "Das Konto dieser Regel wurde entfernt." in told
    assert "<h2>Newsletter archivieren</h2>" in told
    english = [one.message for one in findings] + [one.reason for one in suggested]
    english += [rule.disabled_reason for rule in off] + [one.help for one in ruled.rules.ready_made()]
    assert [text for text in english if text in told] == []


def test_the_sieve_page_is_german(ada: Browser, ruled: OwnerServices):
    losses = ruled.rules.export_sieve().losses + ruled.rules.import_sieve(SCRIPT, save=False).losses
    told = _told(ada.post("/rules/sieve/", {"script": SCRIPT, "deed": "look"}).text)

    assert {one.kind for one in losses} == {"left_out", "near", "kept"}
    assert [one.why for one in losses if one.why in told] == []
    assert (
        '<code>sonst</code> Sieve kennt keine Regel für Mail, auf die keine andere passt. <span class="chip">' in told
    )
    assert "Hier kommt die Mail in den Papierkorb." in told
    assert "Das würde Mail senden; Regeln tun das nie." in told


def test_a_mistake_in_a_rule_or_search_is_told_in_german(ada: Browser, ruled: OwnerServices):
    form = {"name": "a", "when": "(from:a", "action": "tag", "argument": "x"}

    for page in (
        ada.post("/rules/save", form),
        ada.post("/rules/preview", form),
        ada.get("/mail/", query_string={"q": "(from:a"}),
    ):
        told = _told(page.text) or unescape(page.text)
        assert "Diese Klammer wird nie geschlossen" in told
        assert "ergänzen Sie „)“" in told
        assert "parenthesis" not in told


def test_the_first_rules_of_an_account_are_offered_in_german(ada: Browser, ruled: OwnerServices):
    told = _told(ada.get(f"/accounts/{ruled.accounts.list()[0].id}/first").text)

    suggested = ruled.rules.suggest()

    assert "Newsletter archivieren" in told
    assert f"{suggested[0].support} von {suggested[0].total} Mails" in told
    assert [one.help for one in ruled.rules.ready_made() if one.help in told] == []
    assert [one.reason for one in suggested if one.reason in told] == []


def test_a_rule_that_was_offered_can_be_changed_first(ada: Browser, ruled: OwnerServices):
    rule = ruled.rules.suggest()[0].rule

    told = _told(ada.get("/rules/new", query_string={"ready": rule.name}).text)

    assert f'name="name" value="{rule.name}"' in told
    assert f">{rule.when}</textarea>" in told


def test_a_search_without_a_mistake_says_nothing_of_one(ada: Browser, ruled: OwnerServices):
    assert "wird nie geschlossen" not in ada.get("/mail/", query_string={"q": "from:a"}).text
