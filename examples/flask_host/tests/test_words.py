"""Reasons and deeds in German: the engine's whole vocabulary has words, and what is not of it stays as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

import pytest
from flask import Flask
from flask_babel import force_locale

from examples.flask_host.tests.german import in_english
from mailhelper_core import TimelineEntry
from mailhelper_core.model.mail.timeline import TimelineKind
from mailhelper_core.model.mind.opinion import CATEGORIES
from mailhelper_core.model.rules.criteria import FIELDS
from mailhelper_core.model.work.operation import OPERATION_TYPES, OperationState
from mailhelper_core.store.work.outbox import DecidedBy
from mailhelper_web.words import deeds
from mailhelper_web.words.deeds import deed, deed_reasons, doer
from mailhelper_web.words.names import sayer, value_words
from mailhelper_web.words.reasons import PLACE_FIELDS, QUOTED_FIELDS, reason_words, saw_words, step_words

NOW = datetime(2026, 11, 28, tzinfo=UTC)
HOSTILE = ["<b>%(x)s</b>", "100 % {} {0} {x}", "%", "%s %d", "{", "", "\n", "text: ", 'a "b" saw', "Ä" * 200]

pytestmark = pytest.mark.usefixtures("german")


def _entry(kind: str, what: str, by: str = "", *reasons: str) -> TimelineEntry:
    return TimelineEntry(NOW, kind, what, by, reasons)


@pytest.mark.parametrize(
    ("reason", "said_by", "words"),
    [
        ("subject: finance", "heuristics", "Betreff: Geld und Rechnungen"),
        ("text: much finance", "heuristics", "Text, mehrfach: Geld und Rechnungen"),
        ("known domain: shopping", "heuristics", "bekannter Absender: Bestellungen und Reisen"),
        ("deadline in 46 h", "heuristics", "Frist in 46 Std."),
        ("deadline in -0 h", "heuristics", "Frist in 0 Std."),
        ("deadline in 47 h", "heuristics", "Frist in 47 Std."),
        ("deadline in 48 h", "heuristics", "Frist in 2 Tagen"),
        ("deadline in 720 h", "heuristics", "Frist in 30 Tagen"),
        ("11 common words of 32", "heuristics", "11 von 32 Wörtern passen"),
        ("signal delete_unread", "owner", "von Ihnen ungelesen weggeworfen"),
        ('text has "100 %(x)s"', "learned", "Text enthält „100 %(x)s“"),
        ("x-mailer: {0}", "learned", "Kopfzeile x-mailer enthält „{0}“"),
        ("links to <b>", "learned", "Link zu <b>"),
        ("sender is ", "learned", "Absender ist "),
    ],
)
def test_texts_with_parts_are_told_with_their_parts(reason: str, said_by: str, words: str):
    assert reason_words(reason, said_by) == words


@pytest.mark.parametrize(
    "reason",
    [
        "smells of fish",
        "links to a shop",
        "weather: rain",
        "subject: weather",
        "weather: finance",
        "known domain: weather",
        "signal flare",
        "I saw you",
        "sender is a friend",
        "deadline in a few h",
        *HOSTILE,
    ],
)
def test_what_a_plugin_says_in_its_own_words_stays(reason: str):
    assert reason_words(reason, "weather") == reason
    assert deed_reasons(_entry("opinion", "weather rain (0.50)", "weather 1", reason)) == [reason]


def test_a_plugin_may_speak_the_language_of_the_engine():
    assert reason_words("to me", "weather") == "an Sie"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("size>10 saw 2230", "size>10 → 2230"),
        ("is:unread saw INBOX \\Flagged", "is:unread → INBOX · Markiert"),
        ("has:attachment saw yes", "has:attachment → ja"),
        ("priority:red saw no", "priority:red → nein"),
        ("longer-than:5 saw no answer", "longer-than:5 → keine Antwort"),
        ("sent>2026 saw nothing", "sent>2026 → nichts"),
        ("opinion:reply=yes saw yes", "opinion:reply=yes → ja"),
        ("subject:yes saw yes", "subject:yes → yes"),
        ("auto_submitted:no saw no", "auto_submitted:no → no"),
        ("nothing saw nothing", "nothing → nothing"),
        ('body:"I saw ""him"" saw" saw I saw "him" saw it', 'body:"I saw ""him"" saw" → I saw "him" saw it'),
        ('"<b>"* saw <b>%(x)s', '"<b>"* → <b>%(x)s'),
        ("subject:x saw ", "subject:x → "),
    ],
)
def test_a_step_of_a_rule_is_told_with_what_it_saw(step: str, words: str):
    assert step_words(step) == words
    assert deed_reasons(_entry("rule", "matched", "Bills", step)) == [words]


def test_a_step_of_another_form_stays():
    for text in (*HOSTILE, "nobody looked"):
        assert step_words(text) == text


def test_the_fields_whose_text_is_shown_are_those_of_the_engine():
    texts = {name for name, field in FIELDS.items() if field.type in ("words", "exact")}

    assert texts - {"opinion"} == QUOTED_FIELDS
    assert saw_words("no answer", "body:x") == "keine Antwort"


def test_flags_that_a_test_saw_are_told_in_words_and_mailboxes_as_they_are_called():
    assert {name for name, field in FIELDS.items() if field.of_place} == PLACE_FIELDS
    assert saw_words(r"INBOX \Flagged \Seen work", "is:read") == "INBOX · Markiert · Gelesen work"
    assert saw_words(r"My mail \Seen", "in:inbox") == "My mail · Gelesen"
    assert saw_words("yes", "is:bulk") == "ja"
    assert saw_words(r"\Seen", "subject:x") == r"\Seen"


WHAT = {
    "received": ("stored", "angekommen"),
    "opinion": ("category finance (0.93)", "Art: Finanzen (93%)"),
    "correction": ("category finance -> shopping", "Art: Finanzen → Einkäufe"),
    "rule": ("matched", "Eine Regel passte"),
    "tag": ("bills (2)", "Schlagwort bills (2)"),
    "operation": ("move Archive 2026 (delivered)", "nach Archive 2026 verschieben (fertig)"),
}


@pytest.mark.parametrize("kind", get_args(TimelineKind))
def test_every_kind_of_entry_has_german_words(kind: str):
    what, words = WHAT[kind]

    assert deed(_entry(kind, what)) == words


@pytest.mark.parametrize("kind", OPERATION_TYPES)
@pytest.mark.parametrize("state", get_args(OperationState))
def test_every_operation_has_german_words_in_every_state(kind: str, state: str):
    entry = _entry("operation", f"{kind} thing ({state})")
    words = deed(entry)

    assert words.endswith(f"({deeds.STATES[state]})")
    assert words != entry.what
    for before, after in zip(words.split(" ("), str(in_english(lambda: deed(entry))).split(" ("), strict=True):
        assert before != after


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("move trash 12 (waiting)", "nach Papierkorb verschieben (wartet)"),
        ("move archive (delivered)", "nach Archiv verschieben (fertig)"),
        ("move trashy (x) (dead)", "nach trashy (x) verschieben (aufgegeben)"),
        ("copy 100 % {} (delivered)", "nach 100 % {} kopieren (fertig)"),
        ("add_keyword \\Flagged 3 (delivered)", "Markierung „Markiert“ setzen (fertig)"),
        ("remove_keyword $Own (delivered)", "Markierung „$Own“ entfernen (fertig)"),
        ("add_tag my tag #3b5bdb (delivered)", "Schlagwort my tag (fertig)"),
        ("set_priority 3 2 (delivered)", "Dringlichkeit 3 · Wichtigkeit 2 (fertig)"),
        ("set_priority 3 (delivered)", "Priorität setzen: 3 (fertig)"),
        ("set_priority (delivered)", "Priorität setzen (fertig)"),
        ("notify <b>%(x)s (delivered)", "benachrichtigen: <b>%(x)s (fertig)"),
        ("append <a@b> 0f 120 Drafts (delivered)", "Antwort in die Entwürfe legen (fertig)"),
        ('effect slack-post {"a": 1} (delivered)', "Aktion slack-post (fertig)"),
        ("juggle balls (delivered)", "juggle balls (delivered)"),
        ("move Archive (levitating)", "move Archive (levitating)"),
    ],
)
def test_operations_are_told_with_their_names(what: str, words: str):
    assert deed(_entry("operation", what)) == words


@pytest.mark.parametrize(
    ("kind", "what", "words"),
    [
        ("opinion", "spam no (1.00)", "Spam: nein (100%)"),
        ("opinion", "language de (0.98)", "Sprache: Deutsch (98%)"),
        ("opinion", "language klingon (0.98)", "Sprache: klingon (98%)"),
        ("opinion", "reply yes (0.80)", "Braucht eine Antwort: ja (80%)"),
        ("opinion", "category my own (0.90)", "Art: my own (90%)"),
        ("opinion", "mood %(x)s {} (0.5) (0.90)", "mood: %(x)s {} (0.5) (90%)"),
        ("correction", "spam 0.0123 -> yes", "Spam: 1% → ja"),
        ("correction", "spam 1e-05 -> yes", "Spam: 0% → ja"),
        ("correction", "spam unknown -> no", "Spam: unbekannt → nein"),
        ("correction", "urgency 1 -> 3", "Dringlichkeit: 1 → 3"),
    ],
)
def test_opinions_and_corrections_are_told_by_name(kind: str, what: str, words: str):
    assert deed(_entry(kind, what)) == words


@pytest.mark.parametrize("kind", sorted({*get_args(TimelineKind)} - {"tag"}))
@pytest.mark.parametrize("what", HOSTILE)
def test_an_entry_of_another_form_stays(kind: str, what: str):
    assert deed(_entry(kind, what)) == what


def test_who_did_it_is_told_to_the_reader():
    for decider in {*get_args(DecidedBy)} - {"owner"}:
        assert doer(_entry("operation", "", decider), "1") not in (decider, "")
    assert doer(_entry("received", "stored", "sync"), "1") == "Abgleich"
    assert doer(_entry("tag", "bills", "1"), "1") == "Sie"
    assert doer(_entry("tag", "bills", "2"), "1") == "2"
    assert doer(_entry("rule", "matched", "sync"), "1") == "sync"
    assert doer(_entry("opinion", "spam no (1.00)", "heuristics 2"), "1") == "eingebaute Regeln"
    assert doer(_entry("opinion", "spam no (1.00)", "local:fast a-model"), "1") == "local"
    assert sayer("weather") == "weather"


def test_an_entry_taken_back_says_so():
    corrected = _entry("correction", "spam 0.1 -> yes", "1", "signal junk", "undone")
    hit = _entry("rule", "matched", "Bills", "size>1 saw 2", "taken back by the owner")

    assert deed_reasons(corrected) == ["von Ihnen als Spam markiert", "zurückgenommen"]
    assert deed_reasons(hit) == ["size>1 → 2", "von Ihnen zurückgenommen"]


@pytest.mark.parametrize("code", ["gone", "unplaced", "uid_validity", "read_only", "not_permanent", "changed_since",
                                  "unsure", "untold", "unconfirmed", "local_only", "plugin", "plugin_missing",
                                  "throttled"])  # fmt: skip
def test_why_an_operation_is_not_done_is_told_in_german(code: str):
    entry = _entry("operation", "move Archive (waiting)", "1", code)

    assert deed_reasons(entry) != in_english(lambda: deed_reasons(entry))


def test_every_category_and_answer_has_a_name():
    assert {one for one in CATEGORIES if value_words(one, "category") == one} == set()
    assert value_words("no", "reply") == "nein"
    assert value_words("no", "mood") == "no"


def test_english_readers_read_more_than_the_engines_terse_words(app: Flask):
    entry = replace(_entry("opinion", "category finance (0.93)", "heuristics 2"), reasons=("subject: finance",))

    with force_locale("en"):
        assert deed(entry) == "Kind: Finance (93%)"
        assert deed_reasons(entry) == ["subject: money and bills"]
        assert doer(entry) == "built-in rules"
