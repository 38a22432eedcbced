"""Findings, suggestions and mistakes in German: all that the engine says of rules has words, other texts stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from examples.flask_host.tests import rule_vocabulary as vocabulary
from examples.flask_host.tests.german import has_german
from mailhelper_core import Finding, FindingKind, ReadyRule, Rule, RuleMode, RuleSuggestion, SieveLoss
from mailhelper_core.model.mind.opinion import CATEGORIES
from mailhelper_core.rules import builtin
from mailhelper_core.rules.advice import known, mine, review
from mailhelper_core.rules.advice.mine import Deed, Habit
from mailhelper_core.rules.prepare import problem
from mailhelper_core.store.mind.habits import Trait
from mailhelper_web.words.findings import (
    FINDINGS,
    READY,
    finding_words,
    known_finding,
    known_suggestion,
    ready_help,
    ready_title,
    suggestion_words,
)
from mailhelper_web.words.hindrances import known_advice, known_argument, known_problem, problem_words
from mailhelper_web.words.losses import known_loss, loss_words
from mailhelper_web.words.mistakes import hint_words, known_message, mistake_words
from tests.unit.rules.compiled import with_plugin

REGISTRY = with_plugin()
TAG = ("tag", "a")
HOSTILE = ["<b>%(x)s</b>", "100 % {} {0} {x}", "%", "%s %d", "'", '"', "((((", "", "\n", "Ä" * 200, "it's \\ 'a' \"b\""]

pytestmark = pytest.mark.usefixtures("german")


@pytest.mark.parametrize(
    ("texts", "read", "some"),
    [
        (vocabulary.problems, known_problem, {"its account was removed", "A rule has 1 to 7 actions."}),
        (vocabulary.stored_arguments, known_argument, {"A tag needs a name.", "this action takes no argument"}),
        (vocabulary.messages, known_message, {"this is no id", f"there is no field or condition {vocabulary.QUOTED}"}),
        (vocabulary.hints, known_advice, {"add ')'", "there are 7.", "only header and opinion look at what is named"}),
        (vocabulary.losses, known_loss, {"it is switched off", "it is unknown here; the rule does nothing"}),
    ],
)  # fmt: skip
def test_every_text_of_the_engine_has_german_words(
    texts: Callable[[], set[str]], read: Callable[[str], str | None], some: set[str]
):
    said = texts()

    assert some <= said
    assert len(said) >= 8
    assert {text for text in said if not has_german(read, text)} == set()


FOUND = {
    "broken": [[Rule("never", "", [("no such", "x")])], [Rule("never", "nowhere:x", [TAG])]],
    "dead": [[Rule("never", "is:read is:unread", [TAG])]],
    "shadowed": [[Rule('it\'s "all"', "", [TAG, "stop"]), Rule("late", "subject:a", [("tag", "b")])]],
    "looping": [
        [Rule("there", "in:inbox", [("fileinto", "My Work")]), Rule("back's", 'in:"My Work"', [("fileinto", "INBOX")])],
        [
            Rule("one", "in:inbox", [("fileinto", "a")]),
            Rule("two", "in:a", ["archive"]),
            Rule("three", "in:archive", [("fileinto", "INBOX")]),
        ],
        [Rule("on", "is:unread", [("addflag", "\\Seen")]), Rule("off", "is:read", [("removeflag", "\\Seen")])],
        [
            Rule("on", "-tag:Rechnungen", [("tag", "Rechnungen")]),
            Rule("off", "tag:Rechnungen", [("untag", "Rechnungen")]),
        ],
        [Rule("up", "urgency:1", [("priority", "urgency=3")]), Rule("down", "urgency:3", [("priority", "urgency=1")])],
        [
            Rule("up", "importance:1", [("priority", "importance=3")]),
            Rule("down", "importance:3", [("priority", "importance=1")]),
        ],
    ],
    "conflicting": [
        [Rule("one", "subject:a", [("addflag", "\\Seen")]), Rule("two", "", [("removeflag", "\\Seen")])],
        [Rule("one", "subject:a", [("tag", "my own")]), Rule("two", "", [("untag", "my own")])],
        [Rule("one", "subject:a", [("priority", "urgency=3")]), Rule("two", "", [("priority", "urgency=1")])],
        [Rule("one", "subject:a", [("priority", "importance=3"), ("priority", "importance=1")])],
        [Rule("one", "subject:a", ["archive"]), Rule("two", "", ["discard"])],
        [Rule("one", "subject:a", [("fileinto", "My Work")]), Rule("two", "", ["discard"])],
    ],
    "unknown": [
        [Rule("kind", "category:weather", [TAG])],
        [Rule("kind", "category:financ", [TAG])],
        [Rule("where", "in:Berlin", [TAG])],
        [Rule("where", "in:Rechnugen", [TAG])],
        [Rule("mark", "tag:never", [TAG])],
        [Rule("mark", "tag:Rechnugen", [TAG])],
    ],
    "costly": [[Rule("slow", "header:X-Own=yes", [TAG])]],
}


TAGS = {"Rechnungen"}
MAILBOXES = {None: {"INBOX", "Rechnungen", "My Work", "a"}}


# What a rule asks of accounts, as the engine says it.
NOBODY = (
    f"there is no account {vocabulary.QUOTED}; did you mean 7?",
    f"there is no account {vocabulary.QUOTED}",
    "no own address of account 7 is known, so 'me' is nobody there; say it with accounts.update(7, addresses=...)",
)


def _findings(rules: list[Rule], mode: RuleMode = "all") -> tuple[Finding, ...]:
    return review.findings(rules, (), REGISTRY, {}, mode=mode, categories=CATEGORIES, mailboxes=MAILBOXES, tags=TAGS)


@pytest.mark.parametrize("kind", get_args(FindingKind))
def test_every_kind_of_finding_has_german_words(kind: FindingKind):
    assert kind in FINDINGS
    for rules in FOUND[kind]:
        placed = [replace(rule, id=at, position=at) for at, rule in enumerate(rules, 1)]
        found = _findings(placed)

        assert {one.kind for one in found} == {kind}
        assert [one.message for one in found if not has_german(known_finding, one, one.message)] == []


@pytest.mark.parametrize("message", NOBODY)
def test_a_finding_about_an_account_has_german_words(message: str):
    finding = Finding("unknown", "a rule", message=message)

    assert has_german(known_finding, finding, message)


def test_no_finding_is_made_of_parts_in_a_way_that_is_not_known():
    assert vocabulary.shapes_of_findings() == {
        "its criteria contradict each other: no mail can meet them",
        f"nothing gives the category {vocabulary.QUOTED}, and no mail has it",
        f"nothing gives the category {vocabulary.QUOTED}, and no mail has it; did you mean 7?",
        *NOBODY,
        f"no account has the mailbox {vocabulary.QUOTED} now",
        f"there is no tag {vocabulary.QUOTED}",
        f"there is no tag {vocabulary.QUOTED}; did you mean 7?",
        f"no account has the mailbox {vocabulary.QUOTED} now; did you mean 7?",
        f"all that it can match, {vocabulary.QUOTED} matches before and ends there",
        "it moves mail from 7 to 7, and 7 moves it back",
        "it turns 7 from 7 to 7, and 7 turns it back",
        "it wants 7 7, and an action of its own wants it 7",
        "77 is asked of every mail; add a test that an index answers, such as from:",
    }
    assert {*known._WISHES, *known._MOVES} == {
        "addflag", "removeflag", "setflag", "tag", "untag", "priority", "archive", "discard",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "number", "words"),
    [
        ("shadowed", 0, "Alles, was auf sie passt, nimmt ihr die Regel „it's \"all\"“ vorher weg."),
        ("looping", 0, "Sie verschiebt Mail von Eingang nach my work, und durch „back's“ kommt sie zurück."),
        ("looping", 1, "Sie verschiebt Mail von Eingang nach a, und durch „two“, „three“ kommt sie zurück."),
        ("conflicting", 0, "Die Markierung „Gelesen“ wird hier gesetzt und durch „two“ entfernt."),
        ("conflicting", 1, "Das Schlagwort „my own“ wird hier gesetzt und durch „two“ entfernt."),
        ("conflicting", 3, "Die Wichtigkeit ist hier 3 und durch eine andere ihrer Aktionen 1."),
        ("conflicting", 4, "Hier kommt Mail nach Archiv, durch „two“ nach Papierkorb."),
        ("unknown", 1, "Keine Mail ist von der Art „financ“, und keine wird es sein; meinten Sie „finance“?"),
        ("unknown", 2, "Den Ordner „Berlin“ gibt es nicht."),
        ("unknown", 3, "Den Ordner „Rechnugen“ gibt es nicht; meinten Sie „Rechnungen“?"),
        ("broken", 1, "Die Bedingung „nowhere“ gibt es hier nicht (bei Zeichen 1); setzen Sie einen Text mit "
                      "Doppelpunkt oder „=“ in Anführungszeichen, um seine Wörter zu suchen"),
    ],
)  # fmt: skip
def test_findings_are_told_with_their_names(kind: FindingKind, number: int, words: str):
    rules = [replace(rule, id=at, position=at) for at, rule in enumerate(FOUND[kind][number], 1)]

    assert finding_words(_findings(rules)[0]) == words


@pytest.mark.parametrize("name", [name for name in HOSTILE if name.strip() and len(name) < 100])
def test_names_of_rules_stand_in_findings_as_they_are(name: str):
    rules = [Rule(name, "", [TAG, "stop"], id=1, position=1), Rule("late", "subject:a", [TAG], id=2, position=2)]

    assert finding_words(_findings(rules)[0]) == f"Alles, was auf sie passt, nimmt ihr die Regel „{name}“ vorher weg."


@pytest.mark.parametrize("trait", get_args(Trait))
@pytest.mark.parametrize("deed", get_args(Deed))
def test_every_suggestion_has_german_words(trait: Trait, deed: Deed):
    target = "Böse %(x)s {0}" if deed in ("fileinto", "tag") else ""
    (one,) = mine.suggest([Habit(trait, "a.example", deed, target, 9, 10)], [])

    told = suggestion_words(one)
    assert has_german(known_suggestion, one, one.reason)
    assert told.startswith("9 von 10 Mails ")
    assert "a.example" in told
    assert target in told


def test_the_reason_of_another_suggestion_stays():
    for reason in HOSTILE:
        for action in (TAG, "archive", ("fileinto", "a"), ("slack", "x")):
            assert suggestion_words(RuleSuggestion(Rule("a", "", [action]), 5, 5, reason)) == reason


def test_a_suggestion_is_told_with_what_it_counts():
    (one,) = mine.suggest([Habit("domain", "bank.example", "fileinto", "Bank", 9, 10)], [])

    assert suggestion_words(one) == "9 von 10 Mails von der Domain bank.example liegen in Bank."


def test_every_ready_made_rule_has_a_german_name_and_help():
    ready = builtin.register_rules()

    assert {one.name for one in ready} == set(READY)
    for one in ready:
        assert has_german(ready_title, one, one.rule.name)
        assert has_german(ready_help, one, one.help)


def test_a_ready_made_rule_of_a_plugin_stays():
    one = ReadyRule("weather", "Rain is tagged.", Rule("rain", "weather:rain", [TAG]))

    assert (ready_title(one), ready_help(one)) == ("rain", "Rain is tagged.")


def test_why_a_rule_cannot_act_is_told_with_its_parts():
    def told(*then: object, when: str = "") -> str:
        return problem_words(problem(Rule("a", when, then), REGISTRY, {None: {"It's"}}))

    assert told(("fileinto", "It's")) == "Den Ordner „It's“ gibt es auf dem Mailserver nicht mehr."
    assert told(("tagg", "x")) == "Aktion 1: Die Aktion „tagg“ gibt es hier nicht; meinten Sie „tag“?"
    assert told(("tag x", "")) == "Aktion 1: Die Aktion „tag x“ gibt es hier nicht; trennen Sie „tag“ und „x“."
    assert told(("tag:x", "")) == "Aktion 1: Die Aktion „tag:x“ gibt es hier nicht; trennen Sie „tag“ und „x“."
    assert told(TAG, ("tag", "")).endswith("„tag“, nimmt diesen Wert nicht an: ein Schlagwort braucht einen Namen.")
    assert told(("fileinto", "\x00")).endswith("Ordner: er hat 1 bis 500 Zeichen in einer Zeile.")
    assert told(TAG, when="(from:a") == "Diese Klammer wird nie geschlossen (bei Zeichen 1); ergänzen Sie „)“"


def test_what_is_said_in_other_words_stays():
    for text in (*HOSTILE, "smells of fish", "rain (at character 3); take an umbrella", "Action 1: gone"):
        assert problem_words(text) == text
        assert mistake_words(text) == text
        assert hint_words(text) == text
        assert loss_words(SieveLoss("a", "near", "b", text)) == text
        for kind in get_args(FindingKind):
            assert finding_words(Finding(kind, "a", "b", text)) == text


def test_the_own_words_of_a_field_or_plugin_stay_behind_the_reason():
    refused = "this is no argument of 'weather' (at character 3); take an umbrella"

    assert problem_words(refused) == "„weather“ nimmt diesen Wert nicht an (bei Zeichen 3); take an umbrella"
