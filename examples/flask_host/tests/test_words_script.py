"""Sieve scripts, regular expressions and the fields of queries in German: no mistake is told in English."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from flask import Flask
from flask_babel import force_locale

from examples.flask_host.tests import rule_vocabulary as vocabulary
from examples.flask_host.tests.browser import Browser, services
from mailhelper_core import InvalidError, OwnerServices, QueryError, Rule, SieveError
from mailhelper_core.query.pattern import compile_pattern
from mailhelper_core.rules.sieve.reading import import_script
from mailhelper_web.words.fields import HELP, known_field_help
from mailhelper_web.words.hindrances import known_problem, problem_words
from mailhelper_web.words.mistakes import known_hint
from mailhelper_web.words.patterns import known_pattern_reason
from mailhelper_web.words.script import known_script_hint, known_script_message

# RE2 tells each of its reasons for one of these; two of its list are for mistakes of its own.
PATTERNS = [
    r"\q", "[a", "(", "a)", "a\\", "*a", "a{1001}", "a**", "(?=a)", "(?P<n", "[b-a]", "[[:foo:]]", "\ud800",
    r"\pN{1000}\pL{900}\pL{800}", "a" * 1_001,
]  # fmt: skip

pytestmark = pytest.mark.usefixtures("german")


@pytest.fixture
def mine(app: Flask, ada: Browser) -> OwnerServices:
    """Ada's services."""
    return services(app)


def _reason(pattern: str) -> str:
    """Answer why a pattern cannot be read, nothing for one that can."""
    try:
        compile_pattern(pattern)
    except ValueError as error:
        return str(error)
    return ""


def _is_german(read_words: Callable[[str], str | None], said: str) -> bool:
    told = read_words(said)
    with force_locale("en"):
        return told is not None and told not in (said, read_words(said))


@pytest.mark.parametrize(
    ("texts", "words", "some"),
    [
        (vocabulary.script_messages, known_script_message, {"this is no Unicode character"}),
        (vocabulary.script_hints, known_script_hint, {"add '}'", "it takes one test", "at most ${7}", "known: 7"}),
        (vocabulary.field_helps, known_field_help, {"the text", "id: a message by id, a whole number"}),
        (vocabulary.pattern_reasons, known_pattern_reason, {"it is no Unicode text"}),
    ],
)  # fmt: skip
def test_every_text_of_the_engine_has_german_words(
    texts: Callable[[], set[str]], words: Callable[[str], str | None], some: set[str]
):
    said = texts()

    assert some <= said
    assert {text for text in said if not _is_german(words, text)} == set()


def test_no_help_is_kept_that_no_field_has():
    assert set(HELP) == {one for one in vocabulary.field_helps() if one in HELP}


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_reason_against_a_pattern_has_german_words(pattern: str):
    reason = _reason(pattern)

    assert reason
    assert _is_german(known_pattern_reason, reason)


