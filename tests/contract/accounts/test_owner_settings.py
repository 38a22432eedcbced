"""What an owner has set: checked when it is said, and heard by queries, rules and classifiers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest

from mailhelper_core import Classifier, Context, InvalidError, MailHelper, MessageDetail, Opinion, Rule, hookimpl
from mailhelper_core.testing import ImapServer

KEY = b"k" * 32
# 23:30 of the 9th in London is 00:30 of the 10th in Berlin, in March.
RECEIVED = datetime(2026, 3, 9, 23, 30, tzinfo=UTC)
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class Listener:
    """A plugin whose classifier notes the language that it is told."""

    def __init__(self) -> None:
        self.languages: list[str] = []

    def classify(self, messages: Sequence[MessageDetail], context: Context) -> list[Opinion | None]:
        self.languages.append(context.language)
        return [None for _ in messages]

    @hookimpl
    def register_classifiers(self) -> list[Classifier]:
        return [Classifier("listener", self.classify)]


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def helper(database_url: str, listener: Listener) -> Iterator[MailHelper]:
    with MailHelper(database_url, key=KEY, plugins=[listener], clock=lambda: NOW) as helper:
        yield helper


def test_nothing_is_set_at_first_and_each_setting_is_changed_alone(helper: MailHelper) -> None:
    settings = helper.for_owner("ada").settings

    first = settings.get()
    settings.update(time_zone="Europe/Berlin")
    settings.update(language="de")

    assert (first.time_zone, first.language) == ("UTC", "")
    assert (settings.get().time_zone, settings.get().language) == ("Europe/Berlin", "de")
    assert helper.for_owner("eve").settings.get() == first


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "Europe", "Europe/\0Berlin", "x" * 9000])
def test_an_unknown_time_zone_is_refused_and_changes_nothing(helper: MailHelper, zone: str) -> None:
    settings = helper.for_owner("ada").settings

    with pytest.raises(InvalidError, match="Europe/Berlin"):
        settings.update(time_zone=zone, language="de")

    assert settings.get().language == ""


@pytest.mark.parametrize("language", ["german", "de_DE", "d", "de-", "de\n"])
def test_an_unknown_language_tag_is_refused(helper: MailHelper, language: str) -> None:
    with pytest.raises(InvalidError, match="en-GB"):
        helper.for_owner("ada").settings.update(language=language)


def test_days_begin_where_the_owner_is_and_classifiers_hear_the_language(
    helper: MailHelper, listener: Listener
) -> None:
    ada = helper.for_owner("ada")
    with ImapServer(users={"ada": "secret"}) as server:
        inbox = server.store.user("ada").mailbox("INBOX")
        inbox.append(b"From: bob@example.org\r\nSubject: late\r\n\r\nHello\r\n", internal_date=RECEIVED)
        account = ada.accounts.add(server.url, username="ada", password="secret")
        ada.sync(account.id)

    in_london = ada.count("received:2026-03-10"), ada.count("received:yesterday")
    ada.settings.update(time_zone="Europe/Berlin", language="de")
    in_berlin = ada.count("received:2026-03-10"), ada.count("received:today")
    ada.rules.save(Rule("today", when="received:today", then=[("tag", "today")]))
    ada.process(account.id)

    assert in_london == (0, 1)
    assert in_berlin == (1, 1)
    assert len(ada.rules.plan().hits) == 1
    assert listener.languages == ["de"]
