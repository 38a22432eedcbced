"""What the engine refuses to do is told in the reader's language, whichever form asked for it."""

from __future__ import annotations

import pytest

from examples.flask_host.tests.browser import Browser
from examples.flask_host.tests.german import has_german
from examples.flask_host.tests.rule_vocabulary import said_by
from mailhelper_core import OwnerServices
from mailhelper_core.actions import undo
from mailhelper_core.egress.service import EgressService
from mailhelper_core.model.mind import tag
from mailhelper_core.model.source import directory
from mailhelper_core.plugins.settings import _read
from mailhelper_core.replies import service as replies
from mailhelper_core.replies import styles
from mailhelper_core.search import cursor
from mailhelper_core.search.saved import SavedSearches
from mailhelper_core.store import paging
from mailhelper_core.store.mind import rules, tags
from mailhelper_core.store.work import proposals
from mailhelper_core.tags import service as tag_service
from mailhelper_web.words.denials import denial_words, known_denial

# Where it stands what can be met with the pages alone.
PLACES = (
    tag.check_tag_name, tag.check_color, directory.check_mailbox_name, replies, styles, SavedSearches, cursor, paging,
    _read, undo, proposals, tags, rules, tag_service, EgressService,
)  # fmt: skip
# What only a program can ask for.
OF_PROGRAMS = (
    "A tone is", "Say what", "since and", "A page has", "Messages are sorted", "Plugin ", "Another tag is mirrored",
    "This is no keyword", "A purpose is", "that lists its models", "give a str",
)  # fmt: skip


def test_every_refusal_of_a_form_has_german_words(german: None):
    said = said_by("InvalidError", *PLACES) | said_by("ConflictError", *PLACES)
    met = {one for one in said if not any(words in one for words in OF_PROGRAMS)}

    assert len(met) > 15
    assert {one for one in met if not has_german(known_denial, one)} == set()


def test_a_plugins_own_words_stay(german: None):
    assert denial_words("limit of plugin 'postman' is refused: letters are counted") == "limit: letters are counted"
    assert denial_words("The moon is in the way.") == "The moon is in the way."


@pytest.fixture
def reader(ada: Browser) -> Browser:
    """Ada's browser with German pages."""
    ada.post("/preferences/language", {"language": "de"})
    return ada


def test_a_refused_form_is_told_in_german_with_the_way_back(reader: Browser, synced: OwnerServices):
    reader.post("/tags/create", {"name": "bills"})

    again = reader.post("/tags/create", {"name": "bills"})
    nameless = reader.post("/searches/save", {"name": " ", "q": "category:finance"})
    unreadable = reader.post("/searches/save", {"name": "x", "q": "size>x"})

    assert (again.status_code, nameless.status_code, unreadable.status_code) == (409, 400, 400)
    assert "Dieses Schlagwort gibt es schon." in again.text
    assert "Eine Suche braucht einen Namen" in nameless.text
    assert "this is no value" not in unreadable.text
    assert 'href="/tags/" role="button" data-back' in again.text


def test_what_is_undone_twice_is_told_in_german(reader: Browser, synced: OwnerServices):
    change = synced.messages.add_keyword([synced.search("")[0].id], "\\Flagged")

    answers = [reader.post(f"/undo/{change.id}") for _ in range(2)]

    assert [one.status_code for one in answers] == [303, 409]
    assert "schon rückgängig gemacht" in answers[1].text
