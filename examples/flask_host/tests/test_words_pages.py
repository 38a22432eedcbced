"""German pages of a message: who says what of it, why, and what happened to it, without an English word."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from examples.flask_host.tests.browser import Browser, services
from mailhelper_core import Action, OwnerServices, Rule
from mailhelper_core.testing import ImapServer

# What the script of the page sends: the part alone comes back, without the page around it.
PART = {"HX-Request": "true"}
RULE = "Regel <i>%(name)s {0}"
HOSTILE = '"<b onclick=1>%(x)s {y}</b>"'
_TEXTS = re.compile(
    r'<strong>(.*?)</strong>|<span class="muted">(.*?)(?: · <time.*?)?</span>|<span class="chip">(.*?)<'
)


@pytest.fixture(scope="module")
def acted(app: Flask, ada: Browser, imap_server: ImapServer) -> OwnerServices:
    """Ada's services after a rule has acted on all of her mail, and she on some."""
    mine = services(app)
    when = f"-subject:{HOSTILE} (size>10 OR has:attachment)"
    then = [Action("tag", "mein Wort"), Action("addflag", "\\Flagged"), Action("priority", "urgency=3 importance=2")]
    mine.rules.save(Rule(RULE, when=when, then=then))
    account = mine.accounts.add(imap_server.url, username="ada", password="secret")
    mine.run(account.id)
    first, second = (one.id for one in mine.search("in:inbox", limit=2))
    mine.messages.archive([first])
    mine.opinions.correct([first, second], category="shopping", spam=False, urgency=3)
    mine.undo(mine.opinions.correct([second], importance=3).id)
    mine.tags.unassign([second], "mein Wort")
    mine.messages.trash([second])
    mine.run(account.id)
    return mine


def _told(browser: Browser, path: str, language: str) -> list[str]:
    browser.post("/preferences/language", {"language": language})
    page = browser.get(path).text
    start = page.index('<ol class="timeline">') if "timeline" in path else page.index('<ul class="opinions">')
    end = page.index("</ol>" if "timeline" in path else "</details>", start)
    return [unescape("".join(found)) for found in _TEXTS.findall(page[start:end])]


def test_the_timelines_of_generated_mail_are_german(ada: Browser, acted: OwnerServices):
    ids = [one.id for one in acted.search("", limit=50)]
    seen = set()
    for id_ in ids:
        german, english = (_told(ada, f"/mail/{id_}/timeline", language) for language in ("de", "en"))
        for one, other in zip(german, english, strict=True):
            # A rule's name and what it tested are the owner's own words.
            if one != RULE and not re.match(r"\S+ → ", one):
                assert one != other, id_
        engine = acted.messages.timeline(id_)
        texts = {text for entry in engine for text in (entry.what, entry.by, *entry.reasons)} - {RULE}
        assert texts.isdisjoint(german), id_
        seen.update(german)

    assert len(ids) == 30
    assert {"angekommen", "Abgleich", "eingebaute Regeln", "Eine Regel passte", "eine Regel", "Sie"} <= seen
    assert {"Schlagwort mein Wort", "nach Archiv verschieben (fertig)", "Markierung „Markiert“ setzen (fertig)"} <= seen
    assert {"von Ihnen festgelegt", "zurückgenommen", "nach Papierkorb verschieben (fertig)"} <= seen


def test_the_opinions_on_generated_mail_are_german(ada: Browser, acted: OwnerServices):
    ids = [one.id for one in acted.search("", limit=50)]
    for id_, opinions in acted.opinions.of(ids).items():
        german, english = (_told(ada, f"/mail/{id_}", language) for language in ("de", "en"))

        assert len(german) == sum(2 + len(one.reasons) for one in opinions)
        assert [one for one, other in zip(german, english, strict=True) if one == other] == []
        assert {reason for one in opinions for reason in one.reasons}.isdisjoint(german)


def test_hostile_text_of_rules_and_mail_is_text(ada: Browser, acted: OwnerServices):
    one = acted.search("", limit=1)[0]
    ada.post("/preferences/language", {"language": "de"})
    acted.rules.save(Rule("<u>%(z)s", when='size>1 OR body:"<b>%s {x}"', then=[Action("tag", "<s>%(t)s {u}")]))
    acted.rules.run(query=f"id:{one.id}")

    query = {"q": f"has:attachment OR subject:{HOSTILE}"}
    page = ada.get(f"/mail/{one.id}/timeline", headers=PART).text
    explained = ada.get(f"/mail/{one.id}/explain", query_string=query, headers=PART).text

    assert "Schlagwort &lt;s&gt;%(t)s {u}" in page
    assert "&lt;u&gt;%(z)s" in page
    assert re.search("<[bisu][ >]", page + explained) is None
    assert re.search(r"has:attachment</code></td><td class=\"muted\">(ja|nein)<", explained)
