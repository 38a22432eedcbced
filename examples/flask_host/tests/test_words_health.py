"""The administration in German, and what it must not tell: names and words of other people's rules."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from typing import get_args

import pytest
from flask import Flask
from flask_babel import force_locale

from examples.flask_host.tests.browser import Browser, services
from mailhelper_core import HealthItem, OwnerServices, Rule
from mailhelper_core.testing import ImapServer
from mailhelper_web.pages.privacy import Purpose
from mailhelper_web.words.health import PURPOSES, health_advice, health_found, health_name

SECRET = "Scheidung von Max"
NO_ACCOUNT = "Add the first: `helper.for_owner(owner).accounts.add(url, username=..., password=...)`."


@pytest.fixture(scope="module")
def bobs(app: Flask, bob: Browser, imap_server: ImapServer) -> OwnerServices:
    """Bob's services, with a rule that can no longer act and whose name is nobody else's to read."""
    mine = services(app, "bob@example.org")
    account = mine.accounts.add(imap_server.url, username="second", password="secret")
    mine.rules.save(Rule(SECRET, "subject:x", [("tag", "x")], account_id=account.id))
    mine.accounts.remove(account.id)
    return mine


def _told(item: HealthItem) -> tuple[str, str]:
    return health_name(item), health_found(item)


@pytest.mark.usefixtures("german", "bobs")
def test_all_that_is_looked_at_is_told_in_german(app: Flask):
    items = app.extensions["mailhelper"].check().items

    assert len(items) > 10
    for item in items:
        told = _told(item)
        with force_locale("en"):
            # A plugin is a plugin, and has its name, in both languages.
            same = [one for one, other in zip(told, _told(item), strict=True) if one == other]
            assert same in ([], [item.name]), item
            assert told != (item.name, item.found)


@pytest.mark.usefixtures("german")
def test_trouble_is_told_in_german_and_codes_as_they_are():
    found = HealthItem("rules", ok=False, found="3 in all, 2 cannot act, 1 switched off for a reason", advice="x")
    other = HealthItem("plugin sets", ok=False, found="ab, and 1 other", advice="another process has a 1, this "
                       "one a 2; install the same everywhere and start all again")  # fmt: skip

    assert health_found(found) == "3 insgesamt, 2, die nicht handeln können, 1, die abgeschaltet wurden"
    assert health_advice(other) == (
        "Ein anderer Prozess hat: a 1. Dieser hat: a 2. Installieren Sie überall dasselbe und starten Sie alle neu."
    )
    assert health_advice(replace(other, advice="look at the database first")) == "Sehen Sie zuerst nach der Datenbank."
    none = HealthItem("accounts", ok=True, found="0 in all", advice=NO_ACCOUNT)
    assert (*_told(none), health_advice(none)) == (
        "Konten", "0 insgesamt", "Jeder fügt die eigenen auf der Seite der Konten hinzu."
    )  # fmt: skip
    assert _told(HealthItem("tables weather", ok=False, found="missing")) == ("Tabellen des Plugins weather", "fehlt")
    newer = HealthItem("tables weather", ok=True, found="newer", advice="Another version of this plugin has migrated "
                       "them: give all programs that one.")  # fmt: skip
    assert health_found(newer) == "neuer als diese Version des Plugins"
    assert health_advice(newer).startswith("Eine andere Version dieses Plugins hat sie migriert")
    assert health_found(replace(newer, found="behind")) == "noch nicht migriert"
    assert health_found(replace(other, name="key", found="no_key")) == "no_key"
    assert set(PURPOSES) == set(get_args(Purpose))


def test_an_admin_reads_how_many_rules_cannot_act_and_not_which(ada: Browser, bobs: OwnerServices):
    (rule,) = bobs.rules.list()
    page = unescape(ada.get("/admin/").text)

    assert rule.disabled_reason
    assert "1 switched off for a reason" in page
    assert "Their owners see on the page of rules why." in page
    assert SECRET not in page