def test_no_pattern_is_refused_in_english():
    chance = random.Random(7)
    patterns = [
        "".join(chance.choices(r"ab(()[]{}*+?|\^$.,:-PdQ<>=!10z", k=chance.randint(1, 12))) for _ in range(3_000)
    ]

    refused = {reason for pattern in patterns if (reason := _reason(pattern))}

    assert len(refused) > 500
    assert {reason for reason in refused if not _is_german(known_pattern_reason, reason)} == set()


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("if header { keep;", "Dieser Block wird nie geschlossen (Zeile 1, Spalte 11); ergänzen Sie „}“"),
        ("keep;\nif true { keep; } }", "Dieser Block wurde nie geöffnet (Zeile 2, Spalte 19); nehmen Sie „}“ weg"),
        ("if anyof(", "Das Skript endet, wo ein Test hingehört"),
        ("keep\n", "Das Ende von „keep“ fehlt (Zeile 2, Spalte 1); beenden Sie einen Befehl mit „;“"),
        ("'it\"s';", "„'“ hat hier keine Bedeutung (Zeile 1, Spalte 1); setzen Sie Texte in doppelte"),
        ('keep "a;', "Dieser Text wird nie geschlossen (Zeile 1, Spalte 6); ergänzen Sie „\"“"),
        ("<b>%(x)s {0}</b>;", "„<“ hat hier keine Bedeutung"),
        ('"%s {0}" keep;', "„\"%s {0}\"“ steht, wo ein Befehl hingehört (Zeile 1, Spalte 1)"),
        ("/* keep;", "Dieser Kommentar wird nie geschlossen (Zeile 1, Spalte 1); ergänzen Sie „*/“"),
    ],
)  # fmt: skip
def test_a_script_that_cannot_be_read_is_told_with_its_place(script: str, words: str):
    with pytest.raises(SieveError) as caught:
        import_script(script)

    assert problem_words(str(caught.value)).startswith(words)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ('sieve:"levitate ""now"""', "Sieve kennt den Test „levitate“ nicht (Zeile 1, Spalte 4); "),
        ('sieve:"header :contans ""a"" ""b"""', "„header“ kennt kein „:contans“"),
        ('sieve:"size"', "„size“ braucht :over oder :under"),
        ('sieve:"header ""a"""', "„header“ nimmt so viele Werte: 2; hier stehen 1"),
        ('sieve:"size :over ""a"""', "Der Wert von „:over“ fehlt (Zeile 1, Spalte 9); schreiben Sie eine Zahl"),
        ('sieve:"header :regex ""a"" ""("""', "ist nicht zu lesen (Zeile 1, Spalte 4); es fehlt eine „)“ in: "),
        ('sieve:"envelope ""from"" ""a"""', "; das weiß nur der Mailserver bei der Zustellung"),
        ('subject~"("', "Dieser reguläre Ausdruck ist nicht zu lesen (bei Zeichen 9); es fehlt eine „)“ in: ("),
        ('domain:""', "; die Domain des Absenders; mit Doppelpunkt auch ihre Unterdomains"),
        ("id:x", "; id: eine Nachricht nach ihrer Nummer, eine ganze Zahl"),
        ("opinion:urgency=3", "; urgency: eine Stufe von 1 bis 3"),
        ("is:unread*", "; is: ein Zustand, etwa unread"),
    ],
)  # fmt: skip
def test_a_rule_whose_query_cannot_be_read_is_told_in_german_alone(mine: OwnerServices, when: str, words: str):
    with pytest.raises(QueryError) as caught:
        mine.rules.save(Rule("a", when, ["keep"]))

    assert words in problem_words(str(caught.value))
    assert _is_german(known_hint, caught.value.hint)


def test_a_script_of_an_action_that_cannot_be_read_is_told_in_german_alone(mine: OwnerServices):
    with pytest.raises(InvalidError) as caught:
        mine.rules.save(Rule("a", "", [("sieve", "keep")]))

    told = problem_words(str(caught.value))
    assert told.startswith("Aktion 1, „sieve“, nimmt diesen Wert nicht an: Das Ende von „keep“ fehlt (Zeile 1")


def test_other_words_of_a_plugin_stay():
    for text in ("rain (line 1, column 2); take an umbrella", "weather: the sky", "missing umbrella"):
        assert known_problem(text) is None
        assert known_hint(text) is None


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ('fileinto "";', "Das ist kein Name für einen Ordner (Zeile 1, Spalte 1); 1 bis 500 Zeichen "),
        ('keep;\nfileinto "a\nb";', "Das ist kein Name für einen Ordner (Zeile 2, Spalte 1); "),
        ('fileinto "a\nb";', "Aktion 1, „fileinto“, nimmt diesen Wert nicht an: "),
        ('if exists "A" { stop; }\n' * 2_001, "Aus dem Skript werden mehr als 2000 Regeln (Zeile "),
        ("keep; else { discard; }", "Vor „else“ steht kein „if“ (Zeile 1, Spalte 7); "),
    ],
)
def test_what_no_rule_can_hold_is_told_in_german_alone(mine: OwnerServices, script: str, words: str):
    with pytest.raises(SieveError) as caught:
        mine.rules.import_sieve(script)

    told = problem_words(str(caught.value))
    assert told.startswith(words)
    assert ", Spalte " in told


def test_the_page_of_scripts_tells_a_mistake_in_german(ada: Browser):
    ada.post("/preferences/language", {"language": "de"})

    page = ada.post("/rules/sieve/", {"script": "if true {", "deed": "look"})

    assert page.status_code == 400
    assert "Dieser Block wird nie geschlossen (Zeile 1, Spalte 9); ergänzen Sie „}“" in page.text
